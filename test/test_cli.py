"""The command line: what it lists, refuses and loads."""

from __future__ import annotations

import importlib
import subprocess
import sys
import types
from argparse import ArgumentParser, Namespace

import pytest

from mm_robot import __version__, cli
from mm_robot.errors import InputError


def given(monkeypatch: pytest.MonkeyPatch, run: object) -> None:
    """Let the command ``doctor`` be a module with one argument that runs ``run``."""
    module = types.ModuleType("command_of_test")
    module.DESCRIPTION = "a command"
    module.add_arguments = lambda parser: parser.add_argument("--number", type=int, default=0)
    module.run = run
    monkeypatch.setitem(sys.modules, "command_of_test", module)
    monkeypatch.setitem(cli.COMMANDS, "doctor", ("command_of_test", "a command"))


def raising(error: BaseException) -> object:
    def run(_: Namespace) -> int:
        raise error

    return run


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_every_command_has_the_parts_of_a_command(command: str) -> None:
    module = importlib.import_module(cli.COMMANDS[command][0])
    parser = ArgumentParser()
    module.add_arguments(parser)
    assert module.DESCRIPTION and callable(module.run)
    assert parser.format_help()


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert all(f"  {command} " in text for command in cli.COMMANDS)


def test_help_loads_neither_torch_nor_ros() -> None:
    code = (
        "import sys, mm_robot.cli as c\n"
        "try: c.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('torch', 'rclpy', 'numpy', 'mujoco') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_version_is_the_package_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"mm_robot {__version__}"


@pytest.mark.parametrize("arguments", [[], ["dance"], ["--wrong"]])
def test_a_wrong_command_is_one_line_and_status_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert said.err.startswith("mm_robot: ") and "mm_robot --help" in said.err


def test_a_wrong_argument_names_the_help_of_its_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, lambda arguments: 0)
    assert cli.main(["doctor", "--number", "seven"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "'seven'" in said and "mm_robot doctor --help" in said


@pytest.mark.parametrize("status", [0, 1])
def test_the_status_of_the_command_is_returned(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    given(monkeypatch, lambda arguments: arguments.number)
    assert cli.main(["doctor", "--number", str(status)]) == status


def test_wrong_input_is_one_line_and_status_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, raising(InputError("seed: given -1, allowed 0 and up")))
    assert cli.main(["doctor"]) == 2
    assert capsys.readouterr().err == "mm_robot: seed: given -1, allowed 0 and up\n"


@pytest.mark.parametrize(
    ("module", "fix"),
    [
        ("cv2", "pip install opencv-python-headless"),
        ("mujoco.rendering", "pip install mujoco"),
        ("rclpy", "source /opt/ros/"),
        ("sensor_msgs", "source /opt/ros/"),
    ],
)
def test_a_missing_package_names_its_installation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], module: str, fix: str
) -> None:
    given(monkeypatch, raising(ModuleNotFoundError(f"No module named '{module}'", name=module)))
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and fix in said


def test_a_missing_part_of_mm_robot_itself_is_not_blamed_on_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given(monkeypatch, raising(ModuleNotFoundError("No module named 'mm_robot.x'", name="mm_robot.x")))
    with pytest.raises(ModuleNotFoundError):
        cli.main(["doctor"])


def test_ctrl_c_ends_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, raising(KeyboardInterrupt()))
    assert cli.main(["doctor"]) == 130
    assert capsys.readouterr().err == ""

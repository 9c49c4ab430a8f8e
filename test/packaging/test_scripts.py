"""The scripts of the checkout: they refuse in one line what they cannot do, and name the fix."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mm_robot.cli import COMMANDS
from mm_robot.topics import NODES

TOOLS = ("dirname", "cat", "cut", "sha256sum", "grep", "rm", "bash")
PYTHON_THAT_FITS = (
    "#!/bin/sh\ncase $2 in *version_info*print* | *print*version_info*) echo 3.11 ;; esac\nexit 0\n"
)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """The scripts in a folder of their own, with a space in its path."""
    copy = tmp_path / "a checkout"
    shutil.copytree(root / "scripts", copy / "scripts")
    return copy


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A search path with the bare tools, no Python and no package manager."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(str(shutil.which(tool)))
    return folder


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


def call(script: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": str(path)} if path else dict(os.environ)
    return subprocess.run(
        ["/bin/bash", str(script), *arguments],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "name", ["scripts/setup", "scripts/demo", "scripts/test", "scripts/sros2_keystore", ".ci/run"]
)
def test_a_script_can_be_run(root: Path, name: str) -> None:
    assert os.access(root / name, os.X_OK)
    assert subprocess.run(["bash", "-n", str(root / name)], timeout=20).returncode == 0


def test_setup_refuses_an_unknown_argument(checkout: Path) -> None:
    done = call(checkout / "scripts" / "setup", "--tset")
    assert done.returncode == 2
    assert done.stderr == "scripts/setup: unknown argument --tset; usage: scripts/setup [--test]\n"


def test_setup_names_the_python_that_it_needs(checkout: Path, programs: Path) -> None:
    program(programs, "python3", "#!/bin/sh\nexit 1\n")
    done = call(checkout / "scripts" / "setup", path=programs)
    assert done.returncode == 2
    assert "Python 3.10 to 3.13 is needed" in done.stderr and "sudo apt-get install python3" in done.stderr


def test_setup_names_the_system_packages_to_one_who_may_not_install_them(
    checkout: Path, programs: Path
) -> None:
    program(programs, "python3", PYTHON_THAT_FITS)
    program(programs, "dpkg-query", "#!/bin/sh\n[ $3 = espeak-ng ] && echo install ok installed\n")
    program(programs, "id", "#!/bin/sh\necho 1000\n")
    done = call(checkout / "scripts" / "setup", path=programs)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.strip().startswith("sudo apt-get update && sudo apt-get install libegl1")
    assert "espeak-ng" not in last


def test_setup_says_when_the_system_packages_cannot_be_installed(checkout: Path, programs: Path) -> None:
    program(programs, "python3", PYTHON_THAT_FITS)
    program(programs, "dpkg-query", "#!/bin/sh\nexit 1\n")
    program(programs, "id", "#!/bin/sh\necho 0\n")
    program(programs, "apt-get", "#!/bin/sh\nexit 100\n")
    done = call(checkout / "scripts" / "setup", path=programs)
    assert done.returncode == 2
    assert "apt-get update failed; check the network" in done.stderr


KEYSTORE_TOOL = """#!/bin/sh
echo "$@" >> "$LOG"
[ "$2" = create_keystore ] && mkdir -p "$3/enclaves"
[ "$2" = create_enclave ] && mkdir -p "$3/enclaves$4"
exit 0
"""


def test_the_keystore_has_an_enclave_for_every_node(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools, "ros2", KEYSTORE_TOOL)
    (tools / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    script, store = root / "scripts" / "sros2_keystore", tmp_path / "keys"
    done = call(script, str(store), "/one", path=Path(f"{tools}:{os.environ['PATH']}"))
    assert done.returncode == 0, done.stderr
    called = (tmp_path / "log").read_text()
    for name in (*NODES, "operator"):
        assert f"create_enclave {store} /mm_robot/{name}\n" in called
        assert f"create_permission {store} /mm_robot/{name} {store}/mm_robot.policy.xml\n" in called
    assert "/one/cmd_vel<" in (store / "mm_robot.policy.xml").read_text()


def test_the_keystore_needs_ros2_security(root: Path, programs: Path, tmp_path: Path) -> None:
    done = call(root / "scripts" / "sros2_keystore", str(tmp_path / "keys"), path=programs)
    assert done.returncode == 2 and "sros2" in done.stderr


def test_the_readme_names_only_scripts_and_commands_that_exist(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    scripts = set(re.findall(r"\./(scripts/[\w/]+(?:\.\w+)?)", text))
    assert {"scripts/demo", "scripts/test"} <= scripts
    assert all((root / script).is_file() for script in scripts)
    files = set(re.findall(r"requirements[\w-]*\.\w+", text))
    assert all((root / file).is_file() for file in files)
    commands = set(re.findall(r"(?:^|`)(?:\.venv/bin/)?mm_robot ([a-z]+)", text, re.M))
    assert commands <= set(COMMANDS)

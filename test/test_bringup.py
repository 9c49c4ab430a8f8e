"""Which nodes are started, with which arguments."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

from mm_robot.bringup import ARGUMENTS, add_arguments, describe
from mm_robot.errors import InputError


def names(**values: str) -> set[str]:
    return {node.name for node in describe(values)}


def test_the_real_robot_has_devices_and_the_simulated_one_has_a_simulator() -> None:
    common = {"safety_gate", "speech", "policy"}
    assert names(sim="false") == common | {"camera", "microphone"}
    assert names(sim="true") == common | {"simulator"}
    assert names(sim="true", microphone="true") == common | {"simulator", "microphone"}
    assert names(sim="false", camera="false") == common | {"microphone"}


def test_simulated_time_is_for_everyone_but_its_source() -> None:
    times = {node.name: node.parameters["use_sim_time"] for node in describe({"sim": "true"})}
    assert times == {"safety_gate": True, "speech": True, "policy": True, "simulator": False}
    assert not any(node.parameters["use_sim_time"] for node in describe({"sim": "false"}))
    real = describe({"sim": "false", "use_sim_time": "true"})
    assert all(node.parameters["use_sim_time"] for node in real)


def test_every_argument_changes_what_is_started(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("/**/policy: {ros__parameters: {threads: 2}}")
    changes = {
        "sim": "true",
        "namespace": "/one",
        "use_sim_time": "true",
        "params_file": str(file),
        "policy": "/checkpoints/mine",
        "wake_word": "hey robot",
        "autostart": "false",
        "use_respawn": "false",
        "log_level": "debug",
        "camera": "false",
        "microphone": "false",
        "voice": "true",
    }
    assert set(changes) == {argument.name for argument in ARGUMENTS}
    for name, value in changes.items():
        assert describe({name: value}) != describe({}), name


def test_the_command_line_is_that_of_a_ros_node(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("")
    values = {"namespace": "one", "params_file": str(file), "policy": "here", "autostart": "false"}
    command = next(node for node in describe(values) if node.name == "policy").command()
    assert command[:3] == [sys.executable, "-m", "mm_robot.nodes.policy"]
    text = " ".join(command)
    assert "-r __ns:=/one" in text and f"--params-file {file}" in text
    assert "-p policy:=here" in text and "-p autostart:=false" in text and "--log-level info" in text


def test_the_wake_word_is_for_who_listens_and_who_arms() -> None:
    told = {node.name for node in describe({"wake_word": "hey robot"}) if "wake_word" in node.parameters}
    assert told == {"speech", "safety_gate"}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sim": "maybe"}, "one of true, false"),
        ({"log_level": "loud"}, "one of debug, info, warn, error, fatal"),
        ({"namespace": "a b"}, "letters, digits and _"),
        ({"namespace": "/1st"}, "letters, digits and _"),
        ({"params_file": "/nowhere.yaml"}, "/nowhere.yaml"),
    ],
)
def test_a_wrong_value_is_refused(values: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        describe(values)


def test_the_parser_has_every_argument_with_its_default() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    parsed = vars(parser.parse_args([]))
    assert parsed == {argument.name: argument.default for argument in ARGUMENTS}
    assert parser.parse_args(["--sim"]).sim == "true"
    assert parser.parse_args(["--use-sim-time", "false"]).use_sim_time == "false"

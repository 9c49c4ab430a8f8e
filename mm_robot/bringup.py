"""Start the nodes: which ones there are, with which arguments, on a real robot and in the simulator.

``mm_robot bringup`` and ``launch/bringup.launch.py`` both start what ``describe`` says.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mm_robot.config import load_config
from mm_robot.environment import process_variables
from mm_robot.errors import InputError
from mm_robot.security import enclave
from mm_robot.supervisor import FIRST_DELAY, Command, supervise

DESCRIPTION = "start the nodes, each as a process of its own, and watch over them until ctrl-C"

RESPAWN_SECONDS = FIRST_DELAY
"""Seconds before a node that died is started again."""

SWITCH = ("true", "false")
SWITCH_OR_AUTO = ("auto", "true", "false")


@dataclass(frozen=True)
class Argument:
    """An argument of the bringup; ``choices`` are the allowed values, empty for free text."""

    name: str
    default: str
    description: str
    choices: tuple[str, ...] = ()


ARGUMENTS = (
    Argument("sim", "false", "true: a simulated robot in a room; false: the real robot", SWITCH),
    Argument("namespace", "/", "ROS namespace of every node"),
    Argument(
        "use_sim_time", "auto", "whether the nodes take their time from /clock; auto: in sim", SWITCH_OR_AUTO
    ),
    Argument("params_file", "", "ROS parameter file that overrides the packaged configuration"),
    Argument("policy", "", "checkpoint folder of the policy; empty: as configured"),
    Argument(
        "wake_word",
        "",
        "what spoken commands have to begin with, and what arms the robot; empty: as configured",
    ),
    Argument("autostart", "auto", "whether nodes activate themselves; auto: as configured", SWITCH_OR_AUTO),
    Argument("use_respawn", "true", "start a node again when it dies", SWITCH),
    Argument("log_level", "info", "lowest level that is logged", ("debug", "info", "warn", "error", "fatal")),
    Argument("camera", "auto", "start the camera node; auto: on the real robot", SWITCH_OR_AUTO),
    Argument("microphone", "auto", "start the microphone node; auto: on the real robot", SWITCH_OR_AUTO),
    Argument("voice", "false", "true: speak the answers, through a loudspeaker", SWITCH),
)


@dataclass(frozen=True)
class NodeDescription:
    """One node to start, with the parameters that override its configuration."""

    name: str
    namespace: str
    log_level: str
    respawn: bool
    params_file: Path | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def ros_arguments(self) -> list[str]:
        """The log level, and where ROS security is switched on the enclave of the node."""
        secured = os.environ.get("ROS_SECURITY_ENABLE", "").lower() == "true"
        return ["--log-level", self.log_level, *(["--enclave", enclave(self.name)] if secured else [])]

    def command(self) -> list[str]:
        """The command line that runs the node with this Python."""
        line = [sys.executable, "-m", f"mm_robot.nodes.{self.name}", "--ros-args"]
        line += [*self.ros_arguments(), "-r", f"__ns:={self.namespace}"]
        if self.params_file is not None:
            line += ["--params-file", str(self.params_file)]
        for key, value in self.parameters.items():
            line += ["-p", f"{key}:={str(value).lower() if isinstance(value, bool) else value}"]
        return line


def describe(values: Mapping[str, str]) -> list[NodeDescription]:
    """The nodes to start, for values of ``ARGUMENTS`` (name -> text; what is missing has its default).

    Raises:
        InputError: a value is not allowed, or the parameter file is wrong.
    """
    given = {argument.name: _checked(argument, values.get(argument.name)) for argument in ARGUMENTS}
    sim = given["sim"] == "true"
    namespace = _namespace(given["namespace"])
    params_file = Path(given["params_file"]).expanduser().resolve() if given["params_file"] else None
    load_config(params_file, namespace)

    names = ["safety_gate", "speech", "policy"]
    if sim:
        names.append("simulator")
    names += [device for device in ("camera", "microphone") if _decide(given[device], not sim)]
    names += ["voice"] if given["voice"] == "true" else []

    shared: dict[str, Any] = {}
    if given["autostart"] != "auto":
        shared["autostart"] = given["autostart"] == "true"
    use_sim_time = _decide(given["use_sim_time"], sim)
    nodes = []
    for name in names:
        parameters = dict(shared)
        parameters["use_sim_time"] = use_sim_time and name != "simulator"
        if name == "safety_gate" and sim:
            parameters["armed_at_start"] = True
        if name == "policy" and given["policy"]:
            parameters["policy"] = given["policy"]
        if name in ("safety_gate", "speech") and given["wake_word"]:
            parameters["wake_word"] = given["wake_word"]
        nodes.append(
            NodeDescription(
                name, namespace, given["log_level"], given["use_respawn"] == "true", params_file, parameters
            )
        )
    return nodes


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the bringup; a switch without a value means true."""
    for argument in ARGUMENTS:
        is_switch = set(SWITCH) <= set(argument.choices)
        parser.add_argument(
            f"--{argument.name.replace('_', '-')}",
            default=argument.default,
            help=f"{argument.description} (default: {argument.default or 'none'})",
            metavar="|".join(argument.choices) or argument.name.upper(),
            nargs="?" if is_switch else None,
            const="true" if is_switch else None,
        )


def run(arguments: argparse.Namespace) -> int:
    """Start the nodes and watch over them; 0 after ctrl-C, 1 when every node has ended, 2 on wrong input."""
    nodes = describe({argument.name: getattr(arguments, argument.name) for argument in ARGUMENTS})
    commands = [Command(node.name, node.command(), node.respawn) for node in nodes]
    return supervise(commands, process_variables(), last="safety_gate")


def _checked(argument: Argument, value: str | None) -> str:
    value = argument.default if value is None else value.strip()
    if argument.choices:
        value = value.lower()
        if value not in argument.choices:
            raise InputError(
                f"{argument.name}: {value!r} was given; allowed is one of {', '.join(argument.choices)}"
            )
    return value


def _decide(value: str, automatic: bool) -> bool:
    return automatic if value == "auto" else value == "true"


def _namespace(given: str) -> str:
    namespace = "/" + given.strip("/")
    if not re.fullmatch(r"/|(/[A-Za-z_][A-Za-z0-9_]*)+", namespace):
        raise InputError(
            f"namespace: {given!r} was given; allowed are names of letters, digits and _ joined by /"
        )
    return namespace

"""``mm_robot deploy``: put another checkpoint to work on a running robot, without restarting it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rclpy
from rcl_interfaces.srv import SetParameters
from rclpy.node import Node
from rclpy.parameter import Parameter
from std_msgs.msg import String
from std_srvs.srv import Trigger

from mm_robot.errors import InputError
from mm_robot.model.policy import load_policy
from mm_robot.ros.qos import asked

DESCRIPTION = (
    "Put another checkpoint to work on a running robot. It is checked here first, then loaded by the driving "
    "node beside the one at work, which drives until the other one takes over; where it cannot be loaded "
    "there, nothing changes."
)
FOUND_WITHIN, LOADED_WITHIN = 10.0, 120.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument("checkpoint", help="checkpoint folder on the robot's machine, or embedded")
    parser.add_argument("--node", default="policy", help="driving node (default: %(default)s)")
    parser.add_argument(
        "--unchecked", action="store_true", help="do not load it here first: the folder is on another machine"
    )


def run(arguments: argparse.Namespace) -> int:
    """Deploy.

    Raises:
        InputError: the checkpoint is broken, the node is not there, or it could not load it.
    """
    source = arguments.checkpoint
    if source != "embedded":
        source = str(Path(source).absolute())
    if not arguments.unchecked:
        load_policy(source)
    rclpy.init()
    try:
        seconds = deploy(Node("deploy"), arguments.node, source)
    finally:
        rclpy.try_shutdown()
    print(
        f"{source} drives since {seconds:.1f} s after it was asked for. Set `policy` in your configuration "
        "to keep it when the node is started again."
    )
    return 0


def deploy(node: Node, driving: str, source: str) -> float:
    """Let the driving node of that name load ``source``; how long it took until it was at work, s.

    Raises:
        InputError: the node is not there, or it could not load it; what was at work goes on.
    """
    statuses: list[dict[str, Any]] = []

    def keep(message: Any) -> None:
        statuses.append(json.loads(message.data))

    node.create_subscription(String, f"{driving}/status", keep, asked("latched"))
    parameters = node.create_client(SetParameters, f"{driving}/set_parameters")
    load = node.create_client(Trigger, f"{driving}/load")
    for client in (parameters, load):
        if not client.wait_for_service(FOUND_WITHIN):
            raise InputError(
                f"no node offers {client.srv_name}; start the robot with mm_robot bringup, or give its --node"
            )
    _spin_until(node, lambda: bool(statuses), FOUND_WITHIN, f"{driving}/status is silent")
    before, asked_at = statuses[-1]["policy_loads"], time.monotonic()
    request = SetParameters.Request(parameters=[Parameter("policy", value=source).to_parameter_msg()])
    (result,) = _answer(node, parameters, request).results
    if not result.successful:
        raise InputError(f"{driving} refused the checkpoint: {result.reason}")
    answer = _answer(node, load, Trigger.Request())
    if not answer.success:
        raise InputError(f"{driving}: {answer.message}")
    _spin_until(
        node,
        lambda: statuses[-1]["policy_loads"] > before,
        LOADED_WITHIN,
        f"{driving} did not load it within {LOADED_WITHIN:g} s",
    )
    if statuses[-1]["policy_error"]:
        raise InputError(f"{driving}: {statuses[-1]['policy_error']}")
    return time.monotonic() - asked_at


def _answer(node: Node, client: Any, request: Any) -> Any:
    future = client.call_async(request)
    _spin_until(node, future.done, FOUND_WITHIN, f"{client.srv_name} does not answer")
    return future.result()


def _spin_until(node: Node, done: Callable[[], bool], seconds: float, failure: str) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise InputError(failure)
        rclpy.spin_once(node, timeout_sec=0.1)

"""Checks of the robot's base: does it stop by itself when ``cmd_vel`` falls silent?"""

from __future__ import annotations

import time
from typing import Any

from mm_robot.checks.finding import Finding, missing, ok, warning
from mm_robot.config import load_config

DISCOVERY_SECONDS = 1.5
ANSWER_SECONDS = 3.0
TIMEOUT_PARAMETERS = ("cmd_vel_timeout", "command_timeout", "cmd_timeout", "timeout")
"""Names under which drivers keep that time: ros2_control's controllers, the simulator, others."""
LONGEST = 1.0
"""Seconds of silence after which a base should stand at the latest."""
LIFT = (
    "lift the wheels off the floor, let the robot drive, kill the gate (kill -9) and see that they stop "
    "within a second; see docs/safety.md"
)


def stops_by_itself() -> Finding:
    """Ask the node that drives the wheels, where one listens, how long it goes on without ``cmd_vel``."""
    import rclpy
    from rcl_interfaces.srv import GetParameters

    rclpy.init()
    node = rclpy.create_node("doctor_base")
    try:
        topic = node.resolve_topic_name(load_config().node("safety_gate")["topics.cmd_vel"])
        time.sleep(DISCOVERY_SECONDS)
        found: dict[str, dict[str, Any]] = {}
        for base in node.get_subscriptions_info_by_topic(topic):
            name = f"{base.node_namespace.rstrip('/')}/{base.node_name}"
            client = node.create_client(GetParameters, f"{name}/get_parameters")
            values: dict[str, Any] = {}
            if client.wait_for_service(ANSWER_SECONDS):
                future = client.call_async(GetParameters.Request(names=list(TIMEOUT_PARAMETERS)))
                rclpy.spin_until_future_complete(node, future, timeout_sec=ANSWER_SECONDS)
                if future.done() and future.result() is not None:
                    answers = zip(TIMEOUT_PARAMETERS, future.result().values, strict=False)
                    values = {key: value.double_value for key, value in answers if value.type == 3}
            found[name] = values
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return judge(topic, found)


def judge(topic: str, found: dict[str, dict[str, Any]]) -> Finding:
    """What it means that these nodes (name -> timeouts in s, by parameter) hear ``cmd_vel``."""
    if not found:
        return warning(f"no base listens to {topic}, so its own timeout is not known", LIFT)
    told = []
    for name, values in found.items():
        if not values:
            return warning(f"{name} does not tell after how long a silence of {topic} it stops", LIFT)
        key, seconds = next(iter(values.items()))
        told.append(f"{name} stops after {seconds:g} s of silence ({key})")
        if not 0 < seconds <= LONGEST:
            meaning = "never stops by itself" if seconds <= 0 else f"goes on for {seconds:g} s"
            return missing(f"{name} {meaning} when {topic} falls silent", f"set its parameter {key} to 0.5")
    return ok("; ".join(told))

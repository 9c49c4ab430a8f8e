"""The gate and the simulated robot together: a person who steers at a wall does not reach it."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable

import pytest
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from node_process import NodeProcess
from probe import Probe
from std_msgs.msg import String


@pytest.mark.parametrize("angular", [0.0, 0.15])
def test_full_speed_ahead_ends_close_to_an_obstacle_without_touching_it(
    probe: Probe, start_node: Callable[..., NodeProcess], angular: float
) -> None:
    start_node("simulator")
    start_node("safety_gate", {"armed_at_start": True})
    odometry = probe.collect(Odometry, "odom", "sensor")
    statuses = probe.collect(String, "safety_gate/status", "latched")
    collisions = probe.collect(String, "collisions")
    command = TwistStamped()
    command.twist.linear.x = 0.5
    command.twist.angular.z = angular
    probe.publisher(TwistStamped, "cmd_vel_teleop")
    fastest = 0.0

    def standing_before_obstacle() -> bool:
        nonlocal fastest
        fastest = max([fastest, *(message.twist.twist.linear.x for message in odometry[-5:])])
        status = json.loads(statuses[-1].data) if statuses else {}
        return status.get("reason") == "obstacle" and status["linear"] < 0.01

    with probe.repeat("cmd_vel_teleop", lambda: command, 0.05):
        probe.wait(standing_before_obstacle, 40.0, "the gate to stop the robot")
        time.sleep(0.5)
    assert fastest > 0.4, "it never really drove"
    assert abs(odometry[-1].twist.twist.linear.x) < 0.02
    first, last = odometry[0].pose.pose.position, odometry[-1].pose.pose.position
    assert math.hypot(last.x - first.x, last.y - first.y) > 0.3
    assert not collisions, collisions[-1].data

"""The gate stands when the process dies that hears stop, and does not when such a one merely leaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from geometry_msgs.msg import TwistStamped
from node_process import NodeProcess
from probe import Probe

EAR = """
import signal, sys, rclpy
from rclpy.node import Node
from std_msgs.msg import Empty
from mm_robot.ros.qos import offered
signal.signal(signal.SIGTERM, signal.default_int_handler)
rclpy.init()
node = Node("ear")
node.create_publisher(Empty, "hearing", offered("vital"))
print("listens", flush=True)
try:
    rclpy.spin(node)
except BaseException:
    node.destroy_node()
    rclpy.try_shutdown()
"""


@pytest.fixture
def ear(ros_domain: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", EAR], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline().strip() == "listens"
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("silently", [True, False])
def test_the_robot_stands_when_the_ear_dies_and_not_when_it_leaves(
    start_node: Callable[..., NodeProcess], probe: Probe, ear: subprocess.Popen[str], silently: bool
) -> None:
    start_node("safety_gate", {"on_stale_scan": "ignore", "armed_at_start": True})
    commands = probe.collect(TwistStamped, "cmd_vel")
    proposal = TwistStamped()
    proposal.twist.linear.x = 0.2

    def speed() -> float:
        return float(commands[-1].twist.linear.x) if commands else 0.0

    probe.publisher(TwistStamped, "cmd_vel_teleop")
    with probe.repeat("cmd_vel_teleop", lambda: proposal, 0.05):
        probe.wait(lambda: speed() == pytest.approx(0.2), 15.0, "the robot to move")
        probe.wait(lambda: probe.node.count_publishers("hearing") == 1, 10.0, "the ear to be seen")
        before = len(commands)
        if silently:
            ear.kill()
            probe.wait(lambda: speed() == 0.0, 5.0, "the robot to stand")
        else:
            ear.terminate()
            ear.wait(10.0)
            probe.wait(lambda: len(commands) > before + 50, 10.0, "a second of commands")
            assert speed() == pytest.approx(0.2)

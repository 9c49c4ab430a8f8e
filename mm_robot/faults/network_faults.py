"""DDS peers come and go, and another robot lives in the same network."""

from __future__ import annotations

import subprocess
import sys
import time

from std_msgs.msg import Empty

from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig

PEERS = 5
COME_WITHIN = 15.0
GO_ON_WITHIN = 5.0
GO_ON = 0.4
"""Seconds for which the robot has to go on by itself."""
PEER = """
import os, time
os.nice(10)
import rclpy
from rclpy.context import Context
from rclpy.node import Node
from geometry_msgs.msg import TwistStamped
from std_msgs.msg import String
kept = []
for number in range({peers}):
    context = Context()
    rclpy.init(args=[], context=context)
    node = Node(f"peer_{{os.getpid()}}_{{number}}", context=context)
    kept.append((node.create_publisher(String, f"gossip_{{os.getpid()}}", 10),
                 node.create_subscription(TwistStamped, "cmd_vel", print, 10)))
time.sleep(60)
"""


def peers(rig: Rig, number: int) -> float:
    """Peers join, are killed without a farewell, and a person says stop: the s until the robot stands.

    While they come the robot may stand, for the shared memory of peers that were killed before them holds up
    all nodes for up to a second; then it has to go on by itself. They start with less claim to the processor
    than the robot has: a real peer has its own.
    """
    rig.move()
    process = subprocess.Popen([sys.executable, "-c", PEER.format(peers=PEERS)], stdout=subprocess.DEVNULL)
    try:
        rig.probe.wait(
            lambda: rig.probe.node.count_publishers(f"gossip_{process.pid}") >= PEERS,
            COME_WITHIN,
            "the peers to come",
        )
    finally:
        process.kill()
        process.wait()
    gone = time.monotonic()
    rig.probe.wait(
        lambda: _drives_again(rig, gone), GO_ON_WITHIN, "the robot to go on when the peers are gone"
    )
    fault = time.monotonic()
    rig.probe.publish("stop", Empty())
    return rig.probe.seconds_to_zero(fault, 3.0)


def _drives_again(rig: Rig, since: float) -> bool:
    """Whether it has driven for ``GO_ON`` s without a break, at some time after ``since``."""
    latest = [each for each in rig.probe.since(since) if each.received > time.monotonic() - GO_ON]
    return time.monotonic() > since + GO_ON and bool(latest) and all(each.moves for each in latest)


def two_robots(rig: Rig, number: int) -> float:
    """One of two robots is instructed, then both, then one is stopped: the s until that one alone stands."""
    one, two = rig, rig.other
    if two is None:
        raise FaultError("there is no other robot")
    if number % 2:
        one, two = two, one
    for each in (one, two):
        each.probe.publish("stop", Empty())
        each.probe.seconds_to_zero(time.monotonic(), 2.0)
    alone = time.monotonic()
    one.move()
    if any(each.moves for each in two.probe.since(alone)):
        raise FaultError("the robot that was not instructed moved")
    two.move()
    fault = time.monotonic()
    one.probe.publish("stop", Empty())
    seconds = one.probe.seconds_to_zero(fault, 3.0)
    time.sleep(GO_ON)
    if not all(each.moves for each in two.probe.since(fault)):
        raise FaultError("the robot that was not told to stop stopped")
    return seconds


FAULTS = (
    Fault("DDS peers come and go", 0.1, peers),
    Fault("two robots in one network", 0.1, two_robots, cast="two robots"),
)

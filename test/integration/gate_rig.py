"""A safety gate as a real process, with a scan and a policy made for the test."""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np
from geometry_msgs.msg import TwistStamped
from node_process import NodeProcess
from probe import Probe, Received
from sensor_msgs.msg import LaserScan
from std_msgs.msg import String


def velocity(linear: float, angular: float = 0.0) -> TwistStamped:
    message = TwistStamped()
    message.twist.linear.x = linear
    message.twist.angular.z = angular
    return message


def free_scan(ahead: float = math.inf) -> LaserScan:
    ranges = np.full(360, math.inf, np.float32)
    ranges[180] = ahead
    return LaserScan(
        angle_min=-math.pi,
        angle_max=math.pi,
        angle_increment=2 * math.pi / 360,
        range_min=0.05,
        range_max=10.0,
        ranges=ranges.tolist(),
    )


class Rig:
    """A running gate with a scan and a policy that can be changed while they repeat."""

    def __init__(self, probe: Probe, gate: NodeProcess) -> None:
        self.probe = probe
        self.gate = gate
        self.scan: LaserScan | None = free_scan()
        self.policy: TwistStamped | None = None
        self.verdict = "allowed"
        self.judging = False
        self.commands: Received = probe.collect(TwistStamped, "cmd_vel")
        self.statuses: Received = probe.collect(String, "safety_gate/status", "latched")
        self.orders: Received = probe.collect(String, "instruction/accepted")
        self.answers: Received = probe.collect(String, "answer")
        probe.publisher(LaserScan, "scan", "sensor", wait=0.0)
        probe.publisher(String, "policy/status", "latched")
        probe.publisher(TwistStamped, "cmd_vel_raw")
        probe.wait(lambda: self.commands, what="the first command")

    def tick(self) -> None:
        if self.scan is not None:
            self.probe.publish("scan", self.scan, "sensor", wait=0.0)
        if self.policy is not None:
            self.probe.publish("cmd_vel_raw", self.policy, wait=0.0)
        if self.policy is not None or self.judging:
            self.probe.publish("policy/status", self._judged(), "latched", wait=0.0)

    def _judged(self) -> String:
        """What a policy tells that gives every order the same verdict."""
        number = json.loads(self.orders[-1].data)["id"] if self.orders else 0
        return String(data=json.dumps({"accepted_id": number, "verdict": self.verdict}))

    def drive(self, speed: float, text: str = "go to the red ball") -> None:
        """Give an instruction and let the policy drive until the wheels do."""
        self.policy = velocity(speed)
        self.probe.publish("instruction", String(data=text))
        self.wait_for_speed(speed)

    @property
    def speed(self) -> float:
        return float(self.commands[-1].twist.linear.x)

    @property
    def status(self) -> dict[str, Any]:
        return json.loads(self.statuses[-1].data) if self.statuses else {}

    def wait_for_speed(self, speed: float, timeout: float = 5.0) -> float:
        """Wait for a commanded speed; the seconds that it took."""
        begin = time.monotonic()
        self.probe.wait(
            lambda: abs(self.speed - speed) < 1e-6, timeout, f"a speed of {speed}, not {self.speed}"
        )
        return time.monotonic() - begin

    def wait_for_reason(self, reason: str) -> None:
        self.probe.wait(lambda: self.status.get("reason") == reason, 5.0, f"{reason}; it is {self.status}")

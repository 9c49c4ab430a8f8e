"""The safety gate node: the only publisher of ``cmd_vel``.

It publishes at a steady rate in every lifecycle state: what ``mm_robot.safety`` permits while it is active,
zero otherwise and on its way down. Ages are measured from monotonic receipt times. A person ends a stop
with the service ``~/reset_estop``; a new instruction ends a spoken stop.
"""

from __future__ import annotations

import json
import math
import time
from typing import Any

import numpy as np
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import Trigger

from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.safety.gate import Permit, Reason, SafetyGate
from mm_robot.safety.hearing import Hearing
from mm_robot.safety.limits import limits_from

STATUS_SECONDS = 0.2
HALTS_AT_END = 3
"""How often zero is published when the node ends, so that one lost message does no harm."""


class SafetyGateNode(LifecycleNode):
    """Messages in, messages out; every decision is the core's."""

    def __init__(self) -> None:
        """Listen and publish from the start; permit motion only while active."""
        super().__init__("safety_gate")
        self._gate = SafetyGate(limits_from(self.values))
        self._stamped = bool(self.value("enable_stamped_cmd_vel"))
        self._scanner = (self.value("scan_x"), self.value("scan_y"), self.value("scan_yaw"))
        self._hearing = Hearing()
        self._permit = Permit(0.0, 0.0, "none", Reason.SILENCE)
        outside = TwistStamped if self._stamped else Twist
        self._commands = self.publish_to(outside, "cmd_vel")
        self._status = self.publish_to(String, "~/status", "latched")
        self.subscribe(TwistStamped, "cmd_vel_raw", lambda message: self._propose("policy", message))
        self.subscribe(outside, "cmd_vel_teleop", lambda message: self._propose("teleop", message))
        self.subscribe(LaserScan, "scan", self._scan, "sensor")
        self.subscribe(Empty, "stop", self._stop)
        self.watch(Empty, "hearing", self._go_deaf, self._hearing.find)
        self.subscribe(Bool, "estop", self._emergency_stop)
        for topic in ("instruction", "instruction/voice"):
            self.subscribe(String, topic, self._instruction)
        self.serve(Trigger, "~/stop", self._stop_by_service)
        self.serve(Trigger, "~/reset_estop", self._reset)
        self.every(1.0 / self.value("rate"), self._publish)
        self.every(STATUS_SECONDS, self._publish_status)
        self.every(1.0, self._report_health)

    def destroy_node(self) -> None:
        """Leave the wheels standing."""
        for _ in range(HALTS_AT_END):
            self._command(0.0, 0.0)
            time.sleep(0.01)
        super().destroy_node()

    def _propose(self, source: str, message: Any) -> None:
        twist = message.twist if isinstance(message, TwistStamped) else message
        linear, angular = float(twist.linear.x), float(twist.angular.z)
        if not (math.isfinite(linear) and math.isfinite(angular)):
            self.count(f"invalid velocities from {source}")
        self._gate.propose(source, linear, angular, time.monotonic())

    def _scan(self, message: LaserScan) -> None:
        ranges = np.asarray(message.ranges, dtype=np.float32)
        with np.errstate(invalid="ignore"):
            unmeasurable = (ranges < message.range_min) & ~np.isneginf(ranges)
        ranges[unmeasurable] = np.nan
        self._gate.scan(ranges, time.monotonic(), message.angle_min, message.angle_increment, self._scanner)

    def _stop(self, _message: Empty) -> None:
        self._gate.stop(time.monotonic())
        self.count("stops")

    def _go_deaf(self) -> None:
        self.count("deaths of the speech node")
        self._hearing.lose(time.monotonic())

    def _stop_by_service(self, _request: Any, response: Any) -> None:
        self._stop(Empty())
        self._publish()
        response.success, response.message = True, "the robot stands until a new instruction"

    def _emergency_stop(self, message: Bool) -> None:
        self._gate.emergency_stop(bool(message.data), time.monotonic())

    def _instruction(self, message: String) -> None:
        if message.data.strip():
            self._gate.release(time.monotonic())

    def _reset(self, _request: Any, response: Any) -> None:
        self._gate.reset_emergency_stop(time.monotonic())
        response.success, response.message = True, "every stop is ended; the policy waits for an instruction"

    def _publish(self) -> None:
        now = time.monotonic()
        if self._hearing.given_up(now):
            self._gate.stop(now)
        if self._hearing.deaf:
            self._gate.halt()
            permit = Permit(0.0, 0.0, "none", Reason.DEAF)
        elif self.active:
            permit = self._gate.permit(now)
        else:
            self._gate.halt()
            permit = Permit(0.0, 0.0, "none", Reason.INACTIVE)
        self._command(permit.linear, permit.angular)
        changed = (permit.source, permit.reason) != (self._permit.source, self._permit.reason)
        self._permit = permit
        if changed:
            self._publish_status()

    def _command(self, linear: float, angular: float) -> None:
        message = TwistStamped() if self._stamped else Twist()
        twist = message
        if self._stamped:
            message.header.stamp = self.get_clock().now().to_msg()
            message.header.frame_id = self.value("base_frame")
            twist = message.twist
        twist.linear.x = float(linear)
        twist.angular.z = float(angular)
        self._commands.publish(message)

    def _publish_status(self) -> None:
        permit = self._permit
        scan_age = self._gate.scan_age(time.monotonic())
        status = {
            "linear": round(permit.linear, 4),
            "angular": round(permit.angular, 4),
            "source": permit.source,
            "reason": permit.reason.value,
            "emergency_stop": self._gate.emergency,
            "stopped": self._gate.stopped,
            "scan_age": round(scan_age, 3) if math.isfinite(scan_age) else None,
        }
        self._status.publish(String(data=json.dumps(status)))
        self.report("source", permit.source)
        self.report("reason", permit.reason.value)

    def _report_health(self) -> None:
        topic = self._commands.topic_name
        rivals = self.count_publishers(topic) - 1
        if rivals > 0:
            self.error_state(
                f"{rivals} more publish {topic}; only the safety gate may: let them publish cmd_vel_teleop"
            )
        elif self._gate.emergency:
            self.warn_state("emergency stop; to end it let go of it and call the service ~/reset_estop")
        elif self._permit.reason is Reason.NO_SCAN:
            self.warn_state(
                "no fresh scan, so the robot stands; publish a LaserScan, or set on_stale_scan to ignore"
            )
        else:
            self.ok_state()


def main() -> None:
    """Run the node."""
    spin(SafetyGateNode)


if __name__ == "__main__":
    main()

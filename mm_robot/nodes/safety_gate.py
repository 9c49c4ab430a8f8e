"""The safety gate node: the only publisher of ``cmd_vel``, and the only one whom the policy obeys.

It publishes at a steady rate in every lifecycle state: what ``mm_robot.safety`` permits while it is active,
zero otherwise and on its way down. It hears instructions from ``instruction_sources`` and passes on those
that it accepts as ``instruction/accepted``; the policy's velocities pass while one is in force on which
``policy/status`` tells the verdict "allowed". Ages are measured from monotonic receipt times.

Services: ``~/arm``, ``~/stop``, ``~/approve``, ``~/veto``, ``~/reset_estop``.
"""

from __future__ import annotations

import contextlib
import functools
import json
import math
import os
import secrets
import time
from typing import Any

import numpy as np
from geometry_msgs.msg import Twist, TwistStamped
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import SetBool, Trigger

from mm_robot.ros.audit import open_audit
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.ros.orders import message_to_verdict, order_fields
from mm_robot.safety.desk import Order
from mm_robot.safety.gate import Permit, Reason
from mm_robot.safety.guardian import Answer, Guardian
from mm_robot.safety.labels import label_points
from mm_robot.safety.limits import limits_from
from mm_robot.safety.settings import arming_from, conduct_from, eye_from

NICENESS = -10
STATUS_SECONDS = 0.2
HALTS_AT_END = 3
"""How often zero is published when the node ends, so that one lost message does no harm."""


class SafetyGateNode(LifecycleNode):
    """Messages in, messages out; every decision is the core's."""

    def __init__(self) -> None:
        """Listen and publish from the start; permit motion only while active."""
        super().__init__("safety_gate")
        values = self.values
        self._guardian = Guardian(
            limits_from(values), conduct_from(values), arming_from(values), 1 + secrets.randbelow(2**31)
        )
        self._audit, self._audit_problem = open_audit(
            values["audit_log"], self.get_fully_qualified_name(), values["audit_size"]
        )
        self._stamped = bool(values["enable_stamped_cmd_vel"])
        self._scanner = (values["scan_x"], values["scan_y"], values["scan_yaw"])
        self._eye = eye_from(values)
        self._permit = Permit(0.0, 0.0, "none", Reason.SILENCE)
        self._publish_all()
        self._hear_all()
        self.every(1.0 / values["rate"], self._publish)
        self.every(STATUS_SECONDS, self._publish_status)
        self.every(1.0, self._report_health)

    def destroy_node(self) -> None:
        """Leave the wheels standing, and the log complete."""
        for _ in range(HALTS_AT_END):
            self._command(0.0, 0.0)
            time.sleep(0.01)
        if self._audit is not None:
            self._audit.write("end", {})
            self._audit.close()
        super().destroy_node()

    def _publish_all(self) -> None:
        outside = TwistStamped if self._stamped else Twist
        self._commands = self.publish_to(outside, "cmd_vel")
        self._orders = self.publish_to(String, "instruction/accepted")
        self._answers = self.publish_to(String, "answer")
        self._status = self.publish_to(String, "~/status", "latched")

    def _hear_all(self) -> None:
        outside = TwistStamped if self._stamped else Twist
        self.subscribe(TwistStamped, "cmd_vel_raw", functools.partial(self._propose, "policy"))
        self.subscribe(outside, "cmd_vel_teleop", functools.partial(self._propose, "teleop"))
        if self.value("obstacle_source") == "scan":
            self.subscribe(LaserScan, "scan", self._scan, "sensor")
        else:
            self.subscribe(String, "scene/labels", self._see)
        guardian = self._guardian
        self.subscribe(Empty, "stop", lambda _: guardian.stop(time.monotonic(), "topic"))
        self.watch(Empty, "hearing", self._go_deaf, guardian.hearing.find)
        self.subscribe(
            Bool, "estop", lambda message: guardian.emergency_stop(bool(message.data), time.monotonic())
        )
        self.subscribe(Bool, "hold", lambda message: guardian.hold(bool(message.data), time.monotonic()))
        self.subscribe(String, "policy/status", self._judge, "latched")
        for source in self.value("instruction_sources"):
            self.subscribe(String, source, functools.partial(self._instruct, source))
        self.serve(SetBool, "~/arm", self._arm)
        self.serve(Trigger, "~/stop", self._stop)
        self.serve(Trigger, "~/approve", self._approve)
        self.serve(Trigger, "~/veto", self._veto)
        self.serve(Trigger, "~/reset_estop", self._reset)

    def _propose(self, source: str, message: Any) -> None:
        twist = message.twist if isinstance(message, TwistStamped) else message
        linear, angular = float(twist.linear.x), float(twist.angular.z)
        if not (math.isfinite(linear) and math.isfinite(angular)):
            self.count(f"invalid velocities from {source}")
        self._guardian.gate.propose(source, linear, angular, time.monotonic())

    def _scan(self, message: LaserScan) -> None:
        ranges = np.asarray(message.ranges, dtype=np.float32)
        with np.errstate(invalid="ignore"):
            unmeasurable = (ranges < message.range_min) & ~np.isneginf(ranges)
        ranges[unmeasurable] = np.nan
        now = time.monotonic()
        self._guardian.gate.scan(
            ranges, now, float(message.angle_min), float(message.angle_increment), self._scanner
        )
        self._guardian.saw(ranges.tobytes())

    def _see(self, message: String) -> None:
        points = label_points(message.data, self._eye)
        self._guardian.gate.see(points, time.monotonic(), all_round=False)
        self._guardian.saw(points.tobytes())

    def _instruct(self, source: str, message: String) -> None:
        self._guardian.hear(source, message.data, time.monotonic())
        self._flush()

    def _judge(self, message: String) -> None:
        self._guardian.judge(*message_to_verdict(message), time.monotonic())
        self._flush()

    def _go_deaf(self) -> None:
        self.count("deaths of the speech node")
        self._guardian.hearing.lose(time.monotonic())

    def _arm(self, request: Any, response: Any) -> None:
        self._guardian.arm(bool(request.data), time.monotonic())
        response.success, response.message = True, "armed" if request.data else "disarmed"

    def _stop(self, _request: Any, response: Any) -> None:
        self._guardian.stop(time.monotonic(), "service")
        self._publish()
        response.success, response.message = True, "stopped until a new instruction"

    def _approve(self, _request: Any, response: Any) -> None:
        text = self._guardian.approve(time.monotonic())
        response.success, response.message = True, f"approved: {text}"

    def _veto(self, _request: Any, response: Any) -> None:
        text = self._guardian.veto(time.monotonic())
        response.success, response.message = True, f"vetoed: {text}"

    def _reset(self, _request: Any, response: Any) -> None:
        self._guardian.reset_emergency_stop(time.monotonic())
        response.success, response.message = True, "every stop is ended; the policy waits for an instruction"

    def _publish(self) -> None:
        if self.active:
            permit = self._guardian.permit(time.monotonic())
        else:
            self._guardian.halt()
            permit = Permit(0.0, 0.0, "none", Reason.INACTIVE)
        self._command(permit.linear, permit.angular)
        changed = (permit.source, permit.reason) != (self._permit.source, self._permit.reason)
        self._permit = permit
        self._flush()
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

    def _flush(self) -> None:
        """Send out what the decisions so far have left in the outbox."""
        outbox, self._guardian.outbox = self._guardian.outbox, []
        for item in outbox:
            if isinstance(item, Order):
                self._orders.publish(String(data=json.dumps(order_fields(item))))
            elif isinstance(item, Answer):
                self._answers.publish(String(data=item.text))
                self._publish_status()
            elif self._audit is not None:
                self._audit.write(item.event, item.particulars)

    def _publish_status(self) -> None:
        permit, guardian, order = self._permit, self._guardian, self._guardian.order
        scan_age = guardian.gate.scan_age(time.monotonic())
        status = {
            "linear": round(permit.linear, 4),
            "angular": round(permit.angular, 4),
            "source": permit.source,
            "reason": permit.reason.value,
            "emergency_stop": guardian.gate.emergency,
            "stopped": guardian.gate.stopped,
            "armed": guardian.armed,
            "scan_age": round(scan_age, 3) if math.isfinite(scan_age) else None,
            "stage": guardian.stage.value,
            "instruction": {"id": order.number, "text": order.text, "source": order.source}
            if order
            else None,
            "refusal": guardian.refusal or None,
        }
        self._status.publish(String(data=json.dumps(status)))
        self.report("source", permit.source)
        self.report("reason", permit.reason.value)
        self.report("stop is heard", "no" if self._guardian.hearing.deaf else "yes")

    def _report_health(self) -> None:
        for key, value in self._guardian.counters.items():
            self.report(key, value)
        if self._audit is not None:
            self._audit_problem = self._audit.problem
            self.report("audit head", self._audit.head)
        topic = self._commands.topic_name
        rivals = self.count_publishers(topic) - 1
        if rivals > 0:
            self.error_state(
                f"{rivals} more publish {topic}; only the safety gate may: let them publish cmd_vel_teleop"
            )
        elif self._guardian.gate.emergency:
            self.warn_state("emergency stop; to end it let go of it and call the service ~/reset_estop")
        elif self._permit.reason in ADVICE:
            self.warn_state(ADVICE[self._permit.reason])
        elif self._audit_problem:
            self.warn_state(self._audit_problem)
        else:
            self.ok_state()


ADVICE = {
    Reason.NO_SCAN: "no fresh scan; publish a LaserScan, or set on_stale_scan to creep or ignore",
    Reason.DISARMED: "not armed; call the service ~/arm with true",
    Reason.NO_HEARTBEAT: "no heartbeat on estop; publish false there, or set estop_heartbeat_timeout to 0",
}


def go_first() -> None:
    """Ask for the processor before the others, where the system allows it."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)


def main() -> None:
    """Run the node."""
    go_first()
    spin(SafetyGateNode)


if __name__ == "__main__":
    main()

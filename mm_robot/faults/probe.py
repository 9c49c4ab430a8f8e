"""The eye of the fault matrix: hears what reaches the wheels, and speaks as a person would."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TwistStamped
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher
from std_msgs.msg import String

from mm_robot.faults.fault import FaultError
from mm_robot.ros.qos import asked, offered

KEPT = 6000
"""Commands that are kept: two minutes of them."""
POLL = 0.005
STANDING_FOR = 0.25
"""Seconds for which the velocity has to stay zero to count as zero."""


class Velocity(NamedTuple):
    """A command as it reached the wheels: monotonic receipt time in s, m/s, rad/s."""

    received: float
    linear: float
    angular: float

    @property
    def moves(self) -> bool:
        """Whether it is anything but exactly zero; what is not a number moves."""
        return not (self.linear == 0.0 and self.angular == 0.0)


class Probe:
    """A node that spins in a thread of its own.

    ``health`` holds for every node its latest diagnostics: key -> text, with ``message`` for the message;
    ``status`` the policy's latest status; ``reasons`` why the driving node and the gate held the robot, with
    the monotonic time at which they said so; ``listeners`` are called with each velocity.
    """

    def __init__(self, domain: int, namespace: str = "/") -> None:
        """Join the domain and listen."""
        self.context = Context()
        rclpy.init(args=[], context=self.context, domain_id=domain)
        self.node = Node("fault_probe", context=self.context, namespace=namespace)
        self.health: dict[str, dict[str, str]] = {}
        self.status: dict[str, Any] = {}
        self.reasons: deque[tuple[float, str]] = deque(maxlen=200)
        self.listeners: list[Callable[[Velocity], None]] = []
        self._velocities: deque[Velocity] = deque(maxlen=KEPT)
        self._publishers: dict[str, Publisher] = {}
        self.hear(TwistStamped, "cmd_vel", self._keep_velocity)
        self.hear(DiagnosticArray, "/diagnostics", self._keep_health)
        self.hear(String, "policy/status", self._keep_status, "latched")
        self.hear(String, "safety_gate/status", self._keep_reason)
        self.hear(String, "policy/status", self._keep_reason)
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._spin, name="probe", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Leave the domain."""
        rclpy.shutdown(context=self.context, uninstall_handlers=False)
        self._thread.join(5.0)

    def hear(self, type_: Any, topic: str, callback: Callable[[Any], None], qos: str = "reliable") -> None:
        """Call back with each message of a topic."""
        self.node.create_subscription(type_, topic, callback, asked(qos))

    def publish(self, topic: str, message: Any, qos: str = "reliable") -> None:
        """Publish a message; the publisher is made at the first call and waits until somebody hears it."""
        if topic not in self._publishers:
            publisher = self._publishers[topic] = self.node.create_publisher(
                type(message), topic, offered(qos)
            )
            self.wait(lambda: publisher.get_subscription_count() > 0, 10.0, f"a subscriber of {topic}")
        self._publishers[topic].publish(message)

    def call(self, type_: Any, name: str, within: float = 5.0) -> Any:
        """Call a service with an empty request, and return its response."""
        client = self.node.create_client(type_, name)
        try:
            if not client.wait_for_service(within):
                raise FaultError(f"the service {name} is not there")
            future = client.call_async(type_.Request())
            self.wait(future.done, within, f"an answer of {name}")
            return future.result()
        finally:
            self.node.destroy_client(client)

    def wait(self, happened: Callable[[], Any], within: float, what: str) -> float:
        """Wait until something has happened; the monotonic time at which it was seen.

        Raises:
            FaultError: it does not happen within so many seconds.
        """
        end = time.monotonic() + within
        while not happened():
            if time.monotonic() > end:
                raise FaultError(f"waited {within:g} s in vain for {what}")
            time.sleep(POLL)
        return time.monotonic()

    def since(self, moment: float) -> list[Velocity]:
        """The velocities that were received after a moment (monotonic s), in order."""
        return [velocity for velocity in tuple(self._velocities) if velocity.received > moment]

    @property
    def velocity(self) -> Velocity:
        """The latest velocity."""
        return self._velocities[-1] if self._velocities else Velocity(0.0, 0.0, 0.0)

    def seconds_to_zero(self, fault: float, within: float) -> float:
        """Wait until the robot stands for good; the s from the moment ``fault`` to the first zero velocity.

        Raises:
            FaultError: it does not stand within so many seconds.
        """

        def first_zero() -> float | None:
            first: float | None = None
            for velocity in self.since(fault):
                if velocity.moves:
                    first = None
                elif first is None:
                    first = velocity.received
            return first

        end = time.monotonic() + within + STANDING_FOR
        while time.monotonic() < end:
            first = first_zero()
            if first is not None and self.velocity.received - first >= STANDING_FOR:
                return first - fault
            time.sleep(POLL)
        raise FaultError(
            f"the velocity did not become zero for {STANDING_FOR:g} s within {within:g} s; "
            f"{self._stood(fault)}"
        )

    def _stood(self, fault: float) -> str:
        """Since when, and how long, the robot stood longest after the moment ``fault``."""
        first, longest = fault, (0.0, 0.0)
        for velocity in self.since(fault):
            if velocity.moves:
                first = velocity.received
            longest = max(longest, (velocity.received - first, first - fault))
        return f"the longest that it was zero were {longest[0]:.2f} s, {longest[1]:.2f} s after the fault"

    def why(self, moment: float) -> str:
        """Why the robot was held since a moment (monotonic s), as the nodes say."""
        told = dict.fromkeys(reason for at, reason in tuple(self.reasons) if at > moment)
        return "; ".join(told) or "nobody says why"

    def counter(self, node: str, key: str) -> int:
        """A counter of a node's diagnostics; 0 while it has not counted yet."""
        return int(self.health.get(node, {}).get(key, 0))

    def _keep_velocity(self, message: TwistStamped) -> None:
        velocity = Velocity(time.monotonic(), message.twist.linear.x, message.twist.angular.z)
        self._velocities.append(velocity)
        for listener in self.listeners:
            listener(velocity)

    def _keep_health(self, message: DiagnosticArray) -> None:
        for status in message.status:
            values = {pair.key: pair.value for pair in status.values}
            values["message"] = status.message
            namespace, _, name = status.name.rpartition("/")
            if namespace == self.node.get_namespace().rstrip("/"):
                self.health[name] = values

    def _keep_status(self, message: String) -> None:
        self.status = _object(message)

    def _keep_reason(self, message: String) -> None:
        reason = _object(message).get("reason")
        if reason:
            self.reasons.append((time.monotonic(), reason))

    def _spin(self) -> None:
        try:
            while self.context.ok():
                self._executor.spin_once(timeout_sec=0.1)
        except ExternalShutdownException:
            pass
        finally:
            self.node.destroy_node()


def _object(message: String) -> dict[str, Any]:
    """The JSON object in a message; an empty one where it holds none, as when the topic is fuzzed."""
    try:
        content = json.loads(message.data)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}

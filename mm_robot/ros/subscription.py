"""A subscription that says aloud why it hears nothing, and adapts to what publishers offer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from rclpy.node import Node
from rclpy.qos import QoSProfile, ReliabilityPolicy

from mm_robot.ros.qos import adapted, in_words

try:
    from rclpy.event_handler import SubscriptionEventCallbacks
except ImportError:  # ROS 2 Humble
    from rclpy.qos_event import SubscriptionEventCallbacks

PATIENCE = 5.0
"""Seconds that a stream of sensor data may be without a publisher before that is said."""


class Subscription:
    """A subscription of a node.

    ``received`` counts messages; ``last`` is the monotonic time of the newest one, None before the first.
    """

    def __init__(
        self,
        node: Node,
        type_: Any,
        topic: str,
        callback: Callable[[Any], None],
        profile: QoSProfile,
        warn: Callable[[str], Any],
    ) -> None:
        """Subscribe; ``warn`` is called with a line when publishers cannot be heard as asked."""
        self.topic = topic
        self.received = 0
        self.last: float | None = None
        self._node = node
        self._type = type_
        self._callback = callback
        self._warn = warn
        self._asked = profile
        self._profile = adapted(profile, self._offers())
        self._incompatible = False
        self._nobody_since: float | None = time.monotonic()
        self._counted = (time.monotonic(), 0)
        self._create()

    @property
    def resolved(self) -> str:
        """The topic's full name, after namespace and remapping."""
        return str(self._subscription.topic_name)

    def rate(self) -> float:
        """Messages per second since the last call, Hz."""
        now, (since, before) = time.monotonic(), self._counted
        self._counted = (now, self.received)
        return (self.received - before) / max(now - since, 1e-3)

    def watch(self) -> str:
        """Adapt to the publishers there are now; return what is wrong with them, or an empty text."""
        publishers = self._node.get_publishers_info_by_topic(self.resolved)
        self._look_for_silence(bool(publishers))
        ours = _type_name(self._type)
        for publisher in publishers:
            if publisher.topic_type != ours:
                return (
                    f"topic {self.resolved} is published as {publisher.topic_type} by "
                    f"{publisher.node_name}, but {ours} is expected; publish that type or rename the topic"
                )
        if self._incompatible:
            self._incompatible = False
            self._adapt(adapted(self._asked, [publisher.qos_profile for publisher in publishers]))
        return ""

    def destroy(self) -> None:
        """Unsubscribe."""
        self._node.destroy_subscription(self._subscription)

    def _look_for_silence(self, published: bool) -> None:
        """Say once that nothing publishes a stream of sensor data, which the node surely needs."""
        if published or self._asked.reliability != ReliabilityPolicy.BEST_EFFORT:
            self._nobody_since = None
        elif self._nobody_since is not None and time.monotonic() - self._nobody_since > PATIENCE:
            self._nobody_since = None
            self._warn(
                f"nothing publishes {self.resolved}; start what does, or set the parameter topics.* "
                "that names this topic"
            )

    def _offers(self) -> list[QoSProfile]:
        name = self._node.resolve_topic_name(self.topic)
        return [publisher.qos_profile for publisher in self._node.get_publishers_info_by_topic(name)]

    def _create(self) -> None:
        events = SubscriptionEventCallbacks(incompatible_qos=self._note_incompatible)
        self._subscription = self._node.create_subscription(
            self._type, self.topic, self._receive, self._profile, event_callbacks=events
        )

    def _receive(self, message: Any) -> None:
        self.received += 1
        self.last = time.monotonic()
        self._callback(message)

    def _note_incompatible(self, _event: Any) -> None:
        self._incompatible = True

    def _adapt(self, profile: QoSProfile) -> None:
        if in_words(profile) == in_words(self._profile):
            self._warn(
                f"topic {self.resolved}: a publisher offers a quality of service that cannot be heard; "
                "publish it with deadline, liveliness and lifespan left at their defaults"
            )
            return
        self._warn(
            f"topic {self.resolved}: a publisher offers less than {in_words(self._profile)}; it is now heard "
            f"as {in_words(profile)}, and messages may be lost; publish it as {in_words(self._asked)}"
        )
        self._profile = profile
        self.destroy()
        self._create()


def _type_name(type_: Any) -> str:
    package = type_.__module__.split(".")[0]
    return f"{package}/msg/{type_.__name__}"

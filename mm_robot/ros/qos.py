"""The quality-of-service profiles of mm_robot, and how a subscription adapts to what publishers offer."""

from __future__ import annotations

from collections.abc import Iterable

from rclpy.duration import Duration
from rclpy.qos import DurabilityPolicy, HistoryPolicy, LivelinessPolicy, QoSProfile, ReliabilityPolicy

from mm_robot.errors import ConfigError

SENSOR_DEPTH = 5
RELIABLE_DEPTH = 10
STREAM_DEPTH = 100
LEASE_SECONDS = 0.25
"""Time after which the silent death of a vital publisher is noticed; its DDS library says that it lives."""


def _profile(reliability: ReliabilityPolicy, durability: DurabilityPolicy, depth: int) -> QoSProfile:
    return QoSProfile(
        history=HistoryPolicy.KEEP_LAST, depth=depth, reliability=reliability, durability=durability
    )


def asked(name: str) -> QoSProfile:
    """The profile that a subscription asks for.

    ``sensor``: best effort, the freshest few (images, scans, odometry); ``stream``: reliable and deep, for
    data without gaps (sound); ``reliable``: commands and texts; ``vital``: reliable, and only from publishers
    whose death is noticed; ``latched``: reliable, and the last message is also heard by who comes late.

    Raises:
        ConfigError: there is no profile of this name.
    """
    reliable, volatile = ReliabilityPolicy.RELIABLE, DurabilityPolicy.VOLATILE
    profiles = {
        "sensor": (ReliabilityPolicy.BEST_EFFORT, volatile, SENSOR_DEPTH),
        "stream": (reliable, volatile, STREAM_DEPTH),
        "reliable": (reliable, volatile, RELIABLE_DEPTH),
        "vital": (reliable, volatile, RELIABLE_DEPTH),
        "latched": (reliable, DurabilityPolicy.TRANSIENT_LOCAL, 1),
    }
    if name not in profiles:
        raise ConfigError(f"quality of service {name!r} was given; allowed is one of {', '.join(profiles)}")
    profile = _profile(*profiles[name])
    if name == "vital":
        profile.liveliness = LivelinessPolicy.AUTOMATIC
        profile.liveliness_lease_duration = Duration(seconds=LEASE_SECONDS)
    return profile


def offered(name: str) -> QoSProfile:
    """The profile that a publisher offers: as asked for, but always reliable, so that all can hear it."""
    profile = asked(name)
    profile.reliability = ReliabilityPolicy.RELIABLE
    return profile


def adapted(profile: QoSProfile, offers: Iterable[QoSProfile]) -> QoSProfile:
    """The strictest profile, no stricter than the one asked for, that every publisher on offer satisfies."""
    reliability, durability = profile.reliability, profile.durability
    for offer in offers:
        if offer.reliability == ReliabilityPolicy.BEST_EFFORT:
            reliability = ReliabilityPolicy.BEST_EFFORT
        if offer.durability == DurabilityPolicy.VOLATILE:
            durability = DurabilityPolicy.VOLATILE
    return _profile(reliability, durability, profile.depth)


def in_words(profile: QoSProfile) -> str:
    """A profile as a person would say it, such as ``reliable, volatile``."""
    return f"{profile.reliability.name.lower()}, {profile.durability.name.lower()}".replace("_", " ")

"""Quality of service: what is asked for, offered, and adapted."""

from __future__ import annotations

import pytest

pytest.importorskip("rclpy", reason="rclpy is not installed")

from rclpy.qos import DurabilityPolicy, ReliabilityPolicy, qos_check_compatible  # noqa: E402
from rclpy.qos import QoSCompatibility as Compatibility  # noqa: E402

from mm_robot.errors import ConfigError  # noqa: E402
from mm_robot.ros.qos import LEASE_SECONDS, adapted, asked, in_words, offered  # noqa: E402

NAMES = ("sensor", "stream", "reliable", "latched")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("other", ["sensor", "stream", "reliable"])
def test_whatever_is_offered_can_be_heard_by_every_volatile_subscription(name: str, other: str) -> None:
    assert qos_check_compatible(offered(name), asked(other))[0] != Compatibility.ERROR


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("offer", NAMES)
def test_an_adapted_subscription_hears_every_publisher(name: str, offer: str) -> None:
    for publisher in (offered(offer), asked(offer)):
        heard = adapted(asked(name), [publisher, offered("latched")])
        assert qos_check_compatible(publisher, heard)[0] != Compatibility.ERROR


def test_adapting_gives_up_no_more_than_needed() -> None:
    kept = adapted(asked("latched"), [offered("latched")])
    assert in_words(kept) == "reliable, transient local"
    weaker = adapted(asked("latched"), [offered("latched"), offered("reliable")])
    assert (weaker.reliability, weaker.durability) == (
        ReliabilityPolicy.RELIABLE,
        DurabilityPolicy.VOLATILE,
    )
    assert adapted(asked("stream"), []).depth == asked("stream").depth


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ConfigError, match="sensor, stream, reliable, vital, latched"):
        asked("fast")


def test_a_vital_publisher_is_watched_and_heard_by_everyone() -> None:
    lease = offered("vital").liveliness_lease_duration.nanoseconds * 1e-9
    assert lease == pytest.approx(LEASE_SECONDS)
    for name in ("vital", "reliable", "sensor"):
        assert qos_check_compatible(offered("vital"), asked(name))[0] != Compatibility.ERROR

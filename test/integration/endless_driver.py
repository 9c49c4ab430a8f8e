"""A process that proposes a velocity until it is killed."""

from __future__ import annotations

import time

from geometry_msgs.msg import TwistStamped
from probe import Probe

SPEED = 0.25
"""m/s."""


def drive_for_ever(domain: int) -> None:
    """Propose to drive straight ahead, at 20 Hz."""
    message = TwistStamped()
    message.twist.linear.x = SPEED
    with Probe(domain) as probe:
        publisher = probe.publisher(TwistStamped, "cmd_vel_raw")
        while True:
            publisher.publish(message)
            time.sleep(0.05)

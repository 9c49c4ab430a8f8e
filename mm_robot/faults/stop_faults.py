"""A person says stop while the model is at work."""

from __future__ import annotations

import time
from collections.abc import Callable

from std_msgs.msg import Bool, Empty
from std_srvs.srv import Trigger

from mm_robot.faults.fault import Fault
from mm_robot.faults.rig import Rig

PROMPT = 0.1
INTO = 0.05
"""Seconds into a decision of the model at which the stop comes."""


def stopped(send: Callable[[Rig], None]) -> Callable[[Rig, int], float]:
    """A stop is sent in the middle of a decision that takes a while."""

    def trial(rig: Rig, number: int) -> float:
        rig.move()
        rig.model("ponders")
        try:
            began = rig.began("ponders")
            time.sleep(max(0.0, began + INTO - time.monotonic()))
            fault = time.monotonic()
            send(rig)
            return rig.probe.seconds_to_zero(fault, 3.0)
        finally:
            rig.model("")

    return trial


def by_topic(rig: Rig) -> None:
    """Say stop on the topic."""
    rig.probe.publish("stop", Empty())


def by_service(rig: Rig) -> None:
    """Call the gate's service."""
    rig.probe.call(Trigger, "safety_gate/stop")


def emergency(rig: Rig, number: int) -> float:
    """The emergency stop is pressed; afterwards it is let go and reset."""
    rig.move()
    fault = time.monotonic()
    rig.probe.publish("estop", Bool(data=True))
    try:
        return rig.probe.seconds_to_zero(fault, 3.0)
    finally:
        rig.probe.publish("estop", Bool(data=False))
        time.sleep(0.1)
        rig.probe.call(Trigger, "safety_gate/reset_estop")


FAULTS = (
    Fault("stop by topic during inference", PROMPT, stopped(by_topic), cast="robot"),
    Fault("stop by service during inference", PROMPT, stopped(by_service), cast="robot"),
    Fault("emergency stop", PROMPT, emergency, cast="robot"),
)

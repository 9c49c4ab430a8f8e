"""Stamps lie: the robot answers a stop, and a silent camera, as soon as ever."""

from __future__ import annotations

import time
from collections.abc import Callable

from std_msgs.msg import Empty

from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig

SETTLE = 0.4
"""Seconds of wrong stamps for which the robot has to go on driving."""
STEP = 10.0
EARLIER_LIMIT = 0.5
"""The limit of a silent camera."""


def stamped(stamp: Callable[[float], float]) -> Callable[[Rig, int], float]:
    """From now on every stamp is ``stamp(true time)``; the robot has to go on, and then to stop in time.

    The trials stop it in turn by a stop and by a silent camera.
    """

    def trial(rig: Rig, number: int) -> float:
        rig.move()
        began = time.monotonic()
        rig.body.stamp = stamp
        try:
            time.sleep(SETTLE)
            if not all(each.moves for each in rig.probe.since(began)):
                raise FaultError(f"the robot stopped because of the stamps alone: {rig.probe.why(began)}")
            fault = time.monotonic()
            if number % 2:
                rig.body.camera = False
            else:
                rig.probe.publish("stop", Empty())
            return rig.probe.seconds_to_zero(fault, 3.0)
        finally:
            rig.body.camera = True
            rig.body.stamp = lambda now: now

    return trial


FAULTS = (
    Fault("stamps step 10 s forward", EARLIER_LIMIT, stamped(lambda now: now + STEP)),
    Fault("stamps step 10 s back", EARLIER_LIMIT, stamped(lambda now: now - STEP)),
    Fault("stamps from the future", EARLIER_LIMIT, stamped(lambda now: now + 1e6)),
    Fault("stamps of zero", EARLIER_LIMIT, stamped(lambda _now: 0.0)),
    Fault("stamps run backwards", EARLIER_LIMIT, stamped(lambda now: 1e9 - now % 1e6)),
)

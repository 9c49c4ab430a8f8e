"""A robot that is to drive and does not: noticed, and got out of by backing off.

Backing off a little is the recovery that navigation stacks begin with; it also brings back into view what
stands before the robot. See the BackUp behaviour of Nav2, https://docs.nav2.org.
"""

from __future__ import annotations

import numpy as np

from mm_robot.model.policy import ACTION_PERIOD
from mm_robot.types import FloatArray

BLOCKED_SECONDS = 3.0
"""s of the task's time after which a robot that is to drive and stands is blocked."""
BLOCKED_COMMAND, BLOCKED_SPEED = 0.02, 0.01
"""m/s from which on it is to drive, and below which it stands."""
BACKING_SECONDS, BACKING_SPEED = 2.0, -0.15
"""How long, s, and how fast, m/s, it backs off."""


class Standstill:
    """Tells when a robot that is to drive has stood for too long; ``now`` s is the task's time."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all; a new task begins."""
        self._since: float | None = None
        self._back_until: float | None = None

    def blocked(self, actions: FloatArray, speed: float, now: float) -> bool:
        """Take in the chunk [H, 2] that was decided on and the measured speed, m/s."""
        wanted = len(actions) > 0 and abs(float(actions[0][0])) >= BLOCKED_COMMAND
        if not wanted or abs(speed) >= BLOCKED_SPEED or self._since is None:
            self._since = now if wanted else None
        return self._since is not None and now - self._since > BLOCKED_SECONDS

    def relieved(self, actions: FloatArray, speed: float, now: float) -> FloatArray:
        """The chunk itself, or one that backs off where the robot is blocked."""
        if self._back_until is None and self.blocked(actions, speed, now):
            self._back_until = now + BACKING_SECONDS
        if self._back_until is None or now >= self._back_until:
            self._back_until = None
            return actions
        self._since = None
        rows = max(1, round(min(ACTION_PERIOD * len(actions), self._back_until - now) / ACTION_PERIOD))
        return np.tile(np.array([BACKING_SPEED, 0.0], np.float32), (rows, 1))

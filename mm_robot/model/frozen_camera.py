"""Notices a camera that sends the same picture again and again while the robot moves."""

from __future__ import annotations

import zlib

from mm_robot.types import ImageArray, RobotState

ROW_STEP = 4
"""One row in so many is looked at."""
MOVES_LINEAR = 0.02
"""m/s from which on a robot counts as moving."""
MOVES_ANGULAR = 0.05
"""rad/s from which on a robot counts as turning."""


class FrozenCamera:
    """Compares each picture with the one before.

    A camera counts as frozen after it has sent the same bytes for longer than ``limit`` s of motion, and from
    then on until it sends other ones: the robot that stands because of it must not count as an excuse.
    """

    def __init__(self, limit: float) -> None:
        """Start with no picture seen."""
        self._limit = limit
        self._digest: int | None = None
        self._moving_since: float | None = None
        self._frozen = False

    def see(self, image: ImageArray, robot: RobotState, received: float) -> bool:
        """Take in a picture [H, W, 3], received at a monotonic time in s; whether the camera is frozen."""
        digest = zlib.crc32(image[::ROW_STEP].tobytes())
        same, self._digest = digest == self._digest, digest
        moving = abs(robot.linear) >= MOVES_LINEAR or abs(robot.angular) >= MOVES_ANGULAR
        if not same:
            self._frozen = False
        if not same or not moving or self._moving_since is None:
            self._moving_since = received if moving else None
        elif received - self._moving_since > self._limit:
            self._frozen = True
        return self._frozen

"""Keeps the state of a task: the one place that turns odometry and decisions into a ``TaskState``."""

from __future__ import annotations

import math

from mm_robot.types import Decision, RobotState, TaskState

VISIBLE = 0.5
"""A target counts as seen from this probability on."""


def _wrap(angle: float) -> float:
    return (angle + math.pi) % (2 * math.pi) - math.pi


class TaskTracker:
    """Follows one task from the instruction on; training, rollouts and the node share it.

    ``now`` is the time of the node's clock in s (simulated time in a simulator).
    """

    def __init__(self, now: float, robot: RobotState) -> None:
        self._start = self._latest = now
        self._robot = robot
        self._travelled = self._turned = self._swept = self._unseen = 0.0
        self._amount: float | None = None
        self._last_bearing: float | None = None
        self._step = 0

    def update(self, now: float, robot: RobotState) -> TaskState:
        """Take in new odometry; call once for each observation."""
        turned = _wrap(robot.yaw - self._robot.yaw)
        forward = (robot.x - self._robot.x) * math.cos(robot.yaw) + (robot.y - self._robot.y) * math.sin(
            robot.yaw
        )
        self._turned += turned
        self._travelled += forward
        self._swept += abs(turned)
        self._unseen += max(0.0, now - self._latest)
        if self._last_bearing is not None:
            self._last_bearing = _wrap(self._last_bearing - turned)
        self._robot, self._latest = robot, max(now, self._latest)
        return TaskState(
            elapsed=self._latest - self._start,
            travelled=self._travelled,
            turned=self._turned,
            swept=self._swept,
            amount=self._amount,
            last_bearing=self._last_bearing,
            unseen=self._unseen,
            step=self._step,
        )

    def note(self, decision: Decision) -> None:
        """Take in a decision: what it read from the instruction and where it saw the target."""
        if self._amount is None and decision.amount is not None:
            self._amount = decision.amount
        self._step = decision.step
        if decision.target_visible > VISIBLE:
            self._last_bearing = decision.bearing
            self._unseen = self._swept = 0.0

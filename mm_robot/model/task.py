"""Keeps the state of a task: the one place that turns odometry and decisions into a ``TaskState``."""

from __future__ import annotations

import math
from dataclasses import replace

from mm_robot.types import Decision, KnownThing, RobotState, TaskState

ALL_ROUND = math.radians(350)
"""rad of headings from which on the robot has looked all round."""


def wrap(angle: float) -> float:
    """The same angle in [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


class TaskTracker:
    """Follows one task from the instruction on; training, rollouts and the node share it.

    ``now`` is the time of the node's clock in s (simulated time in a simulator).
    """

    def __init__(self, now: float, robot: RobotState) -> None:
        self._start = robot
        self._robot = robot
        self._latest = now
        self._surveyed = False
        self._things: tuple[KnownThing, ...] = ()
        self._begin(0)

    def _begin(self, step: int) -> None:
        self._step = step
        self._began = self._latest
        self._travelled = self._turned = self._leftmost = self._rightmost = 0.0
        self._amount: float | None = None

    def update(self, now: float, robot: RobotState) -> TaskState:
        """Take in new odometry; call once for each observation."""
        turned = wrap(robot.yaw - self._robot.yaw)
        self._travelled += (robot.x - self._robot.x) * math.cos(robot.yaw) + (
            robot.y - self._robot.y
        ) * math.sin(robot.yaw)
        self._turned += turned
        self._leftmost = max(self._leftmost, self._turned)
        self._rightmost = min(self._rightmost, self._turned)
        looked = min(self._leftmost - self._rightmost, 2 * math.pi)
        self._surveyed = self._surveyed or looked >= ALL_ROUND
        passed = max(0.0, now - self._latest)
        self._things = tuple(replace(thing, age=thing.age + passed) for thing in self._things)
        self._robot, self._latest = robot, max(now, self._latest)
        return TaskState(
            elapsed=self._latest - self._began,
            travelled=self._travelled,
            turned=self._turned,
            looked=looked,
            amount=self._amount,
            step=self._step,
            surveyed=self._surveyed,
            start=self._start,
            things=self._things,
        )

    def note(self, decision: Decision) -> None:
        """Take in a decision: what it read from the instruction, what it knows, which step comes next."""
        self._things = decision.things
        if decision.step != self._step:
            self._begin(decision.step)
        elif self._amount is None and decision.amount is not None:
            self._amount = decision.amount

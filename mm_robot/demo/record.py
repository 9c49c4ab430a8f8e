"""What is kept of an episode, from the first word to standing still."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from mm_robot.sim.scene import Room
from mm_robot.types import RobotState


@dataclass(frozen=True)
class Moment:
    """The robot's true state at ``time`` s of the simulator.

    With it what the policy had ``commanded`` and the gate ``permitted`` last (m/s, rad/s), the
    ``state`` of the task, whether the robot was ``touching`` anything, and the task's ``step``.
    """

    time: float
    robot: RobotState
    commanded: tuple[float, float] = (0.0, 0.0)
    permitted: tuple[float, float] = (0.0, 0.0)
    state: str = ""
    touching: bool = False
    step: int = 0


@dataclass(frozen=True)
class Picture:
    """An annotated camera frame: JPEG bytes, taken at ``time`` s of the simulator."""

    time: float
    jpeg: bytes
    caption: str


@dataclass
class Record:
    """Everything that an episode leaves behind.

    Times named ``_at`` are monotonic s. ``status`` is the driving node's latest status; ``touched``
    names what the robot ran into; ``labels`` names the things in the last frame.
    """

    room: Room
    path: list[Moment] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    transcripts: list[dict[str, Any]] = field(default_factory=list)
    transcript_at: float | None = None
    speech_ended_at: float | None = None
    instructed_at: float | None = None
    ended_at: float | None = None
    answers: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    labels: tuple[str, ...] = ()

    @property
    def status(self) -> dict[str, Any]:
        """The driving node's latest status."""
        return self.statuses[-1] if self.statuses else {}

    @property
    def robot(self) -> RobotState:
        """The robot's latest true state."""
        if self.path:
            return self.path[-1].robot
        x, y, yaw = self.room.robot
        return RobotState(x, y, yaw)

    def length(self) -> float:
        """Return the length of the path, m."""
        steps = zip(self.path, self.path[1:], strict=False)
        return sum(math.hypot(b.robot.x - a.robot.x, b.robot.y - a.robot.y) for a, b in steps)

"""The types that carry all data between the parts of mm_robot.

Units are SI, angles are radians, frames follow REP-103 (x forward, y left, z up; positive
yaw turns left). Images are RGB. Times named ``received`` are monotonic seconds of the
process that received the data; they serve to measure ages, never to match messages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


class Outcome(str, Enum):
    """How far a task has come, as the policy reports it."""

    RUNNING = "running"
    DONE = "done"
    ABSENT = "absent"
    UNABLE = "unable"
    REFUSED = "refused"


class Skill(str, Enum):
    """What kind of act an instruction asks for."""

    GO_TO = "go_to"
    TURN = "turn"
    MOVE = "move"
    STOP = "stop"
    DESCRIBE = "describe"
    UNABLE = "unable"


@dataclass(frozen=True)
class RobotState:
    """Odometry at the moment of an observation.

    ``x``, ``y`` in metres and ``yaw`` in radians in the odometry frame; ``linear`` in m/s and
    ``angular`` in rad/s in the robot's own frame.
    """

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    linear: float = 0.0
    angular: float = 0.0


@dataclass(frozen=True)
class TaskState:
    """What has happened since the instruction was given.

    ``elapsed`` s since the start; ``travelled`` m along the robot's own heading, signed;
    ``turned`` rad, signed; ``swept`` rad of heading turned through since the target was last
    seen (or since the start), unsigned; ``amount`` is the argument of a turn (rad, signed) or
    a move (m, signed), bound from the first decision, None before it; ``last_bearing`` rad, the
    target's bearing in the robot's present frame as last seen, None while it was never seen;
    ``unseen`` s since the target was last seen; ``step`` index of the present step.
    """

    elapsed: float = 0.0
    travelled: float = 0.0
    turned: float = 0.0
    swept: float = 0.0
    amount: float | None = None
    last_bearing: float | None = None
    unseen: float = 0.0
    step: int = 0


@dataclass(frozen=True)
class Observation:
    """Everything that a policy may look at to take one decision.

    ``image`` [H, W, 3] uint8 RGB; ``instruction`` the sentence as typed or heard;
    ``robot`` the odometry; ``task`` the progress since the instruction was given;
    ``received`` monotonic receipt time of the image, s; ``audio`` [N] float32 at 16 kHz in
    [-1, 1], or None where the policy is not given sound; ``scan`` [N, 2] float32, the points that the
    range finder sees (robot frame, m), or None where there is no fresh scan.
    """

    image: ImageArray
    instruction: str
    robot: RobotState
    task: TaskState
    received: float
    audio: FloatArray | None = None
    scan: FloatArray | None = None


@dataclass(frozen=True)
class SceneLabel:
    """One object that the model sees.

    ``box`` (left, top, right, bottom) as fractions of the image's width and height;
    ``score`` the probability that the label is right; ``target`` the probability that this is
    the thing that the instruction means.
    """

    colour: str
    shape: str
    box: tuple[float, float, float, float]
    score: float
    target: float = 0.0

    @property
    def name(self) -> str:
        """The label as a person would say it, such as ``red ball``."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True)
class Decision:
    """What a policy proposes for one observation.

    ``actions`` [H, 2] float32: the linear speed in m/s and the angular speed in rad/s for the
    next H action periods; ``bearing`` of the target in rad (robot frame) where
    ``target_visible`` (probability) says it is in view; ``amount`` the argument that the model
    read for a turn (rad) or a move (m); ``answer`` a sentence for the person;
    ``attribution`` [rows, columns] float32, how much each image patch is thought to be the thing
    meant.
    """

    actions: FloatArray
    outcome: Outcome = Outcome.RUNNING
    skill: Skill = Skill.UNABLE
    reason: str = ""
    answer: str = ""
    amount: float | None = None
    target_visible: float = 0.0
    bearing: float = 0.0
    step: int = 0
    labels: tuple[SceneLabel, ...] = field(default=())
    attribution: FloatArray | None = None


@dataclass(frozen=True)
class Transcript:
    """A sentence as heard: ``confidence`` in [0, 1]; ``started`` and ``ended`` in monotonic s."""

    text: str
    confidence: float
    started: float
    ended: float

"""The types that carry all data between the parts of mm_robot.

Units are SI, angles are radians, frames follow REP-103 (x forward, y left, z up; positive
yaw turns left). Images are RGB. Times named ``received`` are monotonic seconds of the
process that received the data; they serve to measure ages, never to match messages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ImageArray = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class CameraMount:
    """How the camera sits on the robot: ``height`` m above the floor, ``tilt`` rad (positive looks up).

    As it is left out, that of the simulated robot.
    """

    height: float = 0.30
    tilt: float = 0.0

    def on_floor(self, below: float) -> tuple[float, float]:
        """Where a place in the image ``below`` its middle, in focal lengths, lies on the floor.

        m ahead of the camera, and m to the side for each focal length to the side; both infinite at the
        horizon and above.
        """
        down = math.cos(self.tilt) * below - math.sin(self.tilt)
        if down <= 0:
            return math.inf, math.inf
        scale = self.height / down
        return scale * (math.cos(self.tilt) + math.sin(self.tilt) * below), scale


USUAL_MOUNT = CameraMount()


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
    FOLLOW = "follow"
    TURN = "turn"
    MOVE = "move"
    STOP = "stop"
    DESCRIBE = "describe"
    UNABLE = "unable"
    REFUSE = "refuse"


class Pace(str, Enum):
    """How fast an instruction wants the robot to be."""

    SLOW = "slow"
    NORMAL = "normal"
    FAST = "fast"


SIDES = ("left_of", "right_of")
COMPARISONS = ("nearest", "farthest", "biggest", "smallest")
RELATIONS = (*SIDES, "near", *COMPARISONS)
"""How a sentence may tell a thing by others: those of the first kinds need another thing that is named."""


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
class KnownThing:
    """A thing that the robot sees or has seen since the instruction was given.

    ``x``, ``y`` m in the odometry frame, with the standard error ``error`` m; ``radius`` m; ``rgb`` sRGB in
    [0, 1]; ``shape`` and ``colour`` the probabilities of each name; ``score`` the certainty that there is
    such a thing; ``age`` s since it was last seen, 0 while it is in view; ``misses`` how many frames in a
    row should have shown it and did not; ``weight`` how much was seen of it so far.
    """

    x: float
    y: float
    radius: float
    rgb: tuple[float, float, float]
    shape: tuple[float, ...]
    colour: tuple[float, ...]
    score: float
    error: float = 0.1
    age: float = 0.0
    misses: int = 0
    weight: float = 1.0


@dataclass(frozen=True)
class TaskState:
    """What has happened since the instruction was given, or since its present step began.

    Of the present ``step`` (an index): ``elapsed`` s; ``travelled`` m along the robot's own heading,
    signed; ``turned`` rad, signed; ``looked`` rad, how far its headings lie apart, at most 2 pi: how much
    of the surroundings it has turned to; ``amount`` is the argument of a turn (rad, signed) or a move (m,
    signed), bound from the step's first decision, None before it. Of the whole task: ``surveyed`` says
    that it has looked all round; ``start`` is the odometry when the instruction was given; ``things`` is
    what the robot knows to stand around.
    """

    elapsed: float = 0.0
    travelled: float = 0.0
    turned: float = 0.0
    looked: float = 0.0
    amount: float | None = None
    step: int = 0
    surveyed: bool = False
    start: RobotState = field(default_factory=RobotState)
    things: tuple[KnownThing, ...] = ()


@dataclass(frozen=True)
class Observation:
    """Everything that a policy may look at to take one decision.

    ``image`` [H, W, 3] uint8 RGB; ``instruction`` the sentence as typed or heard;
    ``robot`` the odometry; ``task`` the progress since the instruction was given;
    ``received`` monotonic receipt time of the image, s; ``audio`` [N] float32 at 16 kHz in
    [-1, 1], or None where the policy is not given sound; ``scan`` [N, 2] float32, the points that the
    range finder sees (robot frame, m), or None where there is no fresh scan; ``mount`` how the
    camera sits.
    """

    image: ImageArray
    instruction: str
    robot: RobotState
    task: TaskState
    received: float
    audio: FloatArray | None = None
    scan: FloatArray | None = None
    mount: CameraMount = USUAL_MOUNT


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
    read for a turn (rad) or a move (m); ``answer`` a sentence for the person; ``step`` the step of the
    task that is to be carried out from now on; ``things`` what the robot knows to stand around;
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
    labels: tuple[SceneLabel, ...] = ()
    things: tuple[KnownThing, ...] = ()
    attribution: FloatArray | None = None


@dataclass(frozen=True)
class Transcript:
    """A sentence as heard: ``confidence`` in [0, 1]; ``started`` and ``ended`` in monotonic s."""

    text: str
    confidence: float
    started: float
    ended: float

"""From an instruction to velocity commands: one task at a time, without a clock or a wheel.

The driver keeps what a driving node must never get wrong: which task is running, which
decision belongs to it, and when the robot has to stand because something it relies on is old.
It calls no model itself. The caller's model thread asks for an ``observation``, lets the policy
decide and hands the decision to ``accept``; another thread asks for the ``command`` that is due.
All methods may be called from any thread.

Two times are passed in: ``now``, the task's time (simulated time in a simulator), and
``monotonic``, the time by which ages are measured.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from mm_robot.model.chunk import ChunkPlayback
from mm_robot.model.frozen_camera import FrozenCamera
from mm_robot.model.standstill import Standstill
from mm_robot.model.task import TaskTracker
from mm_robot.types import (
    USUAL_MOUNT,
    CameraMount,
    Decision,
    FloatArray,
    ImageArray,
    Observation,
    Outcome,
    RobotState,
    Skill,
    TaskState,
)

IDLE = "idle"
RUNNING = Outcome.RUNNING.value
BLOCKED = "stopped short: something is in the way"


@dataclass(frozen=True)
class TaskStatus:
    """The present or the last task: ``state`` is ``idle`` or an outcome's value.

    ``instruction_id`` counts instructions from 1; 0 means that none was given yet. ``judged`` says that the
    policy has taken a decision on it.
    """

    instruction_id: int = 0
    instruction: str = ""
    source: str = ""
    state: str = IDLE
    step: int = 0
    skill: str = ""
    reason: str = ""
    judged: bool = False

    @property
    def refused(self) -> bool:
        """Whether the policy will not or cannot do it."""
        return self.state in (Outcome.REFUSED.value, Outcome.UNABLE.value)


@dataclass(frozen=True)
class Timeouts:
    """How old, in s, each thing may be before the robot stands.

    ``camera`` and ``odometry``: silence since the last message; ``decision``: age of the frame
    behind the command; ``clock``: how long the task's time may stand still; ``frozen``: how long
    the camera may send the same picture while the robot moves. ``task`` is the longest that a task
    may take, in s of its own time.
    """

    camera: float = 0.2
    odometry: float = 0.5
    decision: float = 0.3
    clock: float = 0.3
    frozen: float = 0.5
    task: float = 120.0


@dataclass(frozen=True)
class Command:
    """A velocity to send now, in m/s and rad/s.

    ``age`` s from the receipt of the frame to this command, None where no action is due; ``hold``
    says why a running task has to stand.
    """

    linear: float = 0.0
    angular: float = 0.0
    age: float | None = None
    hold: str = ""


class Driver:
    """The state of driving: task, decision and standstill rules."""

    def __init__(self, timeouts: Timeouts, mount: CameraMount = USUAL_MOUNT) -> None:
        """Create an idle driver; ``mount`` is how the camera sits."""
        self._timeouts = timeouts
        self._mount = mount
        self._lock = threading.Lock()
        self._playback = ChunkPlayback()
        self._status = TaskStatus()
        self._tracker: TaskTracker | None = None
        self._started = 0.0
        self._frame_received = 0.0
        self._speed = 0.0
        self._standstill = Standstill()
        self._camera = FrozenCamera(timeouts.frozen)
        self._frozen = False
        self._clock_seen: tuple[float, float] | None = None  # task time, monotonic time of its last change

    @property
    def status(self) -> TaskStatus:
        """The present or the last task."""
        with self._lock:
            return self._status

    def instruct(self, instruction: str, source: str, now: float) -> TaskStatus:
        """Start a task; whatever ran before ends now. The instruction must be valid already."""
        with self._lock:
            self._started = now
            self._playback.clear()
            self._tracker = None
            self._standstill.clear()
            number = self._status.instruction_id + 1
            self._status = TaskStatus(number, instruction, source, RUNNING)
            return self._status

    def stop(self, reason: str, state: str = IDLE) -> bool:
        """End a running task with ``reason``; return whether one was running."""
        with self._lock:
            return self._end(state, reason)

    def observe(
        self,
        image: ImageArray,
        robot: RobotState,
        received: float,
        now: float,
        scan: FloatArray | None = None,
    ) -> tuple[int, Observation]:
        """Put together what the policy may look at, and name the task that it is for.

        ``received`` is the monotonic receipt time of the image; ``scan`` [N, 2] the points of a
        fresh scan (robot frame, m). The task is its instruction's
        number; it is 0, with an empty instruction and a blank task state, while none is running.
        """
        with self._lock:
            self._frozen = self._camera.see(image, robot, received)
            self._speed = robot.linear
            number, instruction, task = 0, "", TaskState()
            if self._status.state == RUNNING:
                if self._tracker is None:
                    self._tracker = TaskTracker(now, robot)
                number, instruction = self._status.instruction_id, self._status.instruction
                task = self._tracker.update(now, robot)
            return number, Observation(
                image, instruction, robot, task, received, scan=scan, mount=self._mount
            )

    def accept(self, decision: Decision, instruction_id: int, received: float, now: float) -> bool:
        """Drive by ``decision`` from ``now`` on; return whether it ended the task.

        A robot that goes to a thing and is stopped short backs off; one that goes straight has come as far
        as it can.
        ``instruction_id`` and ``received`` are those of the observation. A decision for a task
        that has ended in the meantime is dropped.

        Raises:
            ValueError: the action chunk is not [H, 2] or not finite; the robot stands.
        """
        with self._lock:
            if self._status.state != RUNNING or instruction_id != self._status.instruction_id:
                return False
            if self._tracker is not None:
                self._tracker.note(decision)
            self._status = replace(
                self._status,
                step=decision.step,
                skill=decision.skill.value,
                reason=decision.reason,
                judged=True,
            )
            if decision.outcome is not Outcome.RUNNING:
                return self._end(decision.outcome.value, decision.reason)
            actions = decision.actions
            if decision.skill is Skill.MOVE and self._standstill.blocked(actions, self._speed, now):
                return self._end(Outcome.DONE.value, BLOCKED)
            if decision.skill in (Skill.GO_TO, Skill.FOLLOW):
                actions = self._standstill.relieved(actions, self._speed, now)
            self._playback.load(actions, now)
            self._frame_received = received
            return False

    def command(
        self, now: float, monotonic: float, camera: float | None, odometry: float | None, fault: str = ""
    ) -> Command:
        """Return the command due now.

        ``camera`` and ``odometry`` are the monotonic receipt times of the latest messages, None
        where there was none yet; ``fault`` is another reason for which the robot has to stand.
        """
        with self._lock:
            clock_hold = self._watch_clock(now, monotonic)
            if now - self._started > self._timeouts.task:
                self._end(IDLE, f"gave up after {self._timeouts.task:g} s")
            if self._status.state != RUNNING:
                return Command()
            hold = (
                clock_hold
                or fault
                or silence("camera", camera, monotonic, self._timeouts.camera)
                or ("the camera sends the same picture although the robot moves" if self._frozen else "")
                or silence("odometry", odometry, monotonic, self._timeouts.odometry)
            )
            due = self._playback.command(now)
            age = monotonic - self._frame_received
            if due and not hold and age > self._timeouts.decision:
                hold = f"the model is late: the frame behind the command is {age:.2f} s old"
            if hold:
                self._playback.clear()
                return Command(hold=hold)
            return Command(*due, age) if due else Command()

    def _watch_clock(self, now: float, monotonic: float) -> str:
        if self._clock_seen is None or now > self._clock_seen[0]:
            self._clock_seen = (now, monotonic)
        elif now < self._clock_seen[0]:
            self._clock_seen = (now, monotonic)
            self._end(IDLE, "the clock was set back")
        stood = monotonic - self._clock_seen[1]
        return f"the clock has stood still for {stood:.1f} s" if stood > self._timeouts.clock else ""

    def _end(self, state: str, reason: str) -> bool:
        self._playback.clear()
        if self._status.state != RUNNING:
            return False
        self._tracker = None
        self._status = replace(self._status, state=state, reason=reason)
        return True


def silence(what: str, received: float | None, monotonic: float, limit: float) -> str:
    """Say that ``what`` has been silent for longer than ``limit`` s, or return an empty text."""
    if received is None:
        return f"no {what} yet"
    silent = monotonic - received
    return f"{what} silent for {silent:.1f} s" if silent > limit else ""

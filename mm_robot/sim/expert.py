"""The expert that demonstrations come from: a function of the true state, without memory of its own.

It sees only what the robot's camera sees; what it remembers is the ``TaskState`` that the policy
is given too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mm_robot.model.policy import ACTION_PERIOD
from mm_robot.model.task import ALL_ROUND
from mm_robot.sim.scene import ROBOT_RADIUS, wrap_angle
from mm_robot.types import FloatArray, Outcome, Pace, Skill, TaskState

CHUNK_LENGTH = 5

STOP_GAP = 0.30
DONE_GAP = 0.38
DONE_BEARING = math.radians(15)
FOLLOW_GAP = 0.85
BACKING_SPEED = 0.3
SEARCH_SPEED = 0.8
AVOID_RANGE = 1.5
AVOID_MARGIN = 0.17
TURN_TOLERANCE = math.radians(3)
MOVE_TOLERANCE = 0.035


@dataclass(frozen=True)
class Speeds:
    """Top speeds: ``drive`` to a thing and ``move`` straight on in m/s, ``turn`` and ``search`` in rad/s."""

    drive: float
    move: float
    turn: float
    search: float


SPEEDS = {
    Pace.SLOW: Speeds(drive=0.25, move=0.18, turn=0.4, search=0.6),
    Pace.NORMAL: Speeds(drive=0.42, move=0.36, turn=0.8, search=SEARCH_SPEED),
    Pace.FAST: Speeds(drive=0.5, move=0.5, turn=1.1, search=1.0),
}


@dataclass(frozen=True)
class Obstacle:
    """A thing as seen from the robot: ``distance`` m between centres, ``bearing`` rad, ``radius`` m."""

    distance: float
    bearing: float
    radius: float

    def seen_from(self, forward: float, turned: float) -> Obstacle:
        """The same thing after the robot has gone ``forward`` m and then turned by ``turned`` rad."""
        x = self.distance * math.cos(self.bearing) - forward
        y = self.distance * math.sin(self.bearing)
        return Obstacle(math.hypot(x, y), wrap_angle(math.atan2(y, x) - turned), self.radius)


@dataclass(frozen=True)
class Advice:
    """What the expert would do: speeds in m/s and rad/s, and how far the task has come."""

    linear: float
    angular: float
    outcome: Outcome


def advise(
    skill: Skill,
    task: TaskState,
    target: Obstacle | None = None,
    visible: bool = False,
    others: Sequence[Obstacle] = (),
    pace: Pace = Pace.NORMAL,
) -> Advice:
    """The expert's action for one state.

    ``target`` is the thing meant as far as it is known (None before it was found), ``visible`` whether the
    camera sees it now, ``others`` everything else that stands around.
    """
    speeds = SPEEDS[pace]
    if skill is Skill.TURN:
        return _servo(
            task.amount, task.turned, TURN_TOLERANCE, gain=2.0, slowest=0.12, fastest=speeds.turn, turn=True
        )
    if skill is Skill.MOVE:
        return _servo(
            task.amount,
            task.travelled,
            MOVE_TOLERANCE,
            gain=1.2,
            slowest=0.07,
            fastest=speeds.move,
            turn=False,
        )
    if skill in (Skill.GO_TO, Skill.FOLLOW):
        if target is None:
            absent = task.looked >= ALL_ROUND
            return Advice(0.0, 0.0, Outcome.ABSENT) if absent else Advice(0.0, speeds.search, Outcome.RUNNING)
        go = _go_to if skill is Skill.GO_TO else _follow
        return go(target, visible, others, speeds)
    refused = {Skill.UNABLE: Outcome.UNABLE, Skill.REFUSE: Outcome.REFUSED}
    return Advice(0.0, 0.0, refused.get(skill, Outcome.DONE))


def advise_chunk(
    skill: Skill,
    task: TaskState,
    target: Obstacle | None = None,
    visible: bool = False,
    others: Sequence[Obstacle] = (),
    pace: Pace = Pace.NORMAL,
) -> tuple[FloatArray, Outcome]:
    """The expert's next actions [CHUNK_LENGTH, 2] as it would drive open loop, and the present outcome."""
    actions = np.zeros((CHUNK_LENGTH, 2), np.float32)
    first: Outcome | None = None
    for step in range(CHUNK_LENGTH):
        advice = advise(skill, task, target, visible, others, pace)
        first = first or advice.outcome
        if advice.outcome is not Outcome.RUNNING:
            break
        actions[step] = (advice.linear, advice.angular)
        forward, turned = advice.linear * ACTION_PERIOD, advice.angular * ACTION_PERIOD
        if target is not None:
            target = target.seen_from(forward, turned)
        others = [other.seen_from(forward, turned) for other in others]
        task = replace(
            task,
            elapsed=task.elapsed + ACTION_PERIOD,
            travelled=task.travelled + forward,
            turned=task.turned + turned,
            looked=min(task.looked + abs(turned), 2 * math.pi) if target is None else task.looked,
        )
    assert first is not None
    return actions, first


def _servo(
    amount: float | None,
    progress: float,
    tolerance: float,
    gain: float,
    slowest: float,
    fastest: float,
    turn: bool,
) -> Advice:
    remaining = (amount or 0.0) - progress
    if abs(remaining) < tolerance:
        return Advice(0.0, 0.0, Outcome.DONE)
    speed = math.copysign(min(fastest, max(slowest, gain * abs(remaining))), remaining)
    return Advice(0.0, speed, Outcome.RUNNING) if turn else Advice(speed, 0.0, Outcome.RUNNING)


def _go_to(target: Obstacle, visible: bool, others: Sequence[Obstacle], speeds: Speeds) -> Advice:
    gap = target.distance - target.radius - ROBOT_RADIUS
    if visible and gap < DONE_GAP and abs(target.bearing) < DONE_BEARING:
        return Advice(0.0, 0.0, Outcome.DONE)
    speed = min(speeds.drive, max(0.0, 0.9 * (gap - STOP_GAP)))
    return _drive(target.bearing, target.distance, speed, others, speeds.turn)


def _follow(target: Obstacle, visible: bool, others: Sequence[Obstacle], speeds: Speeds) -> Advice:
    """Behind the thing, never done; a thing that comes near is given way to."""
    gap = target.distance - target.radius - ROBOT_RADIUS
    speed = max(-BACKING_SPEED, min(speeds.drive, 1.2 * (gap - FOLLOW_GAP)))
    return _drive(target.bearing, target.distance, speed, others, speeds.turn)


def _drive(
    bearing: float, distance: float, speed: float, others: Sequence[Obstacle], fastest: float
) -> Advice:
    """Steer towards a bearing, round whatever stands within the robot's width before it."""
    heading = _detour(bearing, distance, others)
    speed *= max(0.0, 1.0 - abs(heading) / 0.7)
    turn = max(-fastest, min(fastest, 1.6 * heading))
    return Advice(speed, turn, Outcome.RUNNING)


def _detour(bearing: float, distance: float, others: Sequence[Obstacle]) -> float:
    heading = bearing
    near = [o for o in others if o.distance < min(AVOID_RANGE + o.radius, distance) and abs(o.bearing) < 1.4]
    for other in sorted(near, key=lambda o: o.distance):
        room = other.radius + ROBOT_RADIUS + AVOID_MARGIN
        half = math.asin(min(1.0, room / max(other.distance, 1e-3)))
        offset = wrap_angle(heading - other.bearing)
        if abs(offset) < half:
            heading = other.bearing + math.copysign(half, offset)
    return max(-math.pi, min(math.pi, heading))

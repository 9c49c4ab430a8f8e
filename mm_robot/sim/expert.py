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
from mm_robot.sim.scene import HORIZONTAL_FIELD_OF_VIEW, ROBOT_RADIUS, wrap_angle
from mm_robot.types import FloatArray, Outcome, Skill, TaskState

CHUNK_LENGTH = 5

STOP_GAP = 0.30
DONE_GAP = 0.38
DONE_BEARING = math.radians(15)
SEARCH_SPEED = 0.8
SEARCH_SWEEP = math.radians(400)
REMEMBER = 3.0
AVOID_RANGE = 1.5
AVOID_MARGIN = 0.17
TURN_TOLERANCE = math.radians(3)
MOVE_TOLERANCE = 0.035
_HALF_VIEW = HORIZONTAL_FIELD_OF_VIEW / 2


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
) -> Advice:
    """The expert's action for one state.

    ``target`` is the thing meant (None where the room has none or the skill needs none),
    ``visible`` whether the camera sees it, ``others`` everything else that stands around.
    """
    if skill is Skill.TURN:
        return _servo(
            task.amount, task.turned, TURN_TOLERANCE, gain=2.0, slowest=0.12, fastest=0.8, turn=True
        )
    if skill is Skill.MOVE:
        return _servo(
            task.amount, task.travelled, MOVE_TOLERANCE, gain=1.2, slowest=0.07, fastest=0.4, turn=False
        )
    if skill is Skill.GO_TO:
        return _go_to(task, target, visible, others)
    return Advice(0.0, 0.0, Outcome.UNABLE if skill is Skill.UNABLE else Outcome.DONE)


def advise_chunk(
    skill: Skill,
    task: TaskState,
    target: Obstacle | None = None,
    visible: bool = False,
    others: Sequence[Obstacle] = (),
) -> tuple[FloatArray, Outcome]:
    """The expert's next actions [CHUNK_LENGTH, 2] as it would drive open loop, and the present outcome."""
    actions = np.zeros((CHUNK_LENGTH, 2), np.float32)
    first: Outcome | None = None
    for step in range(CHUNK_LENGTH):
        advice = advise(skill, task, target, visible, others)
        first = first or advice.outcome
        if advice.outcome is not Outcome.RUNNING:
            break
        actions[step] = (advice.linear, advice.angular)
        forward, turned = advice.linear * ACTION_PERIOD, advice.angular * ACTION_PERIOD
        if target is not None:
            target = target.seen_from(forward, turned)
            visible = visible and abs(target.bearing) < _HALF_VIEW
        others = [other.seen_from(forward, turned) for other in others]
        task = replace(
            task,
            elapsed=task.elapsed + ACTION_PERIOD,
            travelled=task.travelled + forward,
            turned=task.turned + turned,
            swept=task.swept + abs(turned),
            last_bearing=None if task.last_bearing is None else wrap_angle(task.last_bearing - turned),
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


def _go_to(task: TaskState, target: Obstacle | None, visible: bool, others: Sequence[Obstacle]) -> Advice:
    if visible and target is not None:
        gap = target.distance - target.radius - ROBOT_RADIUS
        if gap < DONE_GAP and abs(target.bearing) < DONE_BEARING:
            return Advice(0.0, 0.0, Outcome.DONE)
        return _drive(target.bearing, target.distance, min(0.5, max(0.0, 0.9 * (gap - STOP_GAP))), others)
    if task.swept > SEARCH_SWEEP:
        return Advice(0.0, 0.0, Outcome.ABSENT)
    if task.last_bearing is not None and task.unseen < REMEMBER:
        if abs(task.last_bearing) < 0.8 * _HALF_VIEW:
            return _drive(task.last_bearing, 2.0, 0.2, others)
        return Advice(0.0, math.copysign(SEARCH_SPEED, task.last_bearing), Outcome.RUNNING)
    return Advice(0.0, SEARCH_SPEED, Outcome.RUNNING)


def _drive(bearing: float, distance: float, speed: float, others: Sequence[Obstacle]) -> Advice:
    """Steer towards a bearing, round whatever stands within the robot's width before it."""
    heading = _detour(bearing, distance, others)
    speed *= max(0.0, 1.0 - abs(heading) / 0.7)
    return Advice(speed, max(-1.0, min(1.0, 1.6 * heading)), Outcome.RUNNING)


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

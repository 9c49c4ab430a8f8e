"""Judges a trace: did what was expected happen?"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mm_robot.sim.scene import ROBOT_RADIUS, ROOM_HALF_SIZE, Room, wrap_angle
from mm_robot.training.episodes import Episode, Expectation
from mm_robot.training.rollout import Trace
from mm_robot.types import FloatArray, Outcome

REACH_GAP = 0.5
REACH_BEARING = math.radians(30)
TURN_TOLERANCE = math.radians(10)
TURN_DRIFT = 0.15
MOVE_TOLERANCE = 0.15
BLOCKED_GAP = 0.15
"""m of free way ahead below which a move has come as far as it safely can."""
STOP_SECONDS = 0.5
SWEEP = math.radians(330)
FOLLOW_DISTANCES = 0.5, 1.5
FOLLOW_SHARE = 0.8
_STANDING_SPEED = 0.02
_STANDING_DRIFT = 0.05
_PAUSE_ROWS = 20
"""Rows (0.4 s) after a step of a sequence in which the robot comes to a stand."""


@dataclass(frozen=True)
class Verdict:
    """Whether an episode succeeded, and why not."""

    success: bool
    why: str = ""


@dataclass(frozen=True)
class Passage:
    """The part of a trace in which one thing was to be done: ``time`` [T] s, ``pose`` [T, 3] (x m, y m, yaw
    rad), ``things`` [T, N, 2] m, ``state`` how it ended; ``settled`` is in how many rows at its end the robot
    has to stand.
    """

    room: Room
    time: FloatArray
    pose: FloatArray
    things: FloatArray
    state: str
    settled: int = 25


def judge(episode: Episode, trace: Trace) -> Verdict:
    """Judge an episode by what its row expects."""
    if trace.touched:
        return Verdict(False, f"touched {trace.touched[0]}")
    expect = episode.expect
    whole = _passage(episode.room, trace, trace.given, len(trace.time), trace.state)
    if expect.outcome == "sequence":
        return _in_order(episode, trace)
    if expect.outcome in _JUDGES:
        return _JUDGES[expect.outcome](expect, whole)
    if _travelled(whole) > _STANDING_DRIFT or _swept(whole) > math.radians(5):
        return Verdict(False, "moved")
    if expect.outcome == "answer":
        if expect.labels is not None and sorted(expect.labels) != sorted(trace.labels):
            return Verdict(False, f"named {', '.join(trace.labels) or 'nothing'}")
        return Verdict(bool(trace.answer), "" if trace.answer else "no answer")
    accepted = {"refuse": ("refused", "unable"), "unable": ("unable",)}[expect.outcome]
    return Verdict(trace.state in accepted, "" if trace.state in accepted else f"ended as {trace.state}")


def _passage(room: Room, trace: Trace, first: int, end: int, state: str, settled: int = 25) -> Passage:
    rows = slice(first, end)
    return Passage(room, trace.time[rows], trace.pose[rows], trace.things[rows], state, settled)


def _in_order(episode: Episode, trace: Trace) -> Verdict:
    """Each step by itself, from when it began to shortly after the next did."""
    steps = episode.expect.steps
    under_way = trace.step[trace.given :]
    begins = [trace.given + int(row) for row in np.flatnonzero(np.diff(under_way, prepend=-1))]
    if len(begins) != len(steps):
        return Verdict(False, f"ended as {trace.state} in step {len(begins)} of {len(steps)}")
    for number, (step, begin) in enumerate(zip(steps, begins, strict=True), 1):
        last = number == len(steps)
        end = len(trace.time) if last else begins[number] + _PAUSE_ROWS
        state = trace.state if last else Outcome.DONE.value
        passage = _passage(episode.room, trace, begin, end, state, settled=25 if last else _PAUSE_ROWS // 2)
        verdict = _JUDGES[step.outcome](step, passage)
        if not verdict.success:
            return Verdict(False, f"step {number}: {verdict.why}")
    return Verdict(True)


def _reached(expect: Expectation, passage: Passage) -> Verdict:
    target = expect.target(passage.room)
    assert target is not None
    return _reached_thing(target, passage)


def reached(room: Room, target: int, trace: Trace) -> Verdict:
    """Stops by itself within 0.5 m of the target's surface, looking at it."""
    return _reached_thing(target, _passage(room, trace, trace.given, len(trace.time), trace.state))


def _reached_thing(target: int, passage: Passage) -> Verdict:
    if passage.state != Outcome.DONE.value:
        return Verdict(False, f"ended as {passage.state}")
    x, y, yaw = (float(v) for v in passage.pose[-1])
    thing = passage.room.things[target]
    at_x, at_y = (float(v) for v in passage.things[-1, target])
    gap = math.hypot(at_x - x, at_y - y) - thing.radius - ROBOT_RADIUS
    bearing = abs(wrap_angle(math.atan2(at_y - y, at_x - x) - yaw))
    if gap > REACH_GAP:
        return Verdict(False, f"stopped {gap:.2f} m from the {thing.name}")
    if bearing > REACH_BEARING:
        return Verdict(False, f"looks {math.degrees(bearing):.0f}° past the {thing.name}")
    return _stands(passage)


def _followed(expect: Expectation, passage: Passage) -> Verdict:
    """Most of the time at the right distance, between centres or between surfaces."""
    target = expect.target(passage.room)
    assert target is not None
    apart = np.linalg.norm(passage.things[:, target] - passage.pose[:, :2], axis=1)
    gap = apart - passage.room.things[target].radius - ROBOT_RADIUS
    low, high = FOLLOW_DISTANCES
    good = ((apart >= low) & (apart <= high)) | ((gap >= low) & (gap <= high))
    share = float(good.mean())
    return Verdict(share >= FOLLOW_SHARE, "" if share >= FOLLOW_SHARE else f"near it {share:.0%} of the time")


def _turned(expect: Expectation, passage: Passage) -> Verdict:
    wanted = math.radians(expect.degrees)
    yaw = np.unwrap(passage.pose[:, 2])
    turned = float(yaw[-1] - yaw[0])
    if abs(abs(wanted) - math.pi) < 1e-3:
        turned, wanted = abs(turned), abs(wanted)
    if abs(turned - wanted) > TURN_TOLERANCE:
        return Verdict(False, f"turned {math.degrees(turned):.0f}°")
    if _travelled(passage) >= TURN_DRIFT:
        return Verdict(False, f"drifted {_travelled(passage):.2f} m")
    return _stands(passage)


def _moved(expect: Expectation, passage: Passage) -> Verdict:
    wanted = expect.metres
    start, end = passage.pose[0], passage.pose[-1]
    along = float((end[0] - start[0]) * math.cos(start[2]) + (end[1] - start[1]) * math.sin(start[2]))
    short_before_obstacle = 0 <= along / wanted < 1 and free_way(passage.room, end, wanted) < BLOCKED_GAP
    if abs(along - wanted) > MOVE_TOLERANCE * abs(wanted) and not short_before_obstacle:
        return Verdict(False, f"moved {along:.2f} m")
    return _stands(passage)


def free_way(room: Room, pose: FloatArray, direction: float) -> float:
    """How far the robot could go straight on from ``pose`` (x m, y m, yaw rad), m; back where
    ``direction`` is negative.
    """
    x, y, yaw = (float(v) for v in pose)
    forward_x, forward_y = (math.copysign(1.0, direction) * f(yaw) for f in (math.cos, math.sin))
    limit = ROOM_HALF_SIZE - ROBOT_RADIUS
    ways = [
        (math.copysign(limit, step) - at) / step
        for at, step in ((x, forward_x), (y, forward_y))
        if abs(step) > 1e-6
    ]
    for thing in room.things:
        ahead = (thing.x - x) * forward_x + (thing.y - y) * forward_y
        aside = (thing.y - y) * forward_x - (thing.x - x) * forward_y
        reach = thing.radius + ROBOT_RADIUS
        if ahead > 0 and abs(aside) < reach:
            ways.append(ahead - math.sqrt(reach * reach - aside * aside))
    return max(0.0, min(ways))


def _stopped(_: Expectation, passage: Passage) -> Verdict:
    late = passage.time > passage.time[0] + STOP_SECONDS
    moving = np.linalg.norm(np.diff(passage.pose[late, :2], axis=0), axis=1).sum()
    return Verdict(
        bool(moving < _STANDING_DRIFT), "" if moving < _STANDING_DRIFT else "still moving after 0.5 s"
    )


def _absent(_: Expectation, passage: Passage) -> Verdict:
    if passage.state != Outcome.ABSENT.value:
        return Verdict(False, f"ended as {passage.state}")
    if _swept(passage) < SWEEP:
        return Verdict(False, f"looked round {math.degrees(_swept(passage)):.0f}° only")
    return _stands(passage)


def _stands(passage: Passage) -> Verdict:
    tail = passage.pose[-passage.settled :]
    standing = (
        float(np.linalg.norm(tail[-1, :2] - tail[0, :2])) < _STANDING_SPEED and passage.state != "running"
    )
    return Verdict(standing, "" if standing else "does not stand at the end")


def _travelled(passage: Passage) -> float:
    places = passage.pose[:, :2]
    return float(np.linalg.norm(places - places[0], axis=1).max())


def _swept(passage: Passage) -> float:
    return float(np.abs(np.diff(np.unwrap(passage.pose[:, 2]))).sum())


_JUDGES: dict[str, Callable[[Expectation, Passage], Verdict]] = {
    "reach": _reached,
    "follow": _followed,
    "turn": _turned,
    "move": _moved,
    "stop": _stopped,
    "absent": _absent,
}


def path_ratio(room: Room, target: int, trace: Trace) -> float:
    """Path length over the straight way to where the target counts as reached."""
    length = float(np.linalg.norm(np.diff(trace.pose[:, :2], axis=0), axis=1).sum())
    x, y, _ = room.robot
    thing = room.things[target]
    shortest = max(0.1, math.hypot(thing.x - x, thing.y - y) - thing.radius - ROBOT_RADIUS - REACH_GAP)
    return length / shortest

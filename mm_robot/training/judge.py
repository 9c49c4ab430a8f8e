"""Judges a trace: did what was expected happen?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mm_robot.sim.scene import ROBOT_RADIUS, ROOM_HALF_SIZE, Room, wrap_angle
from mm_robot.training.episodes import Episode
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
_STANDING_SPEED = 0.02
_STANDING_DRIFT = 0.05


@dataclass(frozen=True)
class Verdict:
    """Whether an episode succeeded, and why not."""

    success: bool
    why: str = ""


def judge(episode: Episode, trace: Trace) -> Verdict:
    """Judge an episode by what its row expects."""
    if trace.touched:
        return Verdict(False, f"touched {trace.touched[0]}")
    expect = episode.expect
    if expect.outcome == "reach":
        assert episode.target is not None
        return reached(episode.room, episode.target, trace)
    if expect.outcome == "turn":
        return _turned(math.radians(expect.degrees), trace)
    if expect.outcome == "move":
        return _moved(expect.metres, episode.room, trace)
    if expect.outcome == "stop":
        return _stopped(trace)
    if expect.outcome == "absent":
        return _absent(trace)
    if _travelled(trace) > _STANDING_DRIFT or _swept(trace) > math.radians(5):
        return Verdict(False, "moved")
    if expect.outcome == "answer":
        if expect.labels is not None and sorted(expect.labels) != sorted(trace.labels):
            return Verdict(False, f"named {', '.join(trace.labels) or 'nothing'}")
        return Verdict(bool(trace.answer), "" if trace.answer else "no answer")
    accepted = {"refuse": ("refused", "unable"), "unable": ("unable",)}[expect.outcome]
    return Verdict(trace.state in accepted, "" if trace.state in accepted else f"ended as {trace.state}")


def reached(room: Room, target: int, trace: Trace) -> Verdict:
    """Stops by itself within 0.5 m of the target's surface, looking at it."""
    if trace.state != Outcome.DONE.value:
        return Verdict(False, f"ended as {trace.state}")
    x, y, yaw = (float(v) for v in trace.pose[-1])
    thing = room.things[target]
    gap = math.hypot(thing.x - x, thing.y - y) - thing.radius - ROBOT_RADIUS
    bearing = abs(wrap_angle(math.atan2(thing.y - y, thing.x - x) - yaw))
    if gap > REACH_GAP:
        return Verdict(False, f"stopped {gap:.2f} m from the {thing.name}")
    if bearing > REACH_BEARING:
        return Verdict(False, f"looks {math.degrees(bearing):.0f}° past the {thing.name}")
    return _stands(trace)


def _turned(wanted: float, trace: Trace) -> Verdict:
    yaw = np.unwrap(trace.pose[trace.given :, 2])
    turned = float(yaw[-1] - yaw[0])
    if abs(abs(wanted) - math.pi) < 1e-3:
        turned, wanted = abs(turned), abs(wanted)
    if abs(turned - wanted) > TURN_TOLERANCE:
        return Verdict(False, f"turned {math.degrees(turned):.0f}°")
    if _travelled(trace) >= TURN_DRIFT:
        return Verdict(False, f"drifted {_travelled(trace):.2f} m")
    return _stands(trace)


def _moved(wanted: float, room: Room, trace: Trace) -> Verdict:
    start, end = trace.pose[trace.given], trace.pose[-1]
    along = float((end[0] - start[0]) * math.cos(start[2]) + (end[1] - start[1]) * math.sin(start[2]))
    short_before_obstacle = 0 <= along / wanted < 1 and free_way(room, end, wanted) < BLOCKED_GAP
    if abs(along - wanted) > MOVE_TOLERANCE * abs(wanted) and not short_before_obstacle:
        return Verdict(False, f"moved {along:.2f} m")
    return _stands(trace)


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


def _stopped(trace: Trace) -> Verdict:
    deadline = trace.time[trace.given] + STOP_SECONDS
    late = trace.time > deadline
    moving = np.linalg.norm(np.diff(trace.pose[late, :2], axis=0), axis=1).sum()
    return Verdict(
        bool(moving < _STANDING_DRIFT), "" if moving < _STANDING_DRIFT else "still moving after 0.5 s"
    )


def _absent(trace: Trace) -> Verdict:
    if trace.state != Outcome.ABSENT.value:
        return Verdict(False, f"ended as {trace.state}")
    if _swept(trace) < SWEEP:
        return Verdict(False, f"looked round {math.degrees(_swept(trace)):.0f}° only")
    return _stands(trace)


def _stands(trace: Trace) -> Verdict:
    tail = trace.pose[-25:]
    standing = (
        float(np.linalg.norm(tail[-1, :2] - tail[0, :2])) < _STANDING_SPEED and trace.state != "running"
    )
    return Verdict(standing, "" if standing else "does not stand at the end")


def _travelled(trace: Trace) -> float:
    poses = trace.pose[trace.given :, :2]
    return float(np.linalg.norm(poses - poses[0], axis=1).max())


def _swept(trace: Trace) -> float:
    return float(np.abs(np.diff(np.unwrap(trace.pose[trace.given :, 2]))).sum())


def path_ratio(room: Room, target: int, trace: Trace) -> float:
    """Path length over the straight way to where the target counts as reached."""
    length = float(np.linalg.norm(np.diff(trace.pose[:, :2], axis=0), axis=1).sum())
    x, y, _ = room.robot
    thing = room.things[target]
    shortest = max(0.1, math.hypot(thing.x - x, thing.y - y) - thing.radius - ROBOT_RADIUS - REACH_GAP)
    return length / shortest


def wilson_interval(successes: int, trials: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a rate (Wilson 1927)."""
    if trials == 0:
        return 0.0, 1.0
    rate = successes / trials
    centre = rate + z * z / (2 * trials)
    spread = z * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)

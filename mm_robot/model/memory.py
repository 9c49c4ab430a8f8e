"""What the robot knows to stand around it, from what it sees frame by frame.

A thing that is seen again near where it was known is the same thing, and is known better (one Kalman
filter for each place); one that should be in view and is not seen for a while is forgotten.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mm_robot.model.geometry import HALF_WIDTH_TANGENT, nearest_in_view
from mm_robot.model.task import wrap
from mm_robot.types import USUAL_MOUNT, CameraMount, KnownThing, RobotState

MOST_THINGS = 12
PATIENCE = 6
"""Frames in a row in which a thing may be missed where it should be in view."""
WANDERING = 0.5
"""m/s at which a known thing is thought to move at most: how fast what is known of its place grows old."""
_WORST_MATCH = 1.6
_VIEW = 0.85 * math.atan(HALF_WIDTH_TANGENT)
_NEAR, _FAR = 0.55, 5.0
_BELOW = 0.12
"""m further away than where the middle of a thing leaves the picture, it may still be missed."""
_MOST_WEIGHT = 8.0
_SAME_PLACE = 0.3
EDGE = 0.005


@dataclass(frozen=True)
class Sighting:
    """One thing in one frame: ``bearing`` rad and ``distance`` m from the robot to its middle; ``box`` as in
    ``SceneLabel``; ``error`` is the standard error of its place in m; the others as in ``KnownThing``.
    """

    bearing: float
    distance: float
    radius: float
    rgb: tuple[float, float, float]
    shape: tuple[float, ...]
    colour: tuple[float, ...]
    score: float
    box: tuple[float, float, float, float]
    error: float

    @property
    def cut(self) -> bool:
        """Whether a part of it lies outside the image, at the sides or below."""
        left, _, right, bottom = self.box
        return left <= EDGE or right >= 1 - EDGE or bottom >= 1 - EDGE


def remember(
    known: Sequence[KnownThing],
    sightings: Sequence[Sighting],
    robot: RobotState,
    mount: CameraMount = USUAL_MOUNT,
) -> tuple[tuple[KnownThing, ...], tuple[int | None, ...]]:
    """What is known after a frame, and for each sighting the index of the thing that it is, if it is kept.

    ``robot`` is the odometry at the frame, ``mount`` how the camera sits. Ages are as of now.
    """
    things: list[KnownThing | None] = [_older(thing) for thing in known]
    owner: list[int | None] = [None] * len(sightings)
    pairs = sorted(
        (_mismatch(thing, sighting, robot), i, j)
        for i, thing in enumerate(things)
        for j, sighting in enumerate(sightings)
        if thing is not None
    )
    taken: set[int] = set()
    for mismatch, i, j in pairs:
        if mismatch > _WORST_MATCH or i in taken or owner[j] is not None:
            continue
        thing = things[i]
        assert thing is not None
        things[i], owner[j] = _seen_again(thing, sightings[j], robot), i
        taken.add(i)
    for i, thing in enumerate(things):
        if thing is not None and i not in taken and _expected(thing, robot, sightings, mount):
            missed = thing.misses + 1
            patience = PATIENCE if thing.weight > 2 else 2
            things[i] = None if missed > patience else replace(thing, misses=missed)
    for j, sighting in enumerate(sightings):
        if owner[j] is None:
            owner[j] = len(things)
            things.append(_new(sighting, robot))
    _merge(things, owner)
    kept = [i for i, thing in enumerate(things) if thing is not None]
    kept = sorted(sorted(kept, key=lambda i: -_worth(things[i]))[:MOST_THINGS])
    place = {i: position for position, i in enumerate(kept)}
    remaining = tuple(thing for i in kept if (thing := things[i]) is not None)
    return remaining, tuple(None if i is None else place.get(i) for i in owner)


def _worth(thing: KnownThing | None) -> float:
    return 0.0 if thing is None else thing.score + min(thing.weight, 4.0) - 0.02 * thing.age


def _older(thing: KnownThing) -> KnownThing:
    """``age`` s after it was seen its place is less certain."""
    return (
        thing
        if thing.age <= 0
        else replace(thing, error=math.hypot(thing.error, WANDERING * min(thing.age, 0.3)))
    )


def _place(sighting: Sighting, robot: RobotState) -> tuple[float, float]:
    direction = robot.yaw + sighting.bearing
    return (
        robot.x + sighting.distance * math.cos(direction),
        robot.y + sighting.distance * math.sin(direction),
    )


def _mismatch(thing: KnownThing, sighting: Sighting, robot: RobotState) -> float:
    x, y = _place(sighting, robot)
    apart = math.hypot(thing.x - x, thing.y - y) / (
        0.25 + 2.0 * math.hypot(sighting.error, min(thing.error, 0.4))
    )
    paint = math.dist(thing.rgb, sighting.rgb)
    shape = 1.0 - sum(a * b for a, b in zip(thing.shape, sighting.shape, strict=True))
    return apart + 1.5 * paint + 0.5 * shape if apart < 1.3 else math.inf


def _seen_again(thing: KnownThing, sighting: Sighting, robot: RobotState) -> KnownThing:
    x, y = _place(sighting, robot)
    gain = thing.error**2 / (thing.error**2 + sighting.error**2)
    quality = _quality(sighting)
    share = quality / (thing.weight + quality)
    shape = _mixed(thing.shape, sighting.shape, share)
    colour = _mixed(thing.colour, sighting.colour, share)
    red, green, blue = _mixed(thing.rgb, sighting.rgb, share)
    return replace(
        thing,
        x=thing.x + gain * (x - thing.x),
        y=thing.y + gain * (y - thing.y),
        error=max(0.03, math.sqrt(1 - gain) * thing.error),
        radius=thing.radius + share * (sighting.radius - thing.radius),
        rgb=(red, green, blue),
        shape=shape,
        colour=colour,
        score=thing.score + 0.3 * (sighting.score - thing.score),
        age=0.0,
        misses=0,
        weight=min(_MOST_WEIGHT, thing.weight + quality),
    )


def _new(sighting: Sighting, robot: RobotState) -> KnownThing:
    x, y = _place(sighting, robot)
    return KnownThing(
        x, y, sighting.radius, sighting.rgb, sighting.shape, sighting.colour, sighting.score,
        error=sighting.error, weight=_quality(sighting),
    )  # fmt: skip


def _quality(sighting: Sighting) -> float:
    """How much one look is worth: nearer and whole things show more of what they are."""
    return sighting.score * min(1.5, 2.0 / max(sighting.distance, 0.5)) * (0.3 if sighting.cut else 1.0)


def _mixed(old: Sequence[float], new: Sequence[float], share: float) -> tuple[float, ...]:
    return tuple(a + share * (b - a) for a, b in zip(old, new, strict=True))


def _expected(
    thing: KnownThing, robot: RobotState, sightings: Sequence[Sighting], mount: CameraMount
) -> bool:
    """Whether a thing should be in view now: in the image, not too near or far, and not behind another.

    The middle of a thing, which is about as high as it is wide, leaves the picture of a high camera below
    when it is near.
    """
    distance = math.hypot(thing.x - robot.x, thing.y - robot.y)
    bearing = wrap(math.atan2(thing.y - robot.y, thing.x - robot.x) - robot.yaw)
    below = nearest_in_view(thing.radius, mount) + _BELOW
    if abs(bearing) > _VIEW or not max(_NEAR, below) < distance < _FAR:
        return False
    half = math.asin(min(1.0, thing.radius / distance))
    return not any(
        s.distance < distance - 0.1
        and abs(wrap(s.bearing - bearing)) < half + math.asin(min(1.0, s.radius / max(s.distance, s.radius)))
        for s in sightings
    )


def _merge(things: list[KnownThing | None], owner: list[int | None]) -> None:
    """Two that stand in one place are one."""
    for i, first in enumerate(things):
        for j in range(i + 1, len(things)):
            second = things[j]
            if first is None or second is None:
                continue
            if math.hypot(first.x - second.x, first.y - second.y) < _SAME_PLACE:
                keep, drop = (i, j) if first.weight >= second.weight else (j, i)
                things[drop] = None
                for k, index in enumerate(owner):
                    if index == drop:
                        owner[k] = keep
                if drop == i:
                    break

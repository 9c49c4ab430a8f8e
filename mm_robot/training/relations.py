"""Which thing of a room is meant where it is told by how it stands to others, as seen at the start."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from mm_robot.sim.scene import Room, Thing, wrap_angle
from mm_robot.types import COMPARISONS


@dataclass(frozen=True)
class Relation:
    """``kind`` is one of ``RELATIONS``; ``colour`` and ``shape`` name the reference (None is any), where the
    kind needs one.
    """

    kind: str
    colour: str | None = None
    shape: str | None = None


def related(room: Room, colour: str | None, shape: str | None, relation: Relation) -> list[int]:
    """The indices of the things of that colour and shape (None is any) that the relation holds for.

    To the left is what lies less than half a turn to the left of the reference, as seen from where the
    robot stands at the start; near is the one that is nearest to the reference; the others compare distances
    from the robot's start, and radii. Empty where there is no single reference.
    """
    members = room.find(colour, shape)
    if relation.kind in COMPARISONS:
        value = _comparison(room, relation.kind)
        return [min(members, key=lambda i: value(room.things[i]))] if members else []
    references = room.find(relation.colour, relation.shape)
    if len(references) != 1:
        return []
    reference = room.things[references[0]]
    members = [i for i in members if i != references[0]]
    if relation.kind == "near":
        return [min(members, key=lambda i: _apart(room.things[i], reference))] if members else []
    sign = 1 if relation.kind == "left_of" else -1
    return [i for i in members if sign * wrap_angle(_bearing(room, i) - _bearing(room, references[0])) > 0]


def _comparison(room: Room, kind: str) -> Callable[[Thing], float]:
    x, y, _ = room.robot
    return {
        "nearest": lambda t: math.hypot(t.x - x, t.y - y),
        "farthest": lambda t: -math.hypot(t.x - x, t.y - y),
        "biggest": lambda t: -t.radius,
        "smallest": lambda t: t.radius,
    }[kind]


def _apart(first: Thing, second: Thing) -> float:
    return math.hypot(first.x - second.x, first.y - second.y)


def _bearing(room: Room, index: int) -> float:
    thing = room.things[index]
    return math.atan2(thing.y - room.robot[1], thing.x - room.robot[0])

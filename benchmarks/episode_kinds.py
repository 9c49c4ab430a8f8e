"""Episodes of what goes beyond reaching a thing: relations, what is not there, sequences, following, pace."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from mm_robot.sim.scene import (
    CLEARANCE,
    COLOURS,
    HORIZONTAL_FIELD_OF_VIEW,
    ROOM_HALF_SIZE,
    SHAPES,
    Room,
    random_room,
    wrap_angle,
)
from mm_robot.sim.world import World
from mm_robot.training.relations import Relation, related
from mm_robot.types import COMPARISONS, RELATIONS

Row = dict[str, Any]

RELATION_SENTENCES = {
    "left_of": ("go to the {} left of the {}", "drive to the {} to the left of the {}"),
    "right_of": ("go to the {} right of the {}", "find the {} to the right of the {}"),
    "near": ("go to the {} near the {}", "drive to the {} next to the {}"),
    "nearest": ("go to the nearest {}", "drive to the closest {}"),
    "farthest": ("go to the farthest {}", "head for the {} that is farthest away"),
    "biggest": ("find the biggest {}", "go to the largest {}"),
    "smallest": ("find the smallest {}", "go to the smallest {}"),
}
PLACES = ("kitchen", "bathroom", "garden", "door", "sofa", "fridge", "office", "stairs")
PACE_WORDS = ("slowly", "quickly", "carefully", "as fast as you can")
_ANGLE_MARGIN = math.radians(12)
_DISTANCE_MARGIN = 0.5
_RADIUS_MARGIN = 0.04
_SEEN_PIXELS = 150


def relation(rooms: int) -> Iterator[Row]:
    """Three things of one shape, and a reference; each kind of relation in turn, each without doubt."""
    for number in range(rooms):
        kind = RELATIONS[number % len(RELATIONS)]
        for attempt in itertools.count():
            seed = 60_000 + number + 1000 * attempt
            row = _relation_row(kind, seed)
            if row is not None:
                yield row
                break


def _relation_row(kind: str, seed: int) -> Row | None:
    generator = np.random.default_rng([seed, 6])
    shape, other = generator.choice(SHAPES, 2, replace=False)
    colours = generator.choice(list(COLOURS), 4, replace=False)
    sizes = generator.permutation([0.13, 0.18, 0.24])
    objects = [
        {"shape": str(shape), "colour": str(c), "size": float(s)}
        for c, s in zip(colours[:3], sizes, strict=True)
    ]
    reference = {"shape": str(other), "colour": str(colours[3])}
    room = random_room(seed, [*objects, reference], 1)
    meant = related(room, None, str(shape), Relation(kind, reference["colour"], reference["shape"]))
    if len(meant) != 1 or not _clear(room, kind):
        return None
    template = str(generator.choice(RELATION_SENTENCES[kind]))
    told: Row = {"is": kind} if kind in COMPARISONS else {"is": kind, "of": reference}
    return {
        "text": template.format(shape, f"{reference['colour']} {reference['shape']}"),
        "seed": seed,
        "objects": [*objects, reference],
        "distractors": 1,
        "expect": {"outcome": "reach", "target": {"shape": str(shape), "relation": told}},
    }


def _clear(room: Room, kind: str) -> bool:
    """Whether nobody could doubt it; the first three things are compared, the fourth is the reference."""
    x, y, _ = room.robot
    distance = [math.hypot(t.x - x, t.y - y) for t in room.things[:4]]
    bearing = [math.atan2(t.y - y, t.x - x) for t in room.things[:4]]
    same = [t.shape for t in room.things].count(room.things[0].shape) == 3
    if kind in ("biggest", "smallest"):
        return same
    if kind in ("nearest", "farthest"):
        return same and _apart(distance[:3], _DISTANCE_MARGIN)
    if kind == "near":
        reference = room.things[3]
        gaps = [math.hypot(t.x - reference.x, t.y - reference.y) for t in room.things[:3]]
        return same and _apart(gaps, _DISTANCE_MARGIN)
    sides = [abs(wrap_angle(b - bearing[3])) for b in bearing[:3]]
    return same and all(_ANGLE_MARGIN < side < math.pi - _ANGLE_MARGIN for side in sides)


def _apart(values: list[float], margin: float) -> bool:
    return all(abs(a - b) > margin for a, b in itertools.combinations(values, 2))


def absent(rooms: int) -> Iterator[Row]:
    """A colour and a shape that both are there, but not in one thing; every fifth time another place."""
    for number in range(rooms):
        generator = np.random.default_rng([number, 7])
        colour, other_colour = (str(c) for c in generator.choice(list(COLOURS), 2, replace=False))
        shape, other_shape = (str(s) for s in generator.choice(SHAPES, 2, replace=False))
        objects = [
            {"shape": other_shape, "colour": colour},
            {"shape": shape, "colour": other_colour},
            {"shape": other_shape, "colour": other_colour},
        ]
        text = f"{['go to', 'find', 'look for'][number % 3]} the {colour} {shape}"
        if number % 5 == 4:
            text = f"go to the {PLACES[number // 5 % len(PLACES)]}"
        yield {
            "text": text,
            "seed": 70_000 + number,
            "objects": objects,
            "expect": {"outcome": "absent"},
        }


def sequence(rooms: int) -> Iterator[Row]:
    """Two and three steps."""
    for number in range(rooms):
        generator = np.random.default_rng([number, 8])
        colours = [str(c) for c in generator.choice(list(COLOURS), 3, replace=False)]
        shapes = [str(s) for s in generator.choice(SHAPES, 3)]
        objects = [{"shape": s, "colour": c} for c, s in zip(colours, shapes, strict=True)]
        first, second, third = (f"{c} {s}" for c, s in zip(colours, shapes, strict=True))
        side = ["left", "right"][number % 2]
        degrees = int(generator.choice([45, 90, 120]))
        metres = float(generator.choice([0.5, 1.0]))
        signed = degrees if side == "left" else -degrees
        reach = [{"outcome": "reach", "target": thing} for thing in objects]
        turn = {"outcome": "turn", "degrees": signed}
        around = {"outcome": "turn", "degrees": 180}
        move = {"outcome": "move", "metres": metres}
        text, steps = [
            (f"go to the {first}, then find the {second}", reach[:2]),
            (f"go to the {first}, then turn round and find the {second}", [reach[0], around, reach[1]]),
            (f"turn {side} {degrees} degrees and then go to the {first}", [turn, reach[0]]),
            (
                f"move forward {metres:g} metres, then turn {side} {degrees} degrees, then go to the {third}",
                [move, turn, reach[2]],
            ),
            (f"find the {second}, after that go to the {third} and then to the {first}",
             [reach[1], reach[2], reach[0]]),
        ][number % 5]  # fmt: skip
        yield {
            "text": text,
            "seed": 80_000 + number,
            "objects": objects,
            "distractors": 1,
            "expect": {"outcome": "sequence", "steps": steps},
        }


def follow(rooms: int) -> Iterator[Row]:
    """A thing that goes away from the robot along a bent path, among others that stand."""
    for number in range(rooms):
        for attempt in itertools.count():
            row = _follow_row(90_000 + number + 1000 * attempt)
            if row is not None:
                yield row
                break


def _follow_row(seed: int) -> Row | None:
    generator = np.random.default_rng([seed, 9])
    colours = [str(c) for c in generator.choice(list(COLOURS), 3, replace=False)]
    shapes = [str(s) for s in generator.choice(SHAPES, 2)]
    others = [
        {"shape": shapes[0], "colour": colours[1]},
        {"shape": shapes[1], "colour": colours[2]},
    ]
    room = random_room(seed, others)
    x, y, yaw = room.robot
    bearing = yaw + generator.uniform(-0.4, 0.4) * HORIZONTAL_FIELD_OF_VIEW
    distance = float(generator.uniform(1.0, 2.2))
    path = [(x + distance * math.cos(bearing), y + distance * math.sin(bearing))]
    for _ in range(60):
        if len(path) == 5:
            break
        heading = bearing + generator.uniform(-1.2, 1.2) * len(path)
        step = generator.uniform(1.0, 2.0)
        point = (path[-1][0] + step * math.cos(heading), path[-1][1] + step * math.sin(heading))
        if _free_way(room, path[-1], point):
            path.append(point)
    if len(path) < 3 or not _free_way(room, path[0], path[0]):
        return None
    thing = {
        "shape": shapes[0],
        "colour": colours[0],
        "size": 0.2,
        "moves": {
            "path": [[round(a, 3), round(b, 3)] for a, b in path],
            "speed": round(float(generator.uniform(0.12, 0.28)), 3),
        },
    }
    placed = [o | {"at": [t.x, t.y], "size": t.radius} for o, t in zip(others, room.things, strict=True)]
    return {
        "text": f"follow the {colours[0]} {shapes[0]}",
        "seed": seed,
        "objects": [thing, *placed],
        "robot": [x, y, yaw],
        "expect": {"outcome": "follow", "target": {"shape": shapes[0], "colour": colours[0]}},
    }


def _free_way(room: Room, start: tuple[float, float], end: tuple[float, float]) -> bool:
    """Whether a thing of 0.2 m can go straight, well clear of walls, things and the robot's start."""
    for share in np.linspace(0, 1, 12):
        x, y = (float(a + share * (b - a)) for a, b in zip(start, end, strict=True))
        if max(abs(x), abs(y)) > ROOM_HALF_SIZE - 0.2 - CLEARANCE:
            return False
        if any(math.hypot(x - t.x, y - t.y) < 0.2 + t.radius + 2 * CLEARANCE for t in room.things):
            return False
        if math.hypot(x - room.robot[0], y - room.robot[1]) < 0.9:
            return False
    return True


def pace(rooms: int) -> Iterator[Row]:
    """Turns, moves and things to reach, slowly and quickly."""
    for number in range(rooms):
        generator = np.random.default_rng([number, 10])
        word = PACE_WORDS[number // 3 % len(PACE_WORDS)]
        colour, other = (str(c) for c in generator.choice(list(COLOURS), 2, replace=False))
        shape = str(generator.choice(SHAPES))
        row: Row = {"seed": 95_000 + number}
        if number % 3 == 0:
            row |= {"text": f"turn left {word}", "expect": {"outcome": "turn", "degrees": 90}}
        elif number % 3 == 1:
            row |= {"text": f"{word} move forward one metre", "expect": {"outcome": "move", "metres": 1.0}}
        else:
            target = {"shape": shape, "colour": colour}
            row |= {
                "text": f"go to the {colour} {shape} {word}",
                "objects": [target, {"shape": shape, "colour": other}],
                "distractors": 1,
                "expect": {"outcome": "reach", "target": target},
            }
        yield row


def answer(rooms: int) -> Iterator[Row]:
    """What do you see? In rooms in which each thing is either seen whole and big enough, or not at all."""
    seed = 50_000
    for number in range(rooms):
        while True:
            seed += 1
            room = random_room(seed)
            world = World(room)
            sights = world.sights()
            world.close()
            seen = [s for s in sights if s is not None]
            whole = all(s.box[0] > 0.004 and s.box[2] < 0.996 for s in seen)
            if all(s.pixels >= _SEEN_PIXELS for s in seen) and whole:
                break
        labels = [t.name for t, s in zip(room.things, sights, strict=True) if s is not None]
        yield {
            "text": ("what do you see", "describe what you see", "which objects do you see")[number % 3],
            "seed": seed,
            "expect": {"outcome": "answer", "labels": labels},
        }

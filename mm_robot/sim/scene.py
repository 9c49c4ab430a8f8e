"""One description of a room, from which every simulator's world is built.

The room, the robot and the placement rules are fixed so that results can be compared: 8 x 8 m,
walls 1 m high, at least 0.6 m between the surfaces of things, walls and the robot's start.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mm_robot.errors import InputError

ROOM_HALF_SIZE = 4.0
WALL_HEIGHT = 1.0
CLEARANCE = 0.6
RADIUS_RANGE = (0.12, 0.25)
COLOUR_SPREAD = 0.06
FASTEST_THING = 2.0

ROBOT_RADIUS = 0.18
MAX_LINEAR = 0.5
MAX_ANGULAR = 1.2

HORIZONTAL_FIELD_OF_VIEW = math.radians(70.0)

SHAPES = ("ball", "box", "cylinder", "cone")
COLOURS: dict[str, tuple[float, float, float]] = {
    "red": (0.85, 0.10, 0.10),
    "green": (0.10, 0.65, 0.15),
    "blue": (0.10, 0.20, 0.85),
    "yellow": (0.90, 0.80, 0.10),
    "orange": (0.95, 0.45, 0.05),
    "purple": (0.50, 0.10, 0.60),
    "black": (0.06, 0.06, 0.06),
    "white": (0.93, 0.93, 0.93),
}

EVALUATION_SEEDS = 1_000_000
"""Seeds below this are for evaluation alone; training and generation draw from above it."""

_PLACEMENT_TRIES = 2000


@dataclass(frozen=True)
class Path:
    """A way that a thing goes: from point to point (x, y) m at ``speed`` m/s; at the last it stands."""

    points: tuple[tuple[float, float], ...]
    speed: float

    def at(self, seconds: float) -> tuple[float, float]:
        """Where the thing is after so long, m in the world frame."""
        left = max(0.0, seconds) * self.speed
        for (x, y), (next_x, next_y) in itertools.pairwise(self.points):
            length = math.hypot(next_x - x, next_y - y)
            if left < length:
                return x + (next_x - x) * left / length, y + (next_y - y) * left / length
            left -= length
        return self.points[-1]


@dataclass(frozen=True)
class Thing:
    """An object in the room.

    ``x``, ``y`` m in the world frame at the start; ``radius`` m of the circle that holds its footprint;
    ``rgb`` sRGB in [0, 1]; ``yaw`` rad; ``moves`` is its way, None for a thing that stands.
    """

    shape: str
    colour: str
    x: float
    y: float
    radius: float
    rgb: tuple[float, float, float]
    yaw: float = 0.0
    moves: Path | None = None

    @property
    def name(self) -> str:
        """The thing as a person would name it, such as ``red ball``."""
        return f"{self.colour} {self.shape}"


@dataclass(frozen=True)
class Room:
    """A room with its things; ``robot`` is the start pose (x m, y m, yaw rad) in the world frame.

    ``seed`` also draws the textures and the light.
    """

    seed: int
    things: tuple[Thing, ...]
    robot: tuple[float, float, float]

    def to_dict(self) -> dict[str, Any]:
        """The room as plain JSON data."""
        return {
            "seed": self.seed,
            "robot": list(self.robot),
            "objects": [_thing_to_dict(thing) for thing in self.things],
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Room:
        """Read a room back; places and sizes that are left out are drawn from its seed.

        Raises:
            InputError: a key is missing or its value is out of range.
        """
        if not isinstance(data, Mapping):
            raise InputError(f"a room is a JSON object, got {type(data).__name__}")
        seed = data.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
            raise InputError(f"room: seed must be a whole number >= 0, got {seed!r}")
        objects = data.get("objects", [])
        if not isinstance(objects, Sequence) or isinstance(objects, str):
            raise InputError(f"room: objects must be a list, got {objects!r}")
        return random_room(
            seed, objects=objects, distractors=data.get("distractors", 0), robot=data.get("robot")
        )

    def find(self, colour: str | None, shape: str | None) -> list[int]:
        """Indices of the things of that colour and shape (None matches any)."""
        return [
            index
            for index, thing in enumerate(self.things)
            if colour in (None, thing.colour) and shape in (None, thing.shape)
        ]


def random_room(
    seed: int,
    objects: Iterable[Mapping[str, Any]] = (),
    distractors: int = 0,
    robot: Sequence[float] | None = None,
) -> Room:
    """Draw a room from ``seed``.

    ``objects`` are mappings with ``shape`` and ``colour`` and, where they are fixed, ``at``
    [x, y] m, ``size`` m (radius), ``rgb`` and ``yaw``; one that ``moves`` has a ``path`` [[x, y], ...] m
    and a ``speed`` m/s, and begins where its path does. They can be seen unoccluded from the
    robot's start. ``distractors`` more things are added, none of which repeats the colour and
    shape of another. With neither, four to six random things are drawn.

    Raises:
        InputError: an object is described wrongly, or the things do not fit into the room.
    """
    generator = np.random.default_rng(seed)
    specifications = [_checked(o) for o in objects]
    if not isinstance(distractors, int) or isinstance(distractors, bool) or not 0 <= distractors <= 16:
        raise InputError(f"room: distractors must be a whole number from 0 to 16, got {distractors!r}")
    if not specifications and not distractors:
        distractors = int(generator.integers(4, 7))
    named = len(specifications)
    taken = {(s["shape"], s["colour"]) for s in specifications}
    free = [(shape, colour) for shape in SHAPES for colour in COLOURS if (shape, colour) not in taken]
    for index in generator.permutation(len(free))[:distractors]:
        shape, colour = free[index]
        specifications.append({"shape": shape, "colour": colour})

    start = _checked_pose(robot) if robot is not None else None
    for _ in range(_PLACEMENT_TRIES):
        room = _try_placement(seed, generator, specifications, start, named)
        if room is not None:
            return room
    raise InputError(
        f"room: {len(specifications)} things do not fit with {CLEARANCE} m between them; "
        "use fewer or smaller ones"
    )


def _checked(data: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise InputError(f"room: an object is a JSON object, got {data!r}")
    if data.get("shape") not in SHAPES:
        raise InputError(f"room: shape must be one of {', '.join(SHAPES)}, got {data.get('shape')!r}")
    if data.get("colour") not in COLOURS:
        raise InputError(f"room: colour must be one of {', '.join(COLOURS)}, got {data.get('colour')!r}")
    known = {"shape", "colour", "at", "size", "rgb", "yaw", "moves"}
    if unknown := set(data) - known:
        raise InputError(
            f"room: unknown key {sorted(unknown)[0]!r} in an object; known: {', '.join(sorted(known))}"
        )
    if "at" in data:
        x, y = _numbers("at", data["at"], 2)
        if max(abs(x), abs(y)) > ROOM_HALF_SIZE:
            raise InputError(f"room: at must lie within ±{ROOM_HALF_SIZE} m, got {data['at']!r}")
    if "size" in data and not 0.05 <= _numbers("size", [data["size"]], 1)[0] <= 0.5:
        raise InputError(f"room: size must be 0.05 to 0.5 m, got {data['size']!r}")
    if "rgb" in data and not all(0 <= c <= 1 for c in _numbers("rgb", data["rgb"], 3)):
        raise InputError(f"room: rgb must lie within 0 to 1, got {data['rgb']!r}")
    checked = dict(data)
    if "moves" in data:
        checked["moves"] = _checked_path(data["moves"])
        checked.setdefault("at", list(checked["moves"].points[0]))
    return checked


def _checked_path(data: Any) -> Path:
    if not isinstance(data, Mapping) or set(data) != {"path", "speed"}:
        raise InputError(f"room: moves must hold a path and a speed, got {data!r}")
    if not isinstance(data["path"], Sequence) or len(data["path"]) < 2:
        raise InputError(f"room: path must hold two points at least, got {data['path']!r}")
    points = [_numbers("path", point, 2) for point in data["path"]]
    if any(max(abs(x), abs(y)) > ROOM_HALF_SIZE for x, y in points):
        raise InputError(f"room: path must lie within ±{ROOM_HALF_SIZE} m, got {data['path']!r}")
    speed = _numbers("speed", [data["speed"]], 1)[0]
    if not 0 < speed <= FASTEST_THING:
        raise InputError(f"room: speed must be above 0 and at most {FASTEST_THING} m/s, got {speed}")
    return Path(tuple((x, y) for x, y in points), speed)


def _thing_to_dict(thing: Thing) -> dict[str, Any]:
    data = {
        "shape": thing.shape,
        "colour": thing.colour,
        "at": [thing.x, thing.y],
        "size": thing.radius,
        "rgb": list(thing.rgb),
        "yaw": thing.yaw,
    }
    if thing.moves is not None:
        data["moves"] = {"path": [list(p) for p in thing.moves.points], "speed": thing.moves.speed}
    return data


def _checked_pose(pose: Sequence[float]) -> tuple[float, float, float]:
    x, y, yaw = _numbers("robot", pose, 3)
    limit = ROOM_HALF_SIZE - ROBOT_RADIUS
    if max(abs(x), abs(y)) > limit:
        raise InputError(f"room: robot must stand within ±{limit} m, got {list(pose)!r}")
    return x, y, yaw


def _numbers(key: str, values: Any, count: int) -> list[float]:
    try:
        numbers = [float(v) for v in values]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != count or not all(math.isfinite(v) for v in numbers):
        raise InputError(
            f"room: {key} must be {count} finite number{'s' if count > 1 else ''}, got {values!r}"
        )
    return numbers


def _try_placement(
    seed: int,
    generator: np.random.Generator,
    specifications: Sequence[Mapping[str, Any]],
    start: tuple[float, float, float] | None,
    named: int,
) -> Room | None:
    if start is None:
        limit = ROOM_HALF_SIZE - ROBOT_RADIUS - CLEARANCE
        x, y = generator.uniform(-limit, limit, 2)
        pose = (float(x), float(y), float(generator.uniform(-math.pi, math.pi)))
    else:
        pose = start
    things: list[Thing] = []
    for specification in specifications:
        thing = _place(generator, specification, things, pose)
        if thing is None:
            return None
        things.append(thing)
    if start is None and any(
        math.hypot(t.x - pose[0], t.y - pose[1]) - t.radius - ROBOT_RADIUS < CLEARANCE for t in things
    ):
        return None
    fixed = all("at" in s for s in specifications[:named])
    if not fixed and not all(unoccluded(things, index, pose[0], pose[1]) for index in range(named)):
        return None
    return Room(seed, tuple(things), pose)


def _place(
    generator: np.random.Generator,
    specification: Mapping[str, Any],
    placed: Sequence[Thing],
    pose: tuple[float, float, float],
) -> Thing | None:
    radius = float(specification.get("size", generator.uniform(*RADIUS_RANGE)))
    base = np.asarray(COLOURS[specification["colour"]])
    rgb = specification.get("rgb", np.clip(base + generator.uniform(-COLOUR_SPREAD, COLOUR_SPREAD, 3), 0, 1))
    yaw = float(specification.get("yaw", generator.uniform(-math.pi, math.pi)))
    for _ in range(1 if "at" in specification else 60):
        if "at" in specification:
            x, y = (float(v) for v in specification["at"])
        else:
            limit = ROOM_HALF_SIZE - radius - CLEARANCE
            x, y = (float(v) for v in generator.uniform(-limit, limit, 2))
            apart = [math.hypot(x - t.x, y - t.y) - radius - t.radius for t in placed]
            apart.append(math.hypot(x - pose[0], y - pose[1]) - radius - ROBOT_RADIUS)
            if min(apart) < CLEARANCE:
                continue
        red, green, blue = (float(c) for c in rgb)
        return Thing(
            specification["shape"],
            specification["colour"],
            x,
            y,
            radius,
            (red, green, blue),
            yaw,
            specification.get("moves"),
        )
    return None


def unoccluded(things: Sequence[Thing], index: int, x: float, y: float) -> bool:
    """Whether nothing nearer covers any part of a thing as seen from (x, y)."""
    target = things[index]
    distance = math.hypot(target.x - x, target.y - y)
    bearing = math.atan2(target.y - y, target.x - x)
    half = math.asin(min(1.0, target.radius / max(distance, 1e-6)))
    for other_index, other in enumerate(things):
        other_distance = math.hypot(other.x - x, other.y - y)
        if other_index == index or other_distance > distance:
            continue
        other_half = math.asin(min(1.0, other.radius / max(other_distance, 1e-6)))
        other_bearing = math.atan2(other.y - y, other.x - x)
        if abs(wrap_angle(other_bearing - bearing)) < half + other_half:
            return False
    return True


def wrap_angle(angle: float) -> float:
    """The same angle in [-pi, pi)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi

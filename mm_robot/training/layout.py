"""Random rooms as arrays, without a simulator: what stands where, and what can be seen of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mm_robot.data.colours import survey_colours
from mm_robot.model.geometry import HALF_WIDTH_TANGENT
from mm_robot.model.scan import SECTORS
from mm_robot.sim.scene import (
    CLEARANCE,
    COLOUR_SPREAD,
    COLOURS,
    RADIUS_RANGE,
    ROBOT_RADIUS,
    ROOM_HALF_SIZE,
    SHAPES,
)
from mm_robot.types import FloatArray, RobotState

NO_NAME = -1
HALF_VIEW = math.atan(HALF_WIDTH_TANGENT)
_MOST = 10
_SURVEY_SHARE = 0.25
"""Of the things: in a colour from anywhere in RGB, called as in the survey of colours."""
_ALIKE_SHARE = 0.6
"""Of the rooms: some things share a colour or a shape."""
_BASE = np.array(list(COLOURS.values()), np.float32)
_RAYS = 4 * SECTORS


@dataclass(frozen=True)
class Layout:
    """N things: ``places`` [N, 2] m, ``radius`` [N] m, ``rgb`` [N, 3], ``shape`` and ``colour`` [N] indices
    (``NO_NAME`` for a colour from anywhere, then ``survey`` [N] is its index among the survey's names).
    """

    places: FloatArray
    radius: FloatArray
    rgb: FloatArray
    shape: npt.NDArray[np.int64]
    colour: npt.NDArray[np.int64]
    survey: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.radius)


def random_layout(generator: np.random.Generator) -> Layout:
    """Draw a room; no two things of one shape have nearly the same colour."""
    count = int(generator.integers(2, _MOST + 1))
    shape = generator.integers(len(SHAPES), size=count)
    colour = generator.integers(len(COLOURS), size=count)
    if generator.random() < _ALIKE_SHARE:
        alike = int(generator.integers(2, 5))
        if generator.random() < 0.6:
            shape[:alike] = shape[0]
        else:
            colour[:alike] = colour[0]
    named = generator.random(count) >= _SURVEY_SHARE
    _, survey_rgb = survey_colours()
    survey = generator.integers(len(survey_rgb), size=count)
    spread = generator.uniform(-COLOUR_SPREAD, COLOUR_SPREAD, (count, 3))
    rgb = np.where(named[:, None], _BASE[colour] + spread, survey_rgb[survey] + 0.5 * spread)
    keep: list[int] = []
    for i in range(count):
        if all(shape[i] != shape[k] or np.abs(rgb[i] - rgb[k]).max() > 0.25 for k in keep):
            keep.append(i)
    radius = generator.uniform(*RADIUS_RANGE, count)
    places: list[tuple[float, float]] = []
    placed: list[int] = []
    for i in keep:
        for _ in range(30):
            limit = ROOM_HALF_SIZE - radius[i] - CLEARANCE
            x, y = generator.uniform(-limit, limit, 2)
            apart = (
                math.hypot(x - u, y - v) - radius[i] - radius[k]
                for (u, v), k in zip(places, placed, strict=True)
            )
            if min(apart, default=9.0) >= CLEARANCE:
                places.append((float(x), float(y)))
                placed.append(i)
                break
    return Layout(
        places=np.array(places, np.float32),
        radius=radius[placed].astype(np.float32),
        rgb=np.clip(rgb[placed], 0, 1).astype(np.float32),
        shape=shape[placed],
        colour=np.where(named, colour, NO_NAME)[placed],
        survey=survey[placed],
    )


def polar(places: FloatArray, robot: RobotState) -> tuple[FloatArray, FloatArray]:
    """Distance m and bearing rad of places [N, 2] as seen from a pose."""
    away = places - np.array([robot.x, robot.y], np.float32)
    bearing = np.arctan2(away[:, 1], away[:, 0]) - robot.yaw
    wrapped: FloatArray = ((bearing + math.pi) % (2 * math.pi) - math.pi).astype(np.float32)
    return np.hypot(away[:, 0], away[:, 1]).astype(np.float32), wrapped


def in_view(layout: Layout, robot: RobotState) -> npt.NDArray[np.bool_]:
    """Which things the camera sees: their middle within its view and not behind something nearer."""
    distance, bearing = polar(layout.places, robot)
    half = np.arcsin(np.minimum(1.0, layout.radius / np.maximum(distance, 1e-3)))
    apart = np.abs((bearing[:, None] - bearing[None, :] + math.pi) % (2 * math.pi) - math.pi)
    hidden = ((distance[None, :] < distance[:, None] - 1e-3) & (apart < half[None, :])).any(axis=1)
    result: npt.NDArray[np.bool_] = (np.abs(bearing) < HALF_VIEW) & ~hidden
    return result


def is_free(layout: Layout, x: float, y: float, gap: float = 0.02) -> bool:
    """Whether the robot can stand at a place."""
    inside = max(abs(x), abs(y)) < ROOM_HALF_SIZE - ROBOT_RADIUS - gap
    room = np.hypot(layout.places[:, 0] - x, layout.places[:, 1] - y) - layout.radius - ROBOT_RADIUS
    return inside and bool((room > gap).all())


def sector_distances(layout: Layout, robot: RobotState) -> FloatArray:
    """What a range finder would tell: [SECTORS] m to the nearest surface in each direction."""
    angle = robot.yaw - math.pi + (np.arange(_RAYS) + 0.5) * 2 * math.pi / _RAYS
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    position = np.array([robot.x, robot.y])
    with np.errstate(divide="ignore"):
        walls = np.min((np.sign(way) * ROOM_HALF_SIZE - position) / way, axis=1)
    away = layout.places - position
    along = way @ away.T
    aside = way[:, :1] * away[:, 1] - way[:, 1:] * away[:, 0]
    depth = layout.radius**2 - aside**2
    hit = np.where((along > 0) & (depth > 0), along - np.sqrt(np.maximum(depth, 0)), np.inf)
    nearest = np.minimum(walls, hit.min(axis=1, initial=np.inf))
    result: FloatArray = nearest.reshape(SECTORS, -1).min(axis=1).astype(np.float32)
    return result

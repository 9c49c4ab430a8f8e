"""How the language model is told what stands around: a row of features for each known thing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mm_robot.model.memory import MOST_THINGS
from mm_robot.types import FloatArray, KnownThing, RobotState

SHAPES_TOLD = 4
THING_FEATURES = 25
GEOMETRY = 8
"""The first so many features say where a thing is now; the action head is given those of the thing meant."""
AROUND_START = slice(GEOMETRY, GEOMETRY + 5)
"""Where it is as seen from where the task began: sine and cosine of its bearing, x, y and distance."""
PAINT = slice(GEOMETRY + 5, GEOMETRY + 8)
"""Its colour: 2 * sRGB - 1."""
SHAPE = slice(THING_FEATURES - SHAPES_TOLD, THING_FEATURES)
"""The probabilities of the shapes."""


def thing_features(
    now: FloatArray,
    start: FloatArray,
    radius: FloatArray,
    rgb: FloatArray,
    shape: FloatArray,
    age: FloatArray,
    robot_radius: float,
) -> FloatArray:
    """Features [..., THING_FEATURES], about -1 to 1.

    ``now``, ``start`` [..., 2] m: places in the robot's frame now and when the task began; ``radius`` [...]
    m; ``rgb`` [..., 3]; ``shape`` [..., SHAPES_TOLD] probabilities; ``age`` [...] s since last seen.
    """
    distance = np.hypot(now[..., 0], now[..., 1])
    safe = np.maximum(distance, 1e-3)
    far = np.hypot(start[..., 0], start[..., 1])
    safe_far = np.maximum(far, 1e-3)
    gap = distance - radius - robot_radius
    singles = [
        now[..., 0] / 4,
        now[..., 1] / 4,
        distance / 4,
        now[..., 1] / safe,
        now[..., 0] / safe,
        np.clip(gap, -0.5, 1.0),
        np.minimum(age, 5.0) / 5,
        4 * radius,
        start[..., 1] / safe_far,
        start[..., 0] / safe_far,
        start[..., 0] / 4,
        start[..., 1] / 4,
        far / 4,
    ]
    waves = np.sin(2 * math.pi * rgb), np.cos(2 * math.pi * rgb[..., :2])
    return np.concatenate([np.stack(singles, axis=-1), 2 * rgb - 1, *waves, shape], axis=-1).astype(
        np.float32
    )


def told(
    things: Sequence[KnownThing], robot: RobotState, start: RobotState, robot_radius: float
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Features [MOST_THINGS, THING_FEATURES] and which rows hold a thing [MOST_THINGS]."""
    rows = np.zeros((MOST_THINGS, THING_FEATURES), np.float32)
    present = np.zeros(MOST_THINGS, np.bool_)
    if things:
        places = np.array([(t.x, t.y) for t in things], np.float32)
        rows[: len(things)] = thing_features(
            in_frame(places, robot),
            in_frame(places, start),
            np.array([t.radius for t in things], np.float32),
            np.array([t.rgb for t in things], np.float32),
            np.array([t.shape for t in things], np.float32),
            np.array([t.age for t in things], np.float32),
            robot_radius,
        )
        present[: len(things)] = True
    return rows, present


def in_frame(places: FloatArray, robot: RobotState) -> FloatArray:
    """Places [N, 2] of the odometry frame in the robot's own frame, m."""
    away = places - np.array([robot.x, robot.y], np.float32)
    cosine, sine = math.cos(robot.yaw), math.sin(robot.yaw)
    turned = np.array([[cosine, -sine], [sine, cosine]], np.float32)
    result: FloatArray = (away @ turned).astype(np.float32)
    return result

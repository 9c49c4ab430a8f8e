"""What the range finder tells the model: the nearest thing in each direction around the robot."""

from __future__ import annotations

import math

import numpy as np

from mm_robot.types import FloatArray

SECTORS = 24
"""How many directions are told apart; the first begins straight behind, counter-clockwise."""


def sector_ranges(points: FloatArray) -> FloatArray:
    """The distance in m from the robot's centre to the nearest point in each direction, [SECTORS] float32.

    ``points`` [N, 2] in the robot frame, m. Where nothing is, the distance is inf.
    """
    bearing = np.arctan2(points[:, 1], points[:, 0])
    sector = np.floor((bearing + math.pi) / (2 * math.pi) * SECTORS).astype(np.int64) % SECTORS
    nearest = np.full(SECTORS, np.inf, np.float32)
    np.minimum.at(nearest, sector, np.hypot(points[:, 0], points[:, 1]).astype(np.float32))
    return nearest

"""From the scene head's grid to things: the most certain cell of each, without doubles."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.geometry import bearing_at, distance_on_floor
from mm_robot.model.memory import EDGE, Sighting, sighting_error
from mm_robot.model.scene_head import SceneOutput
from mm_robot.types import USUAL_MOUNT, CameraMount, FloatArray

PRESENCE_THRESHOLD = 0.35
OVERLAP_THRESHOLD = 0.5
_TILT_ERROR, _FOOT_ERROR = math.radians(1.0), 0.03
"""How well it is known how the camera sits, and in m where a thing begins that stands on the floor."""
_BY_HEIGHT, _BY_TILT = 0.3, 0.6
"""How much farther off the eye is, as a share of the distance, with a camera e times as high as usual, and a
radian off level: it guesses how the camera sits.
"""


def sightings(
    scene: SceneOutput, threshold: float = PRESENCE_THRESHOLD, mount: CameraMount = USUAL_MOUNT
) -> tuple[Sighting, ...]:
    """The things of one image (batch row 0), most certain first.

    How far off a thing is says the eye, which has to guess how the camera sits, and where that is known, by
    ``mount``, the place where the thing meets the floor; both count by how sure they are.
    """
    presence = scene.presence[:1].sigmoid().reshape(1, 1, GRID_ROWS, GRID_COLUMNS)
    peaks = presence == functional.max_pool2d(presence, 3, stride=1, padding=1)
    certain = torch.where(peaks, presence, 0.0).flatten()
    cells = torch.nonzero(certain > threshold).flatten()
    cells = cells[certain[cells].argsort(descending=True)]
    score = certain[cells].cpu().numpy()
    box = scene.box[0, cells].clamp(0, 1).cpu().numpy()
    across = scene.across[0, cells].cpu().numpy()
    rgb = scene.rgb[0, cells].cpu().numpy()
    distance = scene.distance[0, cells].exp().cpu().numpy()
    radius = scene.radius[0, cells].exp().cpu().numpy()
    shape = scene.shape[0, cells].softmax(-1).cpu().numpy()
    colour = scene.colour[0, cells].softmax(-1).cpu().numpy()
    for row in range(len(cells)):
        corrected = _distance(float(distance[row]), float(radius[row]), float(box[row, 3]), mount)
        radius[row] *= corrected / distance[row]
        distance[row] = corrected
    kept: list[int] = []
    for row in range(len(cells)):
        if all(overlap(box[row], box[other]) < OVERLAP_THRESHOLD for other in kept):
            kept.append(row)
    return tuple(
        Sighting(
            bearing=bearing_at(float(across[row])),
            distance=float(distance[row]),
            radius=float(radius[row]),
            rgb=(float(rgb[row, 0]), float(rgb[row, 1]), float(rgb[row, 2])),
            shape=tuple(float(p) for p in shape[row]),
            colour=tuple(float(p) for p in colour[row]),
            score=float(score[row]),
            box=(float(box[row, 0]), float(box[row, 1]), float(box[row, 2]), float(box[row, 3])),
        )
        for row in kept
    )


def _distance(seen: float, radius: float, foot: float, mount: CameraMount) -> float:
    """By what the eye tells and by where a thing meets the floor, each with the weight of its variance."""
    floor = distance_on_floor(foot, radius, mount) if foot < 1 - EDGE else None
    if floor is None:
        return seen
    middle = (seen + floor) / 2
    unusual = _BY_HEIGHT * abs(math.log(mount.height / USUAL_MOUNT.height)) + _BY_TILT * abs(mount.tilt)
    by_eye = (sighting_error(seen) + unusual * seen) ** -2
    by_floor = (_FOOT_ERROR + _TILT_ERROR * (middle**2 + mount.height**2) / mount.height) ** -2
    return (by_eye * seen + by_floor * floor) / (by_eye + by_floor)


def overlap(first: FloatArray, second: FloatArray) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    left, top = np.maximum(first[:2], second[:2])
    right, bottom = np.minimum(first[2:], second[2:])
    shared = max(0.0, float(right - left)) * max(0.0, float(bottom - top))
    areas = [float((b[2] - b[0]) * (b[3] - b[1])) for b in (first, second)]
    return shared / max(sum(areas) - shared, 1e-9)

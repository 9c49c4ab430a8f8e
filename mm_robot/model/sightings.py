"""From the scene head's grid to things: the most certain cell of each, without doubles."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.geometry import HIGHEST_CAMERA, LOWEST_CAMERA, bearing_at
from mm_robot.model.memory import Sighting
from mm_robot.model.scene_head import SceneOutput
from mm_robot.types import CAMERA_HEIGHT, FloatArray

PRESENCE_THRESHOLD = 0.35
OVERLAP_THRESHOLD = 0.5


def sightings(
    scene: SceneOutput, threshold: float = PRESENCE_THRESHOLD, camera_height: float = CAMERA_HEIGHT
) -> tuple[Sighting, ...]:
    """The things of one image (batch row 0), most certain first.

    A camera that hangs higher or lower than any that the eye was trained with, ``camera_height`` m above the
    floor, sees a room as the highest or the lowest of those would see it on another scale.
    """
    scale = camera_height / min(max(camera_height, LOWEST_CAMERA), HIGHEST_CAMERA)
    presence = scene.presence[:1].sigmoid().reshape(1, 1, GRID_ROWS, GRID_COLUMNS)
    peaks = presence == functional.max_pool2d(presence, 3, stride=1, padding=1)
    certain = torch.where(peaks, presence, 0.0).flatten()
    cells = torch.nonzero(certain > threshold).flatten()
    cells = cells[certain[cells].argsort(descending=True)]
    score = certain[cells].cpu().numpy()
    box = scene.box[0, cells].clamp(0, 1).cpu().numpy()
    across = scene.across[0, cells].cpu().numpy()
    rgb = scene.rgb[0, cells].cpu().numpy()
    distance = scale * scene.distance[0, cells].exp().cpu().numpy()
    radius = scale * scene.radius[0, cells].exp().cpu().numpy()
    shape = scene.shape[0, cells].softmax(-1).cpu().numpy()
    colour = scene.colour[0, cells].softmax(-1).cpu().numpy()
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


def overlap(first: FloatArray, second: FloatArray) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    left, top = np.maximum(first[:2], second[:2])
    right, bottom = np.minimum(first[2:], second[2:])
    shared = max(0.0, float(right - left)) * max(0.0, float(bottom - top))
    areas = [float((b[2] - b[0]) * (b[3] - b[1])) for b in (first, second)]
    return shared / max(sum(areas) - shared, 1e-9)

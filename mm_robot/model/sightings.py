"""From the scene head's grid to things: the most certain cell of each, without doubles."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch.nn import functional

from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.geometry import bearing_at, distance_on_floor
from mm_robot.model.memory import EDGE, Sighting
from mm_robot.model.scene_head import SceneOutput
from mm_robot.types import USUAL_MOUNT, CameraMount, FloatArray

PRESENCE_THRESHOLD = 0.35
OVERLAP_THRESHOLD = 0.5
_FOOT_IN_VIEW = 0.95
"""Of the image's height: where a box ends below that, it is not seen how its thing meets the floor. The eye
tells the lower edge of a box that is cut off within a few hundredths.
"""
_TILT_ERROR, _FOOT_ERROR = math.radians(1.0), 0.03
"""How well it is known how the camera sits, and in m where a thing begins that stands on the floor."""
_BY_HEIGHT, _BY_TILT = 0.3, 0.6
"""How much farther off the eye is, as a share of the distance, with a camera e times as high as usual, and a
radian off level: it guesses how the camera sits.
"""
_CUT_ERROR, _NO_FOOT_ERROR, _NO_FOOT_UNUSUAL = 0.15, 0.6, 7.0
"""m that the place of a thing is less certain where the image shows a part of it, and where it does not show
how it meets the floor; the third times the share above is added to that with an unusual camera.
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
    error = np.zeros_like(distance)
    for row in range(len(cells)):
        corrected, error[row] = _placed(float(distance[row]), float(radius[row]), box[row], mount)
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
            error=float(error[row]),
        )
        for row in kept
    )


def _placed(seen: float, radius: float, box: FloatArray, mount: CameraMount) -> tuple[float, float]:
    """How far off a thing is, by what the eye tells and by where it meets the floor, each with the weight of
    its variance; and the standard error of its place. Both in m.
    """
    left, _, right, foot = (float(edge) for edge in box)
    unusual = _BY_HEIGHT * abs(math.log(mount.height / USUAL_MOUNT.height)) + _BY_TILT * abs(mount.tilt)
    if foot > _FOOT_IN_VIEW:
        return seen, _eye_error(seen) + _NO_FOOT_ERROR + _NO_FOOT_UNUSUAL * unusual
    distance = seen
    if (floor := distance_on_floor(foot, radius, mount)) is not None:
        middle = (seen + floor) / 2
        by_eye = (_eye_error(seen) + unusual * seen) ** -2
        by_floor = (_FOOT_ERROR + _TILT_ERROR * (middle**2 + mount.height**2) / mount.height) ** -2
        distance = (by_eye * seen + by_floor * floor) / (by_eye + by_floor)
    return distance, _eye_error(distance) + (_CUT_ERROR if left <= EDGE or right >= 1 - EDGE else 0.0)


def _eye_error(distance: float) -> float:
    """The standard error, in m, of what the eye tells of a thing ``distance`` m away."""
    return 0.04 + 0.1 * distance


def overlap(first: FloatArray, second: FloatArray) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    left, top = np.maximum(first[:2], second[:2])
    right, bottom = np.minimum(first[2:], second[2:])
    shared = max(0.0, float(right - left)) * max(0.0, float(bottom - top))
    areas = [float((b[2] - b[0]) * (b[3] - b[1])) for b in (first, second)]
    return shared / max(sum(areas) - shared, 1e-9)

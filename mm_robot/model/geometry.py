"""From image to floor and back: where in the picture a bearing lies, and how far off a thing on the floor."""

from __future__ import annotations

import math
from dataclasses import replace

from mm_robot.types import CameraMount

HALF_WIDTH_TANGENT = math.tan(math.radians(35.0))
"""Of the camera that the policy is trained with: 70 degrees from edge to edge."""
HALF_HEIGHT_TANGENT = 0.75 * HALF_WIDTH_TANGENT
"""Of its picture, which is four wide and three high."""
_BELOW_FOOT = 0.004
"""How much lower than its thing a box ends, as a share of the image's height: a row of what the eye sees."""
_FARTHEST = 8.0
"""m beyond which the foot of a thing tells no distance."""
_FRONT = 0.9
"""How much nearer than its middle a thing meets the floor, in radii: 1 if it is round, less at a corner."""


def fraction_across(bearing: float) -> float:
    """Where a bearing (rad, left positive) lies across the image, 0 at its left edge and 1 at its right.

    Beyond the image the value goes on to at most one width; behind the robot it has no meaning.
    """
    tangent = math.tan(max(-1.3, min(1.3, bearing)))
    return max(-1.0, min(2.0, 0.5 - tangent / (2 * HALF_WIDTH_TANGENT)))


def bearing_at(across: float) -> float:
    """The bearing in rad (left positive) of a place across the image."""
    return math.atan((0.5 - across) * 2 * HALF_WIDTH_TANGENT)


def distance_on_floor(foot: float, radius: float, mount: CameraMount) -> float | None:
    """How far off (m) a thing of ``radius`` m is whose box ends at ``foot`` of the image's height.

    None where that is too far, at the horizon or above.
    """
    ahead, _ = mount.on_floor((2 * (foot - _BELOW_FOOT) - 1) * HALF_HEIGHT_TANGENT)
    return ahead + _FRONT * radius if 0 < ahead < _FARTHEST else None


def nearest_in_view(height: float, mount: CameraMount) -> float:
    """m from the camera: nearer than that, what is ``height`` m above the floor lies below the image."""
    return replace(mount, height=mount.height - height).on_floor(HALF_HEIGHT_TANGENT)[0]

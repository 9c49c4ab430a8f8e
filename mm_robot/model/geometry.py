"""From image to floor and back: where in the picture a bearing lies."""

from __future__ import annotations

import math

HALF_WIDTH_TANGENT = math.tan(math.radians(35.0))
"""Of the camera that the policy is trained with: 70 degrees from edge to edge."""
LOWEST_CAMERA, HIGHEST_CAMERA = 0.18, 0.52
"""m above the floor: between them hang the cameras that the policy is trained with."""
HALF_HEIGHT_TANGENT = 0.75 * HALF_WIDTH_TANGENT
"""Of its picture, which is four wide and three high."""


def fraction_across(bearing: float) -> float:
    """Where a bearing (rad, left positive) lies across the image, 0 at its left edge and 1 at its right.

    Beyond the image the value goes on to at most one width; behind the robot it has no meaning.
    """
    tangent = math.tan(max(-1.3, min(1.3, bearing)))
    return max(-1.0, min(2.0, 0.5 - tangent / (2 * HALF_WIDTH_TANGENT)))


def bearing_at(across: float) -> float:
    """The bearing in rad (left positive) of a place across the image."""
    return math.atan((0.5 - across) * 2 * HALF_WIDTH_TANGENT)

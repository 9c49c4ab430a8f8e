"""Obstacles from the label boxes of a camera image, for a robot without a range finder."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np

from mm_robot.errors import InputError
from mm_robot.types import CameraMount, FloatArray

LONGEST_TEXT = 100_000
"""Characters of a message that are read at most."""
MOST_LABELS = 200
SPACING = 0.05
"""Metres, at most, between two points of one thing."""
AT_THE_EDGE = 0.02
"""Part of the image's height within which the foot of a box counts as out of view."""
FARTHEST = 10.0
"""Metres beyond which the foot of a box tells no distance."""


@dataclass(frozen=True)
class Eye:
    """A camera that looks straight ahead.

    ``mount`` is how it sits; ``field_of_view`` rad from left to right; ``ahead`` m in front of the
    robot's centre; ``radius`` m of the circle that holds the robot, in which nothing else can be.
    """

    mount: CameraMount
    field_of_view: float
    ahead: float
    radius: float


def label_points(text: str, eye: Eye) -> FloatArray:
    """The points [N, 2] (x, y in m, robot frame) at which the things in view stand on the floor.

    A thing is as far as the foot of its box tells, and as wide as the box. Where the foot is out of view the
    thing may be anywhere up to the nearest floor that is in view, and counts as being everywhere there.

    Args:
        text: what ``scene/labels`` carries: JSON with ``width``, ``height`` and ``labels``, each with a
            ``box`` [left, top, right, bottom] in pixels.
        eye: the camera that saw them.

    Raises:
        InputError: the text is no such JSON, is too long, or a number in it is out of range.
    """
    width, height, boxes = _read(text)
    focal = width / 2 / math.tan(eye.field_of_view / 2)
    points = [_points(box, width, height, focal, eye) for box in boxes]
    return np.concatenate([np.zeros((0, 2), np.float32), *points]).astype(np.float32)


def _read(text: str) -> tuple[float, float, list[tuple[float, float, float, float]]]:
    if len(text) > LONGEST_TEXT:
        raise InputError(f"labels: {len(text)} characters were given; at most {LONGEST_TEXT} are read")
    try:
        content = json.loads(text)
        width, height = float(content["width"]), float(content["height"])
        boxes = [tuple(float(value) for value in label["box"]) for label in content["labels"]]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise InputError(f"labels: not the JSON of scene/labels ({type(error).__name__})") from None
    if not (1 <= width <= 1e5 and 1 <= height <= 1e5) or len(boxes) > MOST_LABELS:
        raise InputError(f"labels: an image of {width:g} x {height:g} with {len(boxes)} boxes was given")
    for box in boxes:
        if len(box) != 4 or not all(math.isfinite(value) and abs(value) <= 1e6 for value in box):
            raise InputError(f"labels: box {box} was given; allowed are four finite numbers, in pixels")
    return width, height, boxes  # type: ignore[return-value]


def _points(
    box: tuple[float, float, float, float], width: float, height: float, focal: float, eye: Eye
) -> FloatArray:
    left, right = sorted((min(max(box[0], 0.0), width), min(max(box[2], 0.0), width)))
    foot = min(max(box[1], box[3]), height)
    forward, scale = eye.mount.on_floor((foot - height / 2) / focal)
    if forward > FARTHEST:
        return np.zeros((0, 2), np.float32)
    across = scale * (width / 2 - np.array([left, right])) / focal
    number = 2 + int((across[0] - across[1]) / SPACING)
    sides = np.linspace(across[0], across[1], number)
    thing = np.stack([np.full(number, eye.ahead + forward), sides], axis=1)
    if foot < height * (1 - AT_THE_EDGE):
        return thing
    nearness = np.linspace(1.0, 0.0, 2 + int(math.hypot(forward, across[0]) / SPACING))[:, None, None]
    start = np.array([eye.ahead, 0.0])
    hidden = (start + nearness * (thing - start)).reshape(-1, 2)
    return hidden[np.hypot(hidden[:, 0], hidden[:, 1]) >= eye.radius]

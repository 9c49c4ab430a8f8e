"""What a robot meets that it was not trained with: other light, surfaces, cameras, places of the camera, and
senses that it lacks.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mm_robot.types import USUAL_MOUNT, CameraMount, ImageArray

Picture = Callable[[ImageArray, np.random.Generator], ImageArray]


def as_it_is(image: ImageArray, _: np.random.Generator) -> ImageArray:
    """The picture unchanged."""
    return image


@dataclass(frozen=True)
class Disturbance:
    """``picture`` changes a camera image; ``mount`` is how the camera sits; ``vivid`` is how
    strong the colours of floor and walls are. Without ``odometry`` the robot is told that it stands where it
    began; without ``scan`` the policy is given no range scan, while the safety gate is.
    """

    picture: Picture = as_it_is
    mount: CameraMount = USUAL_MOUNT
    vivid: float = 0.0
    odometry: bool = True
    scan: bool = True


NONE = Disturbance()


def _lit(gain: float, offset: float = 0.0) -> Picture:
    def change(image: ImageArray, _: np.random.Generator) -> ImageArray:
        return np.clip(image * np.float32(gain) + np.float32(offset), 0, 255).astype(np.uint8)

    return change


def _noisy(image: ImageArray, generator: np.random.Generator) -> ImageArray:
    noise = generator.normal(0, 15, image.shape).astype(np.float32)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _smeared(image: ImageArray, _: np.random.Generator) -> ImageArray:
    """As by a camera that turns while its shutter is open: over 21 of 640 pixels."""
    return np.asarray(cv2.blur(image, (21, 1)), np.uint8)


def _black(image: ImageArray, _: np.random.Generator) -> ImageArray:
    return np.zeros_like(image)


DISTURBANCES = {
    "dark": Disturbance(_lit(0.5)),
    "bright": Disturbance(_lit(1.5, 20)),
    "noise": Disturbance(_noisy),
    "motion_blur": Disturbance(_smeared),
    "vivid_surfaces": Disturbance(vivid=1.0),
    "low_camera": Disturbance(mount=CameraMount(height=0.16)),
    "high_camera": Disturbance(mount=CameraMount(height=0.58)),
    "camera_tilted_up": Disturbance(mount=CameraMount(tilt=math.radians(12.5))),
    "camera_tilted_down": Disturbance(mount=CameraMount(tilt=math.radians(-12.5))),
    "no_camera": Disturbance(_black),
    "no_odometry": Disturbance(odometry=False),
    "no_scan": Disturbance(scan=False),
}
"""All beyond what training shows."""

"""Turn the pixels of an image into RGB: with cv_bridge where ROS installed it, else with rosbags-image."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from mm_robot.types import ImageArray

Pixels = npt.NDArray[Any]
Converter = Callable[[Pixels, str], ImageArray]


@dataclass(frozen=True)
class Encoding:
    """How one encoding lies in memory.

    ``dtype`` of a sample, ``channels`` samples a pixel; width and height must be multiples of
    ``even_width`` and ``even_height``.
    """

    dtype: type[np.uint8] | type[np.uint16]
    channels: int
    even_width: int = 1
    even_height: int = 1

    @property
    def pixel_bytes(self) -> int:
        """Bytes a pixel."""
        return np.dtype(self.dtype).itemsize * self.channels


ENCODINGS: Mapping[str, Encoding] = {
    "rgb8": Encoding(np.uint8, 3),
    "bgr8": Encoding(np.uint8, 3),
    "rgba8": Encoding(np.uint8, 4),
    "bgra8": Encoding(np.uint8, 4),
    "mono8": Encoding(np.uint8, 1),
    "rgb16": Encoding(np.uint16, 3),
    "bgr16": Encoding(np.uint16, 3),
    "rgba16": Encoding(np.uint16, 4),
    "bgra16": Encoding(np.uint16, 4),
    "mono16": Encoding(np.uint16, 1),
    "yuv422": Encoding(np.uint8, 2, even_width=2),
    "uyvy": Encoding(np.uint8, 2, even_width=2),
    "yuv422_yuy2": Encoding(np.uint8, 2, even_width=2),
    "yuyv": Encoding(np.uint8, 2, even_width=2),
    "bayer_rggb8": Encoding(np.uint8, 1, 2, 2),
    "bayer_bggr8": Encoding(np.uint8, 1, 2, 2),
    "bayer_gbrg8": Encoding(np.uint8, 1, 2, 2),
    "bayer_grbg8": Encoding(np.uint8, 1, 2, 2),
    "bayer_rggb16": Encoding(np.uint16, 1, 2, 2),
    "bayer_bggr16": Encoding(np.uint16, 1, 2, 2),
    "bayer_gbrg16": Encoding(np.uint16, 1, 2, 2),
    "bayer_grbg16": Encoding(np.uint16, 1, 2, 2),
}
"""The encodings that are understood, by their names in ``sensor_msgs``."""

_CV_BRIDGE_NAMES = {"uyvy": "yuv422", "yuyv": "yuv422_yuy2"}
"""Newer names that the cv_bridge of older ROS versions does not know."""


def with_rosbags_image(pixels: Pixels, encoding: str) -> ImageArray:
    """Convert with rosbags-image: [H, W] or [H, W, C] samples to [H, W, 3] uint8 RGB."""
    from rosbags.image import message_to_cvimage

    return np.asarray(message_to_cvimage(_message(pixels, encoding), "rgb8"))  # type: ignore[arg-type]


def with_cv_bridge(pixels: Pixels, encoding: str) -> ImageArray:
    """Convert with cv_bridge: [H, W] or [H, W, C] samples to [H, W, 3] uint8 RGB."""
    from cv_bridge import CvBridge

    message = _message(pixels, _CV_BRIDGE_NAMES.get(encoding, encoding))
    return np.asarray(CvBridge().imgmsg_to_cv2(message, "rgb8"))


def has_cv_bridge() -> bool:
    """Whether cv_bridge is installed and fits the installed NumPy."""
    try:
        from cv_bridge.boost import cv_bridge_boost  # noqa: F401
    except (ImportError, AttributeError):  # AttributeError: it was built for another NumPy
        return False
    return True


def converter() -> Converter:
    """The conversion to use on this machine."""
    return with_cv_bridge if has_cv_bridge() else with_rosbags_image


def _message(pixels: Pixels, encoding: str) -> SimpleNamespace:
    height, width = pixels.shape[:2]
    return SimpleNamespace(
        encoding=encoding,
        height=height,
        width=width,
        step=pixels.strides[0],
        is_bigendian=int(sys.byteorder == "big"),
        data=pixels,
    )

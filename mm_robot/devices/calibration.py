"""Camera calibrations as the camera_calibration package of ROS writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mm_robot.errors import InputError

LARGEST_FILE = 100_000


@dataclass(frozen=True)
class Calibration:
    """The calibration of a camera, as in ``sensor_msgs/CameraInfo``.

    ``matrix`` K [9], ``distortion`` D, ``rectification`` R [9], ``projection`` P [12]; ``model`` names
    the distortion model; ``width``, ``height`` in pixels are those it was made at.
    """

    width: int
    height: int
    model: str
    distortion: tuple[float, ...]
    matrix: tuple[float, ...]
    rectification: tuple[float, ...]
    projection: tuple[float, ...]


def load_calibration(path: Path) -> Calibration:
    """Read a calibration file.

    Raises:
        InputError: it cannot be read, or an entry is missing or wrong.
    """
    try:
        with path.open(encoding="utf-8") as file:
            data = yaml.safe_load(file.read(LARGEST_FILE))
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        reason = getattr(error, "strerror", None) or "not YAML"
        raise InputError(
            f"calibration: {path} cannot be read ({reason}); give a file of camera_calibration"
        ) from None
    if not isinstance(data, dict):
        raise InputError(f"calibration: {path} is no calibration; give a file of camera_calibration")
    distortion = _numbers(path, data, "distortion_coefficients", None)
    return Calibration(
        _size(path, data, "image_width"),
        _size(path, data, "image_height"),
        str(data.get("distortion_model", "plumb_bob")),
        distortion,
        _numbers(path, data, "camera_matrix", 9),
        _numbers(path, data, "rectification_matrix", 9),
        _numbers(path, data, "projection_matrix", 12),
    )


def _size(path: Path, data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 8192:
        raise InputError(f"calibration: {path}: {key} {value!r} was given; allowed is 1 to 8192")
    return value


def _numbers(path: Path, data: Mapping[str, Any], key: str, count: int | None) -> tuple[float, ...]:
    entry = data.get(key)
    values = entry.get("data") if isinstance(entry, dict) else None
    good = isinstance(values, list) and all(
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        for value in values
    )
    if not good or not isinstance(values, list) or (count is not None and len(values) != count):
        wanted = f"{count} finite numbers" if count else "finite numbers"
        raise InputError(f"calibration: {path}: {key} must have data of {wanted}, got {str(values)[:60]}")
    return tuple(float(value) for value in values)

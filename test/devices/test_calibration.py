"""Calibration files."""

from __future__ import annotations

from pathlib import Path

import pytest
from std_msgs.msg import Header

from mm_robot.devices.calibration import load_calibration
from mm_robot.errors import InputError
from mm_robot.ros.convert import calibrated_camera_info

GOOD = """
image_width: 640
image_height: 480
camera_name: front
camera_matrix: {rows: 3, cols: 3, data: [457, 0, 320, 0, 457, 240, 0, 0, 1]}
distortion_model: plumb_bob
distortion_coefficients: {rows: 1, cols: 5, data: [0.1, -0.2, 0, 0, 0]}
rectification_matrix: {rows: 3, cols: 3, data: [1, 0, 0, 0, 1, 0, 0, 0, 1]}
projection_matrix: {rows: 3, cols: 4, data: [457, 0, 320, 0, 0, 457, 240, 0, 0, 0, 1, 0]}
"""


def test_a_calibration_becomes_camera_info(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text(GOOD)
    info = calibrated_camera_info(load_calibration(file), 640, 480, Header(frame_id="camera"))
    assert (info.width, info.height, info.distortion_model) == (640, 480, "plumb_bob")
    assert list(info.k) == [457, 0, 320, 0, 457, 240, 0, 0, 1]
    assert list(info.d) == [0.1, -0.2, 0, 0, 0]
    assert list(info.p)[:4] == [457, 0, 320, 0]


def test_without_a_calibration_the_matrices_are_zero() -> None:
    info = calibrated_camera_info(None, 640, 480, Header())
    assert not any(info.k)
    assert (info.width, info.height) == (640, 480)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no calibration"),
        ("[1, 2", "cannot be read"),
        (
            GOOD.replace("image_width: 640", "image_width: -1"),
            "image_width -1 was given; allowed is 1 to 8192",
        ),
        (GOOD.replace("457, 0, 320, 0, 457", "457"), "camera_matrix must have data of 9 finite numbers"),
        (GOOD.replace("0.1, -0.2", ".nan, -0.2"), "distortion_coefficients must have data of finite numbers"),
        (
            GOOD.replace("projection_matrix", "other"),
            "projection_matrix must have data of 12 finite numbers, got None",
        ),
    ],
)
def test_a_wrong_calibration_is_an_input_error(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        load_calibration(file)
    assert "\n" not in str(error.value)


def test_a_missing_calibration_is_an_input_error() -> None:
    with pytest.raises(InputError, match="/nowhere.yaml cannot be read"):
        load_calibration(Path("/nowhere.yaml"))

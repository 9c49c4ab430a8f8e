"""Obstacles from label boxes: where the foot of a box is, and what is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.errors import InputError
from mm_robot.safety.clearance import free_distance
from mm_robot.safety.labels import Eye, label_points
from mm_robot.types import CameraMount

WIDTH, HEIGHT = 640, 480
EYE = Eye(CameraMount(0.3), field_of_view=math.radians(70), ahead=0.0, radius=0.18)
FOCAL = WIDTH / 2 / math.tan(EYE.field_of_view / 2)


def message(*boxes: Any) -> str:
    return json.dumps({"width": WIDTH, "height": HEIGHT, "labels": [{"box": box} for box in boxes]})


def seen_at(forward: float, left: float, width: float = 0.2, tilt: float = 0.0) -> list[float]:
    """The box of a thing that stands ``forward`` m ahead with its middle ``left`` m to the left."""
    height = EYE.mount.height
    depth = forward * math.cos(tilt) - height * math.sin(tilt)
    middle, half = WIDTH / 2 - FOCAL * left / depth, FOCAL * width / 2 / depth
    foot = HEIGHT / 2 + FOCAL * (forward * math.sin(tilt) + height * math.cos(tilt)) / depth
    return [middle - half, foot - 80, middle + half, foot]


@given(st.floats(1.2, 5), st.floats(-0.3, 0.3), st.floats(0.05, 0.5), st.floats(-0.3, 0.1))
def test_a_thing_is_found_where_it_stands_and_as_wide_as_it_is(
    forward: float, left: float, width: float, tilt: float
) -> None:
    eye = Eye(CameraMount(EYE.mount.height, tilt), EYE.field_of_view, EYE.ahead, EYE.radius)
    points = label_points(message(seen_at(forward, left, width, tilt)), eye)
    np.testing.assert_allclose(points[:, 0], forward, rtol=1e-5)
    assert points[:, 1].max() == pytest.approx(left + width / 2, abs=1e-4)
    assert points[:, 1].min() == pytest.approx(left - width / 2, abs=1e-4)
    assert np.abs(np.diff(points[:, 1])).max() <= 0.051


def test_a_camera_ahead_of_the_centre_sees_things_farther_from_the_centre() -> None:
    eye = Eye(EYE.mount, EYE.field_of_view, 0.1, EYE.radius)
    np.testing.assert_allclose(label_points(message(seen_at(1.0, 0.0)), eye)[:, 0], 1.1, rtol=1e-5)


def test_what_stands_nearer_than_the_floor_in_view_may_be_anywhere_there() -> None:
    straight_ahead = label_points(message([280, 200, 360, HEIGHT]), EYE)
    assert free_distance(straight_ahead, 0.3, 0.0, EYE.radius) == pytest.approx(0.0, abs=0.06)
    assert np.hypot(*straight_ahead.T).min() >= EYE.radius
    far_left = label_points(message([0, 200, 40, HEIGHT]), EYE)
    assert free_distance(far_left, -0.3, 0.0, EYE.radius) == math.inf


def test_what_floats_above_the_horizon_or_far_away_is_no_obstacle() -> None:
    assert len(label_points(message([0, 0, 640, 200], [0, 0, 640, 241]), EYE)) == 0
    assert label_points(message(), EYE).shape == (0, 2)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"width": 0, "height": 480, "labels": []}',
        '{"width": 640, "height": NaN, "labels": []}',
        '{"width": 640, "height": 480, "labels": 7}',
        '{"width": 640, "height": 480, "labels": [{"box": [1, 2, 3]}]}',
        '{"width": 640, "height": 480, "labels": [{"box": [1, 2, 3, NaN]}]}',
        '{"width": 640, "height": 480, "labels": [{"box": [1, 2, 3, 1e999]}]}',
        '{"width": 640, "height": 480, "labels": [{}]}',
        "[" * 50_000,
        " " * 100_001,
        json.dumps({"width": 1, "height": 1, "labels": [{"box": [0, 0, 1, 1]}] * 201}),
    ],
)
def test_what_are_no_labels_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError, match="labels") as caught:
        label_points(text, EYE)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4), max_size=5))
def test_whatever_the_boxes_the_points_are_finite_and_outside_of_the_robot(boxes: list[list[float]]) -> None:
    points = label_points(message(*boxes), EYE)
    assert np.isfinite(points).all()
    assert (np.hypot(points[:, 0], points[:, 1]) >= EYE.radius - 1e-6).all()

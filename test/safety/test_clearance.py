"""Distance that is free along the robot's path, and the speed that it allows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.errors import InputError
from mm_robot.safety.clearance import (
    free_distance,
    free_with_margin,
    safe_speed,
    scan_points,
    stoppable_speed,
)
from mm_robot.types import FloatArray

RADIUS = 0.18


def points(*places: tuple[float, float]) -> FloatArray:
    return np.array(places, np.float32).reshape(-1, 2)


def driven_until_touch(place: tuple[float, float], linear: float, angular: float) -> float:
    """The free distance found by driving in small steps, up to one full circle or 5 m."""
    x = y = yaw = driven = 0.0
    step = 1e-3
    limit = min(5.0, 2 * math.pi * abs(linear / angular)) if angular else 5.0
    while driven < limit:
        if math.hypot(place[0] - x, place[1] - y) < RADIUS:
            return driven
        yaw += angular / abs(linear) * step / 2
        x += math.copysign(step, linear) * math.cos(yaw)
        y += math.copysign(step, linear) * math.sin(yaw)
        yaw += angular / abs(linear) * step / 2
        driven += step
    return math.inf


def test_a_point_straight_ahead_is_reached_by_the_front_of_the_robot() -> None:
    assert free_distance(points((1.0, 0.0)), 0.5, 0.0, RADIUS) == pytest.approx(1.0 - RADIUS)


def test_points_beside_the_corridor_and_behind_are_no_obstacle() -> None:
    clear = points((1.0, 0.19), (1.0, -0.19), (-0.5, 0.0))
    assert free_distance(clear, 0.5, 0.0, RADIUS) == math.inf


def test_backwards_the_points_behind_count() -> None:
    assert free_distance(points((-0.5, 0.0)), -0.2, 0.0, RADIUS) == pytest.approx(0.5 - RADIUS, abs=1e-6)
    assert free_distance(points((0.5, 0.0)), -0.2, 0.0, RADIUS) == math.inf


def test_what_touches_the_robot_stops_it_only_towards_it() -> None:
    touching = points((0.1, 0.05))
    assert free_distance(touching, 0.3, 0.2, RADIUS) == 0.0
    assert free_distance(touching, -0.3, 0.2, RADIUS) > 1.0


@given(
    st.floats(0, 2 * math.pi),
    st.floats(0.25, 2.0),
    st.sampled_from([-0.5, -0.2, 0.1, 0.3, 0.5]),
    st.sampled_from([-1.2, -0.4, 0.0, 0.3, 0.9]),
)
def test_agrees_with_driving_the_path_in_small_steps(
    bearing: float, distance: float, linear: float, angular: float
) -> None:
    place = (distance * math.cos(bearing), distance * math.sin(bearing))
    driven = driven_until_touch(place, linear, angular)
    shrunk = free_distance(points(place), linear, angular, RADIUS - 0.004)
    grown = free_distance(points(place), linear, angular, RADIUS + 0.004)
    assert grown - 0.004 <= driven or driven > 4.99
    assert driven <= shrunk + 0.004 or shrunk > 4.99


@given(st.floats(0.001, 5), st.floats(0.1, 5), st.floats(0, 1))
def test_stoppable_speed_needs_the_whole_distance_and_no_more(
    distance: float, braking: float, delay: float
) -> None:
    speed = stoppable_speed(distance, braking, delay)
    assert speed * delay + speed**2 / (2 * braking) == pytest.approx(distance)


def test_no_distance_means_no_speed() -> None:
    assert stoppable_speed(0.0, 1.0, 0.1) == 0.0
    assert stoppable_speed(-0.1, 1.0, 0.1) == 0.0
    assert stoppable_speed(math.inf, 1.0, 0.1) == math.inf


def test_a_thing_that_is_being_passed_closely_does_not_hold_the_robot_up() -> None:
    passing = points((0.05, 0.22))
    assert free_with_margin(passing, 0.3, 0.0, RADIUS, 0.05) == math.inf
    assert free_with_margin(passing, 0.3, 1.2, RADIUS, 0.05) == 0.0


def test_the_whole_margin_is_kept_to_what_is_approached() -> None:
    assert free_with_margin(points((1.0, 0.0)), 0.3, 0.0, RADIUS, 0.05) == pytest.approx(1.0 - RADIUS - 0.05)
    assert free_with_margin(points((0.22, 0.0)), 0.3, 0.0, RADIUS, 0.05) == 0.0
    assert free_with_margin(points((0.2, 0.0)), 0.3, 0.0, RADIUS, 0.05) == 0.0


@given(
    st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), max_size=20),
    st.floats(-0.5, 0.5),
    st.floats(-1.2, 1.2),
)
def test_safe_speed_is_never_faster_nor_reversed_and_can_be_stopped(
    places: list[tuple[float, float]], linear: float, angular: float
) -> None:
    cloud = points(*places)
    safe = safe_speed(cloud, linear, angular, radius=RADIUS, margin=0.05, braking=1.0, delay=0.1)
    assert 0 <= safe / linear <= 1 if linear else safe == 0
    if safe:
        room = free_with_margin(cloud, safe, angular, RADIUS, 0.05)
        assert abs(safe) <= stoppable_speed(room, 1.0, 0.1) + 1e-6


def test_scan_points_know_angles_and_place_of_the_range_finder() -> None:
    ranges = np.full(360, np.inf, np.float32)
    ranges[180] = 2.0
    ranges[270] = 1.0
    np.testing.assert_allclose(scan_points(ranges), [[2, 0], [0, 1]], atol=1e-6)
    turned = scan_points(ranges, pose=(0.1, 0.2, math.pi / 2))
    np.testing.assert_allclose(turned, [[0.1, 2.2], [-0.9, 0.2]], atol=1e-6)
    front = scan_points(np.array([1.0, 1.0, 1.0]), angle_min=-math.pi / 2, angle_increment=math.pi / 2)
    np.testing.assert_allclose(front, [[0, -1], [1, 0], [0, 1]], atol=1e-6)


def test_invalid_rays_are_no_points_but_too_near_is_at_the_range_finder() -> None:
    ranges = np.array([np.nan, 0.0, -1.0, np.inf, np.inf, np.inf, np.inf, -np.inf], np.float32)
    np.testing.assert_allclose(scan_points(ranges, pose=(0.1, 0.0, 0.0)), [[0.1, 0.0]])


@pytest.mark.parametrize(
    "ranges", [np.zeros(0), np.full(360, np.nan), np.zeros(360), np.ones((2, 3)), np.array(1.0)]
)
def test_an_unusable_scan_is_refused(ranges: FloatArray) -> None:
    with pytest.raises(InputError, match="scan"):
        scan_points(ranges)


def test_angles_that_are_not_finite_are_refused() -> None:
    with pytest.raises(InputError, match="finite"):
        scan_points(np.ones(4), angle_min=math.nan)

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest

from mm_robot.sim.scene import Room, random_room
from mm_robot.sim.world import World

ROOM = random_room(
    3,
    [
        {"shape": "ball", "colour": "red", "at": [2.0, 0.0], "size": 0.2},
        {"shape": "cone", "colour": "blue", "at": [0.0, 2.0], "size": 0.2},
        {"shape": "box", "colour": "green", "at": [-2.0, 0.0], "size": 0.2},
        {"shape": "cylinder", "colour": "yellow", "at": [0.0, -2.0], "size": 0.2},
    ],
    robot=[0, 0, 0],
)


@pytest.fixture
def world() -> Iterator[World]:
    made = World(ROOM)
    yield made
    made.close()


def test_it_drives_where_it_is_told(world: World) -> None:
    world.step(0.5, 0.0, 2.0)
    state = world.robot_state()
    assert 0.7 < state.x < 1.0 and abs(state.y) < 0.01
    assert state.linear == pytest.approx(0.5, abs=0.02)
    world.step(0.0, 1.0, 1.0)
    assert world.robot_state().yaw > 0.7


def test_speed_grows_no_faster_than_the_acceleration(world: World) -> None:
    world.step(0.5, 0.0, 0.1)
    assert world.robot_state().linear <= 0.1 + 0.02


def test_it_is_stopped_by_what_it_runs_into_and_says_so(world: World) -> None:
    world.step(0.5, 0.0, 6.0)
    assert world.contacts() == ("red ball",)
    assert world.robot_state().x < 2.0
    assert world.contacts() == ()


@pytest.mark.parametrize("command", [(math.nan, 0.0), (0.0, math.inf)])
def test_a_command_that_is_not_finite_does_not_move_it(world: World, command: tuple[float, float]) -> None:
    world.step(*command, 1.0)
    state = world.robot_state()
    assert (state.x, state.y, state.yaw) == pytest.approx((0, 0, 0), abs=1e-6)


def test_the_scan_sees_things_where_they_are(world: World) -> None:
    ranges = world.scan()
    assert ranges.shape == (360,)
    for bearing, expected in ((0.0, 1.8), (math.pi / 2, 1.8), (-math.pi / 2, 1.8)):
        ray = round((bearing + math.pi) / (2 * math.pi) * 360) % 360
        assert ranges[ray] == pytest.approx(expected, abs=0.12)
    assert np.isfinite(ranges).all()


def test_the_camera_shows_the_thing_ahead_in_its_colour(world: World) -> None:
    image = world.render()
    assert image.shape == (480, 640, 3) and image.dtype == np.uint8
    ball, *others = world.sights()
    assert ball is not None and all(other is None for other in others)
    left, top, right, bottom = ball.box
    assert (left + right) / 2 == pytest.approx(0.5, abs=0.01)
    centre = image[int((top + bottom) / 2 * 480), 320].astype(int)
    assert centre[0] > centre[1] + 30 and centre[0] > centre[2] + 30


def test_a_thing_to_the_left_is_left_in_the_picture(world: World) -> None:
    world.place_robot(0, 0, math.pi / 2 - 0.3)
    cone = world.sights()[1]
    assert cone is not None and cone.box[2] < 0.5


def test_the_start_pose_is_the_rooms() -> None:
    room = Room(1, ROOM.things, (0.5, -0.5, 2.0))
    world = World(room)
    state = world.robot_state()
    world.step(0.5, 0.0, 1.0)
    moved = world.robot_state()
    world.close()
    assert (state.x, state.y, state.yaw) == pytest.approx((0.5, -0.5, 2.0))
    assert math.atan2(moved.y - state.y, moved.x - state.x) == pytest.approx(2.0, abs=0.01)


def test_a_world_still_renders_after_another_was_closed() -> None:
    first, second = World(random_room(1)), World(random_room(2))
    first.render()
    second.render()
    first.close()
    try:
        pictures = []
        for yaw in (0.0, 1.5, 3.0):
            second.place_robot(0.0, 0.0, yaw)
            pictures.append(second.render())
        assert np.abs(pictures[0].astype(int) - pictures[1]).mean() > 1
        assert np.abs(pictures[1].astype(int) - pictures[2]).mean() > 1
        np.testing.assert_array_equal(pictures[2], second.render())
    finally:
        second.close()

"""A camera that repeats itself is noticed while the robot moves, and only then."""

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.model.frozen_camera import FrozenCamera
from mm_robot.types import ImageArray, RobotState

MOVING, TURNING, STANDING = RobotState(linear=0.3), RobotState(angular=0.4), RobotState()
PERIOD = 0.1


def picture(number: int) -> ImageArray:
    return np.full((48, 64, 3), number, np.uint8)


def seen(
    camera: FrozenCamera, pictures: list[ImageArray], robot: RobotState, start: float = 0.0
) -> list[bool]:
    return [camera.see(each, robot, start + number * PERIOD) for number, each in enumerate(pictures)]


@pytest.mark.parametrize("robot", [MOVING, TURNING])
def test_the_same_picture_while_moving_is_noticed_after_the_limit(robot: RobotState) -> None:
    frozen = seen(FrozenCamera(0.5), [picture(1)] * 10, robot)
    assert frozen == [False] * 6 + [True] * 4


def test_other_pictures_are_well() -> None:
    assert not any(seen(FrozenCamera(0.5), [picture(number) for number in range(20)], MOVING))


def test_the_same_picture_while_standing_is_well_and_does_not_count_later() -> None:
    camera = FrozenCamera(0.5)
    assert not any(seen(camera, [picture(1)] * 50, STANDING))
    assert not any(seen(camera, [picture(1)] * 6, MOVING, start=5.0))


def test_a_robot_that_stands_because_of_it_is_no_excuse_but_a_new_picture_is() -> None:
    camera = FrozenCamera(0.5)
    assert seen(camera, [picture(1)] * 10, MOVING)[-1]
    assert all(seen(camera, [picture(1)] * 10, STANDING, start=1.0))
    assert not camera.see(picture(2), STANDING, 2.0)


def test_a_change_of_a_few_pixels_is_a_new_picture() -> None:
    camera = FrozenCamera(0.5)
    changed = picture(1)
    changed[8, 30] = 2
    assert not any(seen(camera, [picture(1), changed] * 10, MOVING))

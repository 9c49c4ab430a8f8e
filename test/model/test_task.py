from __future__ import annotations

import math

import numpy as np
import pytest

from mm_robot.model.task import TaskTracker
from mm_robot.types import Decision, RobotState

NOTHING = np.zeros((5, 2), np.float32)


def test_turning_is_added_up_across_the_wrap_of_the_angle() -> None:
    tracker = TaskTracker(0.0, RobotState(yaw=3.0))
    state = tracker.update(1.0, RobotState(yaw=-3.0))
    for yaw in (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0):
        state = tracker.update(1.0, RobotState(yaw=yaw))
    assert state.turned == pytest.approx(2 * math.pi)
    assert state.swept == pytest.approx(2 * math.pi)


def test_way_is_signed_along_the_heading() -> None:
    tracker = TaskTracker(0.0, RobotState(yaw=math.pi / 2))
    assert tracker.update(1.0, RobotState(y=0.4, yaw=math.pi / 2)).travelled == pytest.approx(0.4)
    assert tracker.update(2.0, RobotState(y=-0.1, yaw=math.pi / 2)).travelled == pytest.approx(-0.1)


def test_the_targets_bearing_turns_with_the_robot_and_grows_old() -> None:
    tracker = TaskTracker(0.0, RobotState())
    tracker.update(0.0, RobotState())
    tracker.note(Decision(NOTHING, target_visible=0.9, bearing=0.5))
    state = tracker.update(2.0, RobotState(yaw=1.0))
    assert state.last_bearing == pytest.approx(-0.5)
    assert state.unseen == pytest.approx(2.0)
    assert state.swept == pytest.approx(1.0)


def test_what_is_hardly_seen_is_not_remembered() -> None:
    tracker = TaskTracker(0.0, RobotState())
    tracker.note(Decision(NOTHING, target_visible=0.3, bearing=0.5))
    assert tracker.update(1.0, RobotState()).last_bearing is None


def test_the_first_amount_is_bound() -> None:
    tracker = TaskTracker(0.0, RobotState())
    tracker.note(Decision(NOTHING, amount=1.5))
    tracker.note(Decision(NOTHING, amount=0.2))
    assert tracker.update(1.0, RobotState()).amount == 1.5


def test_a_clock_that_goes_back_takes_no_time_away() -> None:
    tracker = TaskTracker(10.0, RobotState())
    tracker.update(12.0, RobotState())
    assert tracker.update(11.0, RobotState()).elapsed == pytest.approx(2.0)

from __future__ import annotations

import math

import numpy as np
import pytest

from mm_robot.model.task import ALL_ROUND, TaskTracker
from mm_robot.types import Decision, KnownThing, RobotState, TaskState

NOTHING = np.zeros((5, 2), np.float32)
THING = KnownThing(1.0, 0.0, 0.2, (0.8, 0.1, 0.1), (1.0, 0.0, 0.0, 0.0), (1.0,), 0.9)


def turned_to(tracker: TaskTracker, yaws: list[float], step: float = 0.1) -> TaskState:
    for index, yaw in enumerate(yaws):
        state = tracker.update((index + 1) * step, RobotState(yaw=yaw))
    return state


def test_a_full_turn_is_looked_all_round() -> None:
    tracker = TaskTracker(0.0, RobotState())
    state = turned_to(tracker, [math.remainder(0.1 * i, math.tau) for i in range(1, 60)])
    assert not state.surveyed
    assert state.turned == pytest.approx(5.9)
    state = turned_to(tracker, [math.remainder(0.1 * i, math.tau) for i in range(60, 64)])
    assert state.looked >= ALL_ROUND
    assert state.surveyed


def test_to_and_fro_shows_only_what_lies_between() -> None:
    tracker = TaskTracker(0.0, RobotState())
    state = turned_to(tracker, [0.5, 1.0, 0.5, 0.0, -0.5, 0.0, 0.5, 1.0] * 5)
    assert state.looked == pytest.approx(1.5)
    assert not state.surveyed


def test_way_gone_is_signed_along_the_heading() -> None:
    tracker = TaskTracker(0.0, RobotState(yaw=math.pi / 2))
    assert tracker.update(1.0, RobotState(y=0.5, yaw=math.pi / 2)).travelled == pytest.approx(0.5)
    assert tracker.update(2.0, RobotState(y=-0.5, yaw=math.pi / 2)).travelled == pytest.approx(-0.5)


def test_the_amount_is_bound_by_the_first_decision_of_a_step() -> None:
    tracker = TaskTracker(0.0, RobotState())
    tracker.note(Decision(NOTHING, amount=1.5))
    tracker.note(Decision(NOTHING, amount=9.0))
    assert tracker.update(0.1, RobotState()).amount == 1.5


def test_a_new_step_begins_anew_but_knows_what_was_seen() -> None:
    tracker = TaskTracker(0.0, RobotState())
    turned_to(tracker, [math.remainder(0.1 * i, math.tau) for i in range(1, 65)])
    tracker.note(Decision(NOTHING, amount=1.5, step=0))
    tracker.note(Decision(NOTHING, amount=1.5, step=1, things=(THING,)))
    state = tracker.update(7.0, RobotState(x=0.2, yaw=6.4 - math.tau))
    assert state.step == 1
    assert state.amount is None
    assert state.elapsed == pytest.approx(0.6)
    assert state.looked == pytest.approx(0.0)
    assert state.travelled == pytest.approx(0.2, abs=0.01)
    assert state.surveyed
    assert state.start == RobotState()
    assert state.things[0].age == pytest.approx(0.6)


def test_time_that_stands_still_or_goes_back_ages_nothing() -> None:
    tracker = TaskTracker(5.0, RobotState())
    tracker.note(Decision(NOTHING, things=(THING,)))
    assert tracker.update(4.0, RobotState()).things[0].age == 0.0
    assert tracker.update(5.5, RobotState()).elapsed == pytest.approx(0.5)

"""The judge of the demonstration."""

from __future__ import annotations

import math

import pytest

from mm_robot.demo.record import Moment, Record
from mm_robot.demo.room import Target
from mm_robot.demo.verdict import edge_distance, judge
from mm_robot.sim.scene import ROBOT_RADIUS, Room, Thing
from mm_robot.types import RobotState

BALL = Thing("ball", "red", 2.0, 0.0, 0.2, (1.0, 0.0, 0.0))
BOX = Thing("box", "red", -2.0, 0.0, 0.2, (1.0, 0.0, 0.0))
ROOM = Room(1, (BALL, BOX), (0.0, 0.0, 0.0))
RED_BALL = Target("red", "ball")
NEAR = 2.0 - 0.2 - ROBOT_RADIUS - 0.3


def record(
    x: float, yaw: float = 0.0, state: str = "done", linear: float = 0.0, touched: tuple[str, ...] = ()
) -> Record:
    made = Record(ROOM, touched=list(touched))
    made.path = [Moment(0.0, RobotState()), Moment(1.0, RobotState(x, 0.0, yaw, linear, 0.0))]
    made.statuses = [{"state": state, "reason": "a reason"}]
    return made


def test_standing_close_and_facing_it_is_a_success() -> None:
    verdict = judge(record(NEAR), RED_BALL)
    assert verdict.success is True
    assert verdict.distance == pytest.approx(0.3)
    assert "red ball" in verdict.summary


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (record(0.5), "m from the red ball"),
        (record(NEAR, yaw=math.radians(35)), "past the red ball"),
        (record(NEAR, state="running"), "did not come to an end"),
        (record(NEAR, state="absent"), "absent: a reason"),
        (record(NEAR, linear=0.2), "still moves"),
        (record(NEAR, touched=("wall",)), "touched wall"),
        (record(-2.0 + 0.5, yaw=math.pi), "from the red box"),
    ],
)
def test_every_fault_fails_and_is_named(made: Record, reason: str) -> None:
    verdict = judge(made, RED_BALL)
    assert verdict.success is False
    assert reason in verdict.summary


def test_without_a_target_the_verdict_tells_what_happened_and_does_not_judge() -> None:
    verdict = judge(record(1.0, yaw=math.pi / 2), None)
    assert verdict.success is None
    assert "done" in verdict.summary and "1.00 m" in verdict.summary and "+90°" in verdict.summary
    assert verdict.thing == "red ball"


def test_a_sentence_that_was_not_heard_is_a_failure() -> None:
    assert judge(record(NEAR, state="idle"), RED_BALL, heard=False).success is False
    verdict = judge(record(0.0, state="idle"), None, heard=False)
    assert verdict.success is False
    assert "did not hear" in verdict.summary


def test_a_touch_is_a_failure_whatever_was_asked() -> None:
    assert judge(record(1.0, touched=("wall",)), None).success is False


def test_turning_is_counted_past_half_a_circle() -> None:
    made = record(0.0)
    made.path = [
        Moment(0.1 * i, RobotState(yaw=(0.1 * i + math.pi) % (2 * math.pi) - math.pi)) for i in range(46)
    ]
    assert judge(made, None).turned == pytest.approx(4.5)


def test_the_distance_is_from_edge_to_surface() -> None:
    assert edge_distance(RobotState(), BALL) == pytest.approx(2.0 - 0.2 - 0.18)

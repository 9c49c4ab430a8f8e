from __future__ import annotations

import math
from dataclasses import replace

import pytest

from mm_robot.model.memory import MOST_THINGS, PATIENCE, Sighting, remember
from mm_robot.types import CameraMount, KnownThing, RobotState

RED, BLUE = (0.85, 0.1, 0.1), (0.1, 0.2, 0.85)
BALL, BOX = (1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0)
COLOUR = (1.0, *[0.0] * 7)
WHOLE = (0.4, 0.4, 0.6, 0.6)


def sighting(
    bearing: float,
    distance: float,
    rgb: tuple[float, float, float] = RED,
    shape: tuple[float, ...] = BALL,
    score: float = 0.9,
) -> Sighting:
    return Sighting(bearing, distance, 0.2, rgb, shape, COLOUR, score, WHOLE, 0.04 + 0.1 * distance)


def later(things: tuple[KnownThing, ...]) -> tuple[KnownThing, ...]:
    return tuple(replace(thing, age=thing.age + 0.1) for thing in things)


def test_a_thing_is_kept_at_its_place_while_the_robot_turns_away() -> None:
    things, owners = remember((), [sighting(0.2, 2.0)], RobotState(x=1.0, y=1.0, yaw=math.pi / 2))
    assert owners == (0,)
    direction = math.pi / 2 + 0.2
    assert things[0].x == pytest.approx(1.0 + 2.0 * math.cos(direction))
    assert things[0].y == pytest.approx(1.0 + 2.0 * math.sin(direction))
    for _ in range(50):
        things, _ = remember(later(things), [], RobotState(x=1.0, y=1.0, yaw=-math.pi / 2))
    assert len(things) == 1
    assert things[0].age == pytest.approx(5.0)


def test_what_is_seen_again_becomes_more_certain_and_stays_one_thing() -> None:
    robot = RobotState()
    things, _ = remember((), [sighting(0.1, 3.2)], robot)
    first = things[0].error
    for distance in (2.9, 3.1, 3.0, 2.95, 3.05):
        things, owners = remember(later(things), [sighting(0.1, distance)], robot)
        assert owners == (0,)
    assert len(things) == 1
    assert things[0].error < first
    assert math.hypot(things[0].x, things[0].y) == pytest.approx(3.0, abs=0.1)


def test_an_uncertain_look_moves_a_known_thing_less_than_a_certain_one() -> None:
    robot = RobotState()
    known, _ = remember((), [sighting(0.5, 0.8)], robot)
    certain = sighting(0.5, 1.1)
    moved = []
    for seen in (certain, replace(certain, error=2 * certain.error), replace(certain, error=1.0)):
        things = known
        for _ in range(5):
            things, _ = remember(later(things), [seen], robot)
        moved.append(math.hypot(things[0].x, things[0].y) - 0.8)
    assert 0 < moved[2] < 0.3 * moved[0]
    assert moved[2] < moved[1] < moved[0]


def test_two_things_side_by_side_stay_two() -> None:
    robot = RobotState()
    pair = [sighting(0.15, 2.0, RED), sighting(-0.15, 2.0, BLUE, BOX)]
    things, _ = remember((), pair, robot)
    things, owners = remember(later(things), pair[::-1], robot)
    assert len(things) == 2
    assert [things[i or 0].rgb for i in owners] == [pytest.approx(BLUE), pytest.approx(RED)]


def test_what_lies_below_the_picture_of_a_high_camera_is_not_forgotten() -> None:
    robot = RobotState()
    kept = {}
    for height in (0.3, 0.6):
        things, _ = remember((), [sighting(0.0, 0.8)], robot, CameraMount(height))
        for _ in range(2 * PATIENCE):
            things, _ = remember(later(things), [], robot, CameraMount(height))
        kept[height] = len(things)
    assert kept == {0.3: 0, 0.6: 1}


def test_what_should_be_in_view_and_is_not_is_forgotten() -> None:
    robot = RobotState()
    things: tuple[KnownThing, ...] = ()
    for _ in range(5):
        things, _ = remember(later(things), [sighting(0.0, 2.0)], robot)
    for _ in range(PATIENCE):
        things, _ = remember(later(things), [], robot)
        assert things
    things, _ = remember(later(things), [], robot)
    assert not things


def test_what_stands_behind_another_is_not_forgotten() -> None:
    robot = RobotState()
    things, _ = remember((), [sighting(0.0, 3.0, BLUE)], robot)
    for _ in range(3 * PATIENCE):
        things, _ = remember(later(things), [sighting(0.0, 1.0, RED, BOX)], robot)
    assert len(things) == 2


def test_a_thing_that_moves_is_followed() -> None:
    robot = RobotState()
    things: tuple[KnownThing, ...] = ()
    for tick in range(60):
        place = 1.0 + 0.03 * tick
        things, _ = remember(later(things), [sighting(0.0, place)], robot)
    assert len(things) == 1
    assert things[0].x == pytest.approx(place, abs=0.3)


def test_there_is_an_end_to_what_is_remembered() -> None:
    robot = RobotState()
    crowd = [sighting(math.tau * i / 20, 3.0, shape=BALL if i % 2 else BOX) for i in range(20)]
    things, owners = remember((), crowd, robot)
    assert len(things) == MOST_THINGS
    assert sum(owner is not None for owner in owners) == MOST_THINGS
    assert sorted(o for o in owners if o is not None) == list(range(MOST_THINGS))


def test_two_at_one_place_become_one() -> None:
    robot = RobotState()
    things, owners = remember((), [sighting(0.0, 2.0), sighting(0.05, 2.1, RED)], robot)
    assert len(things) == 1
    assert owners == (0, 0)

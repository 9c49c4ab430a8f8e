from __future__ import annotations

import math

import pytest

from mm_robot.errors import InputError
from mm_robot.sim.scene import CLEARANCE, ROBOT_RADIUS, ROOM_HALF_SIZE, Room, random_room, unoccluded

TARGET_AND_DECOYS = [
    {"shape": "ball", "colour": "red"},
    {"shape": "box", "colour": "red"},
    {"shape": "ball", "colour": "blue"},
]


@pytest.mark.parametrize("seed", range(20))
def test_things_walls_and_robot_keep_their_distance(seed: int) -> None:
    room = random_room(seed, TARGET_AND_DECOYS, distractors=3)
    x, y, _ = room.robot
    for index, thing in enumerate(room.things):
        assert math.hypot(thing.x - x, thing.y - y) - thing.radius - ROBOT_RADIUS >= CLEARANCE
        assert ROOM_HALF_SIZE - max(abs(thing.x), abs(thing.y)) - thing.radius >= CLEARANCE - 1e-9
        for other in room.things[:index]:
            apart = math.hypot(thing.x - other.x, thing.y - other.y) - thing.radius - other.radius
            assert apart >= CLEARANCE


@pytest.mark.parametrize("seed", range(20))
def test_named_things_are_in_plain_sight_and_not_doubled(seed: int) -> None:
    room = random_room(seed, TARGET_AND_DECOYS, distractors=5)
    for index in range(3):
        assert unoccluded(room.things, index, room.robot[0], room.robot[1])
    assert len({thing.name for thing in room.things}) == len(room.things)


def test_the_same_seed_makes_the_same_room() -> None:
    assert random_room(5, TARGET_AND_DECOYS, 2) == random_room(5, TARGET_AND_DECOYS, 2)
    assert random_room(5) != random_room(6)


def test_a_room_survives_being_written_as_json_data() -> None:
    room = random_room(7, TARGET_AND_DECOYS, 2)
    assert Room.from_dict(room.to_dict()) == room


def test_places_that_are_given_are_taken() -> None:
    room = random_room(
        1, [{"shape": "cone", "colour": "green", "at": [1.0, -2.0], "size": 0.2}], robot=[0, 0, 1.5]
    )
    assert (room.things[0].x, room.things[0].y, room.things[0].radius) == (1.0, -2.0, 0.2)
    assert room.robot == (0.0, 0.0, 1.5)


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ([{"shape": "pyramid", "colour": "red"}], "shape must be one of"),
        ([{"shape": "ball", "colour": "mauve"}], "colour must be one of"),
        ([{"shape": "ball", "colour": "red", "at": [9, 0]}], "at must lie within"),
        ([{"shape": "ball", "colour": "red", "size": float("nan")}], "size must be"),
        ([{"shape": "ball", "colour": "red", "weight": 3}], "unknown key 'weight'"),
        ([{"shape": "box", "colour": "red", "size": 0.5}] * 30, "do not fit"),
    ],
)
def test_a_wrong_object_is_named(objects: list[dict[str, object]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        random_room(1, objects)

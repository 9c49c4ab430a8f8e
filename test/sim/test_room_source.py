"""Rooms as a person asks for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mm_robot.errors import InputError
from mm_robot.sim.room_source import LARGEST_FILE, chosen_room, parse_objects
from mm_robot.sim.scene import random_room


def test_words_name_the_objects() -> None:
    objects = [{"colour": "red", "shape": "ball"}, {"colour": "blue", "shape": "box"}]
    assert parse_objects(" red ball ,blue  box,") == objects
    room = chosen_room(7, "", "red ball, blue box", 2)
    assert room == random_room(7, objects, 2)
    assert [thing.name for thing in room.things[:2]] == ["red ball", "blue box"]


def test_a_room_can_be_given_as_text_or_file(tmp_path: Path) -> None:
    room = random_room(9, [{"shape": "cone", "colour": "green"}])
    text = json.dumps(room.to_dict())
    file = tmp_path / "room.json"
    file.write_text(text)
    assert chosen_room(1, text, "ignored words here", 0).to_dict() == room.to_dict()
    assert chosen_room(1, str(file), "", 0).to_dict() == room.to_dict()


@pytest.mark.parametrize(
    ("room", "objects", "words"),
    [
        ("", "ball", "objects: 'ball' was given; write a colour and a shape"),
        ("", "big red ball", "objects: 'big red ball'"),
        ("", "ball red", "shape must be one of"),
        ("{", "", "room: not JSON"),
        ("{" * 100_000, "", "room: not JSON"),
        ('{"objects": 3}', "", "objects must be a list"),
        ("/nowhere.json", "", "room: /nowhere.json cannot be read"),
        ("nul\0byte", "", "cannot be read"),
    ],
)
def test_a_wrong_room_is_an_input_error_of_one_line(room: str, objects: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        chosen_room(1, room, objects, 0)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_room_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "room.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read"):
        chosen_room(1, str(file), "", 0)
    file.write_bytes(b" " * (LARGEST_FILE + 1))
    with pytest.raises(InputError, match="is larger than"):
        chosen_room(1, str(file), "", 0)

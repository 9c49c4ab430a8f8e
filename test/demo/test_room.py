from __future__ import annotations

import pytest

from mm_robot.demo.room import DISTRACTORS, Target, checked_seed, objects_with_decoys
from mm_robot.errors import InputError
from mm_robot.sim.room_source import chosen_room


@pytest.mark.parametrize("seed", [0, 7, 123456])
def test_every_room_has_the_target_once_with_a_decoy_of_its_colour_and_one_of_its_shape(seed: int) -> None:
    target = Target.parse("green cone")
    room = chosen_room(seed, "", objects_with_decoys(target, seed), DISTRACTORS)
    assert len(room.things) == 4
    assert len(room.find("green", "cone")) == 1
    assert len(room.find("green", None)) >= 2
    assert len(room.find(None, "cone")) >= 2


@pytest.mark.parametrize("text", ["", "ball", "pink ball", "red torus", "the red ball"])
def test_a_wrong_target_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(InputError, match="allowed is a colour"):
        Target.parse(text)


@pytest.mark.parametrize("seed", [-1, 1_000_000])
def test_seeds_of_training_are_refused(seed: int) -> None:
    with pytest.raises(InputError, match="seed"):
        checked_seed(seed)

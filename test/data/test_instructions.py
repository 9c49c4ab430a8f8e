from __future__ import annotations

import math

import numpy as np
import pytest

from mm_robot.data.instructions import InstructionSampler
from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, held_out_names, trained_names
from mm_robot.model.amount import read_amount
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.types import Skill


def test_named_amounts_agree_with_the_number_that_is_read() -> None:
    sampler = InstructionSampler(np.random.default_rng(0))
    named = 0
    for _ in range(500):
        instruction = sampler.turn() if _ % 2 else sampler.move()
        amount = read_amount(instruction.text)
        if not instruction.named:
            assert amount is None, instruction.text
            continue
        named += 1
        assert amount is not None, instruction.text
        value = (
            math.radians(amount.value)
            if not amount.unit and instruction.skill is Skill.TURN
            else amount.value
        )
        assert value == pytest.approx(abs(instruction.amount)), instruction.text
    assert named > 200


def test_the_same_seed_draws_the_same_sentences() -> None:
    first, second = (InstructionSampler(np.random.default_rng(3)) for _ in range(2))
    assert [first.other() for _ in range(20)] == [second.other() for _ in range(20)]


def test_every_skill_is_drawn() -> None:
    sampler = InstructionSampler(np.random.default_rng(1))
    drawn = {sampler.other().skill for _ in range(300)} | {sampler.go_to("red", "ball").skill}
    assert drawn == set(Skill)


@pytest.mark.parametrize("names", [COLOUR_NAMES, SHAPE_NAMES])
def test_a_fifth_of_the_names_is_never_drawn(names: dict[str, tuple[str, ...]]) -> None:
    sampler = InstructionSampler(np.random.default_rng(2))
    drawn = {sampler.thing_name(colour, shape) for colour in COLOURS for shape in SHAPES for _ in range(60)}
    for own in names.values():
        assert len(held_out_names(own)) == len(own) / 5
        assert not set(held_out_names(own)) & set(trained_names(own))
        for name in held_out_names(own):
            assert not any(f" {name} " in f" {text} " for text in drawn), name

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from mm_robot.data.colours import survey_colours
from mm_robot.data.instructions import Instruction, InstructionSampler, Wanted, package_requests
from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, held_out_names, trained_names
from mm_robot.data.requests import ALLOWED, load_requests
from mm_robot.errors import InputError
from mm_robot.model.amount import read_amounts
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.types import Pace, Skill


def check_numbers(instruction: Instruction) -> int:
    """Whether each amount that a sentence names is the number at its position; how many there are."""
    numbers = read_amounts(instruction.text)
    named = 0
    for step in instruction.steps:
        if not step.number:
            continue
        named += 1
        number = numbers[step.number - 1]
        value = number.value
        if not number.unit and step.skill is Skill.TURN:
            value = math.radians(value)
        assert step.amount is not None
        assert value == pytest.approx(abs(step.amount)), instruction.text
    return named


def test_named_amounts_agree_with_the_number_at_their_position() -> None:
    sampler = InstructionSampler(np.random.default_rng(0))
    assert sum(check_numbers(sampler.motion()) for _ in range(600)) > 250


def test_numbers_keep_their_step_in_a_sequence() -> None:
    sampler = InstructionSampler(np.random.default_rng(4))
    found = wrong = 0
    for _ in range(300):
        parts = [sampler.motion(), sampler.go_to("red ball", Wanted()), sampler.motion()]
        try:
            found += check_numbers(sampler.sequence(parts))
        except (AssertionError, IndexError):
            wrong += 1
    assert found > 200
    assert wrong <= 6, "numbers run together across a joint now and then, but rarely"


def test_the_same_seed_draws_the_same_sentences() -> None:
    first, second = (InstructionSampler(np.random.default_rng(3)) for _ in range(2))
    assert [first.request() for _ in range(20)] == [second.request() for _ in range(20)]


def test_the_pace_is_told_by_words_that_stand_in_the_sentence() -> None:
    sampler = InstructionSampler(np.random.default_rng(5))
    paces = {sampler.turn().steps[0].pace for _ in range(200)}
    assert paces == set(Pace)


def test_a_sentence_of_several_steps_has_a_step_for_each() -> None:
    sampler = InstructionSampler(np.random.default_rng(6))
    whole = sampler.sequence(
        [sampler.go_to("red ball", Wanted()), sampler.stop(), sampler.follow("dog", Wanted())]
    )
    assert [step.skill for step in whole.steps] == [Skill.GO_TO, Skill.STOP, Skill.FOLLOW]


def test_what_is_forbidden_is_refused_and_what_sounds_like_it_is_not() -> None:
    sampler = InstructionSampler(np.random.default_rng(7))
    assert {sampler.refuse().steps[0].skills for _ in range(50)} == {(Skill.REFUSE,)}
    for _ in range(50):
        (step,) = sampler.harmless().steps
        assert not {Skill.REFUSE, Skill.UNABLE} & set(step.skills)


@pytest.mark.parametrize("names", [COLOUR_NAMES, SHAPE_NAMES])
def test_a_fifth_of_the_names_is_never_drawn(names: dict[str, tuple[str, ...]]) -> None:
    sampler = InstructionSampler(np.random.default_rng(2))
    drawn = {sampler.thing_name(colour, shape) for colour in COLOURS for shape in SHAPES for _ in range(60)}
    drawn |= set(survey_colours()[0])
    for own in names.values():
        assert len(held_out_names(own)) == len(own) / 5
        assert not set(held_out_names(own)) & set(trained_names(own))
        for name in held_out_names(own):
            assert not any(f" {name} " in f" {text} " for text in drawn), name


def test_the_sentences_of_the_package_hold_nothing_that_is_kept_for_judging() -> None:
    texts = [f" {re.sub(r'[^a-z]+', ' ', request.text.lower())} " for request in package_requests()]
    kept = {
        name for names in (*COLOUR_NAMES.values(), *SHAPE_NAMES.values()) for name in held_out_names(names)
    }
    requests = Path(__file__).parents[2] / "benchmarks" / "requests"
    judged = {
        json.loads(line)["text"].lower()
        for path in requests.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert not {name for name in kept for text in texts if f" {name} " in text}
    shared = judged & {request.text.lower() for request in package_requests()}
    assert len(shared) <= 0.01 * len(judged), shared  # "wait" and the like are too short to be anybody's own


def test_requests_are_read_from_each_kind_of_file(tmp_path: Path) -> None:
    lines = tmp_path / "people.jsonl"
    lines.write_text(
        '{"text": "go to the bed", "frames": [{"name": "Motion"}]}\n'
        '{"text": "take the cup to the bed", "frames": [{"name": "Motion"}, {"name": "Bringing"}]}\n'
        '{"text": "hit the cat", "verdict": "forbidden"}\n'
        '{"text": "off you go", "verdict": "allowed"}\n'
        '{"text": "swing left", "skill": "turn", "amount": 90}\n'
    )
    go, take, hit, off, swing = load_requests(lines)
    assert Skill.GO_TO in go.skills and Skill.UNABLE not in go.skills
    assert take.skills == (Skill.UNABLE,) and hit.skills == (Skill.REFUSE,) and off.skills == ALLOWED
    assert swing.amount == pytest.approx(math.pi / 2)
    arm = tmp_path / "arm.json"
    arm.write_text('{"lift": ["lift the block"]}')
    assert load_requests(arm)[0].skills == (Skill.UNABLE,)


@pytest.mark.parametrize(
    "line", ["{}", "no json", '{"text": "x", "skill": "dance"}', '{"text": "x", "verdict": 1}']
)
def test_a_wrong_request_is_named_with_its_line(line: str, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"
    path.write_text('{"text": "go", "verdict": "allowed"}\n' + line + "\n")
    with pytest.raises(InputError, match=r"people\.jsonl:2"):
        load_requests(path)

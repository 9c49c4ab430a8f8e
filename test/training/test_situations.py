from __future__ import annotations

import functools
import math

import numpy as np
import pytest

from mm_robot.data.instructions import InstructionSampler
from mm_robot.model.fused_lm import OUTCOMES
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.model.scan import SECTORS
from mm_robot.model.thing_tokens import PAINT, SHAPE, THING_FEATURES
from mm_robot.sim.scene import CLEARANCE, COLOURS, SHAPES
from mm_robot.training.layout import (
    NO_NAME,
    Layout,
    in_view,
    polar,
    random_layout,
    sector_distances,
)
from mm_robot.training.mentions import Mention, Mentioner
from mm_robot.training.situations import NONE, SituationSampler
from mm_robot.types import Outcome, RobotState, Skill

BALL, BOX = SHAPES.index("ball"), SHAPES.index("box")
RED, BLUE, GREEN = (list(COLOURS).index(c) for c in ("red", "blue", "green"))


def layout(*things: tuple[int, int, float, float, float]) -> Layout:
    """Things given by shape, colour, x, y, radius."""
    base = np.array(list(COLOURS.values()), np.float32)
    colour = np.array([t[1] for t in things])
    return Layout(
        places=np.array([t[2:4] for t in things], np.float32),
        radius=np.array([t[4] for t in things], np.float32),
        rgb=base[colour],
        shape=np.array([t[0] for t in things]),
        colour=colour,
        survey=np.zeros(len(things), np.int64),
    )


def mentioner(things: Layout, start: RobotState, seed: int) -> Mentioner:
    generator = np.random.default_rng(seed)
    return Mentioner(things, start, InstructionSampler(generator), generator)


def test_rooms_keep_their_distances_and_tell_their_things_apart() -> None:
    generator = np.random.default_rng(0)
    for _ in range(100):
        room = random_layout(generator)
        for i in range(len(room)):
            for j in range(i):
                apart = np.linalg.norm(room.places[i] - room.places[j]) - room.radius[i] - room.radius[j]
                assert apart >= CLEARANCE - 1e-5
                same = room.shape[i] == room.shape[j]
                assert not same or np.abs(room.rgb[i] - room.rgb[j]).max() > 0.2


def test_what_stands_behind_another_or_beside_the_view_is_not_seen() -> None:
    things = layout(
        (BALL, RED, 1.0, 0.0, 0.2),
        (BOX, BLUE, 3.0, 0.0, 0.2),
        (BOX, RED, 2.0, 1.0, 0.2),
        (BALL, BLUE, -1, 0, 0.2),
    )
    assert in_view(things, RobotState()).tolist() == [True, False, True, False]


def test_distances_all_round_are_those_to_things_and_walls() -> None:
    things = layout((BALL, RED, 1.0, 0.05, 0.2))
    ranges = sector_distances(things, RobotState())
    assert ranges[SECTORS // 2] == pytest.approx(0.8, abs=0.05)
    assert ranges[0] == pytest.approx(4.0, abs=0.2)


def test_a_mention_names_what_it_means() -> None:
    generator = np.random.default_rng(1)
    for seed in range(200):
        room = random_layout(generator)
        thing = int(generator.integers(len(room)))
        mention = mentioner(room, RobotState(), seed).plain(thing)
        if mention is None or room.colour[thing] == NO_NAME:
            continue
        assert mention.target == thing
        alike = [i for i in range(len(room)) if room.colour[i] == room.colour[thing]]
        assert sum(room.shape[i] == room.shape[thing] for i in alike) == 1


THREE = layout(
    (BALL, RED, 2.0, 1.5, 0.13),
    (BALL, BLUE, 3.0, -1.5, 0.24),
    (BALL, GREEN, 1.2, -1.2, 0.18),
    (BOX, RED, 3, 0, 0.2),
)


@pytest.mark.parametrize(
    ("word", "kind", "target"),
    [
        ("left", "left_of", 0),
        ("nearest", "nearest", 2),
        ("farthest", "farthest", 1),
        ("biggest", "biggest", 1),
        ("smallest", "smallest", 0),
    ],
)
def test_relations_are_those_seen_from_the_start(word: str, kind: str, target: int) -> None:
    found = set()
    for mention in relations_in_three():
        if f" {word}" not in f" {mention.phrase} ":
            continue
        plain_balls = any(name in mention.phrase for name in ("ball", "sphere", "globe"))
        box = mention.reference == 3 or mention.reference is None
        coloured = any(c in mention.phrase.split(" ")[0] for c in COLOURS)
        if plain_balls and box and not coloured:
            found.add(mention.target)
            assert mention.relation == kind
    assert found == {target}


@functools.cache
def relations_in_three() -> list[Mention]:
    drawn = (mentioner(THREE, RobotState(), seed).relation(tries=1) for seed in range(400))
    return [mention for mention in drawn if mention is not None]


def test_what_is_absent_is_absent() -> None:
    for seed in range(100):
        mention = mentioner(THREE, RobotState(), seed).absent(alike=seed % 4)
        assert mention.target is None


def test_situations_are_whole_and_in_range() -> None:
    sampler = SituationSampler(Processor(), 0)
    skills, meant = set(), 0
    for _ in range(300):
        row = sampler.situation()
        assert row.things.shape[1] == THING_FEATURES and row.state.shape == (STATE_SIZE,)
        assert np.isfinite(row.things).all() and np.abs(row.things).max() < 5
        assert np.abs(row.actions).max() <= 1.0
        assert row.meant == NONE or row.present[row.meant]
        assert row.step < len(row.instruction.steps)
        skills.add(row.instruction.steps[row.step].skill)
        meant += row.meant != NONE
    assert {Skill.GO_TO, Skill.FOLLOW, Skill.TURN, Skill.MOVE, Skill.STOP} <= skills
    assert 100 < meant < 250


def test_the_expert_turns_towards_the_thing_that_is_meant() -> None:
    sampler = SituationSampler(Processor(), 1)
    checked = 0
    for _ in range(400):
        row = sampler.situation()
        if row.meant == NONE or row.outcome != 0:
            continue
        sine, cosine = row.things[row.meant, 3:5]
        if cosine < -0.5 and abs(sine) > 0.3:
            checked += 1
            assert math.copysign(1, row.actions[0, 1]) == math.copysign(1, sine)
    assert checked > 20


def test_none_is_said_to_be_there_only_after_a_closer_look_at_what_might_be_it() -> None:
    sampler = SituationSampler(Processor(), 2)
    absent = approached = 0
    for _ in range(6000):
        row = sampler.situation()
        wanted = row.instruction.steps[row.step].target
        if wanted is None or wanted.rgb is None or wanted.shape is None or not row.present.any():
            continue
        things = row.things[row.present]
        off = np.linalg.norm((things[:, PAINT] + 1) / 2 - np.array(wanted.rgb, np.float32), axis=1)
        likely = things[:, SHAPE][:, wanted.shape]
        might_be = (off < 0.1) & (likely > 0.3) & (4 * things[:, 2] > 1.6)
        if row.outcome == OUTCOMES.index(Outcome.ABSENT):
            absent += 1
            assert not might_be.any()
        elif row.meant != NONE and row.things[row.meant, SHAPE].argmax() != wanted.shape:
            approached += 1
    assert absent > 50
    assert approached > 20


def test_the_same_seed_draws_the_same_situations() -> None:
    first, second = (SituationSampler(Processor(), [4, 2]) for _ in range(2))
    for _ in range(10):
        one, other = first.situation(), second.situation()
        assert one.instruction == other.instruction
        np.testing.assert_array_equal(one.things, other.things)


def test_places_in_polar_coordinates() -> None:
    distance, bearing = polar(np.array([[0.0, 2.0]], np.float32), RobotState(yaw=math.pi / 2))
    assert distance[0] == pytest.approx(2.0) and bearing[0] == pytest.approx(0.0, abs=1e-6)

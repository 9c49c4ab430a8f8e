"""Things are compared among those that are of the colour and shape that is said."""

from __future__ import annotations

import torch

from mm_robot.model.grounding import _holds
from mm_robot.model.thing_tokens import AROUND_START, GEOMETRY, THING_FEATURES
from mm_robot.types import RELATIONS

LEFT, RIGHT, NEAR, NEAREST, FARTHEST, BIGGEST, SMALLEST = (
    RELATIONS.index(r) for r in ("left_of", "right_of", "near", "nearest", "farthest", "biggest", "smallest")
)


def compared(far: list[float], radius: list[float], members: list[float]) -> torch.Tensor:
    features = torch.zeros(1, len(far), THING_FEATURES)
    features[0, :, AROUND_START.stop - 1] = torch.tensor(far)
    features[0, :, GEOMETRY - 1] = torch.tensor(radius)
    return _holds(features, torch.zeros(1, len(far), 7), torch.tensor([members]))[0]


def test_the_nearest_and_the_biggest_stand_out() -> None:
    rows = compared([0.2, 0.5, 0.9], [0.5, 0.9, 0.7], [1.0, 1.0, 1.0])
    assert [bool(v > 0) for v in rows[:, NEAREST]] == [True, False, False]
    assert [bool(v > 0) for v in rows[:, FARTHEST]] == [False, False, True]
    assert [bool(v > 0) for v in rows[:, SMALLEST]] == [True, False, False]
    assert [bool(v > 0) for v in rows[:, BIGGEST]] == [False, True, False]


def test_things_of_another_kind_do_not_count() -> None:
    rows = compared([0.2, 0.5, 0.9], [0.5, 0.9, 0.7], [0.0, 1.0, 1.0])
    assert rows[1, NEAREST] > 0
    assert rows[2, BIGGEST] < 0


def test_one_alone_is_the_least_and_the_greatest() -> None:
    rows = compared([0.4, 0.5], [0.5, 0.5], [1.0, 0.0])
    assert rows[0, NEAREST] == rows[0, FARTHEST] == 1.0


def test_sides_and_nearness_are_told_from_the_reference() -> None:
    related = torch.zeros(1, 2, 7)
    related[0, :, 0] = torch.tensor([0.5, -0.5])
    related[0, :, 4] = torch.tensor([0.8, 0.2])
    rows = _holds(torch.zeros(1, 2, THING_FEATURES), related, torch.ones(1, 2))[0]
    assert [bool(v > 0) for v in rows[:, LEFT]] == [True, False]
    assert [bool(v > 0) for v in rows[:, RIGHT]] == [False, True]
    assert [bool(v > 0) for v in rows[:, NEAR]] == [False, True]

from __future__ import annotations

from typing import Any

import pytest

from mm_robot.errors import InputError
from mm_robot.sim.scene import unoccluded
from mm_robot.training.episodes import Episode, parse_episode
from mm_robot.training.evaluate import evaluate_episodes
from mm_robot.training.rollout import Trace


def rows(number: int, **more: Any) -> list[Episode]:
    target = {"shape": "ball", "colour": "red"}
    row = {"text": "go to the red ball", "objects": [target], "distractors": 4}
    expect = {"outcome": "reach", "target": target}
    return [parse_episode({**row, "seed": seed, "expect": expect, **more}) for seed in range(number)]


def given(control: str, episodes: list[Episode]) -> list[Episode]:
    """The episodes as a policy would be given them."""
    seen: list[Episode] = []

    def run(episode: Episode) -> Trace:
        seen.append(episode)
        raise RuntimeError("seen enough")

    report = evaluate_episodes(episodes, "embedded", control, run=run)
    assert report["errors"] == len(episodes)
    return seen


def test_swapped_names_another_thing_that_is_not_hidden_at_the_start() -> None:
    episodes = rows(40)
    hidden = 0
    for episode in given("swapped", episodes):
        things = episode.room.things
        (named,) = (i for i, thing in enumerate(things) if episode.text == f"go to the {thing.name}")
        assert named != episode.target
        assert unoccluded(things, named, *episode.room.robot[:2])
        hidden += sum(not unoccluded(things, i, *episode.room.robot[:2]) for i in range(len(things)))
    assert hidden > 0


def test_swapped_is_the_same_each_time() -> None:
    assert [e.text for e in given("swapped", rows(5))] == [e.text for e in given("swapped", rows(5))]


def test_swapped_needs_another_thing() -> None:
    with pytest.raises(InputError, match="two or more things"):
        evaluate_episodes(rows(1, distractors=0), "embedded", "swapped")


def test_blank_says_nothing() -> None:
    assert [e.text for e in given("blank", rows(3))] == [""] * 3

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.model.policy import Policy
from mm_robot.sim.scene import random_room
from mm_robot.sim.world import World
from mm_robot.training.disturbance import DISTURBANCES, NONE
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes
from mm_robot.training.rollout import run_episode
from mm_robot.types import Decision, Observation, Outcome, RobotState

ROOM = random_room(5, [{"shape": "ball", "colour": "red", "at": [1.5, 0.0], "size": 0.2}], robot=[0, 0, 0])


MISSING = {name for name in DISTURBANCES if name.startswith("no_")}


@pytest.mark.parametrize("name", sorted(set(DISTURBANCES) - MISSING))
def test_each_disturbance_changes_the_picture_and_leaves_the_thing_in_it(name: str) -> None:
    disturbance = DISTURBANCES[name]
    plain, other = World(ROOM), World(ROOM, disturbance.mount, disturbance.vivid)
    try:
        before = plain.render()
        after = disturbance.picture(other.render(), np.random.default_rng(0))
        assert after.shape == before.shape and after.dtype == np.uint8
        assert np.abs(after.astype(int) - before).mean() > 1
        sight = other.sights()[0]
        assert sight is not None and sight.pixels > 500
    finally:
        plain.close()
        other.close()


@pytest.mark.parametrize("name", sorted(MISSING))
def test_a_sense_that_is_missing_tells_the_policy_nothing(name: str) -> None:
    seen: list[Observation] = []

    class Watching(Policy):
        def reset(self, instruction: str) -> None:
            seen.clear()

        def decide(self, observation: Observation) -> Decision:
            seen.append(observation)
            return Decision(np.full((5, 2), (0.3, 0.2), np.float32), Outcome.RUNNING)

    row = {"text": "go on", "seed": 1, "expect": {"outcome": "turn", "degrees": 90}}
    for disturbance in (NONE, DISTURBANCES[name]):
        run_episode(Watching(), parse_episode(row), seconds=2.0, disturbance=disturbance)
        given = {
            "no_camera": bool(seen[-1].image.any()),
            "no_odometry": seen[-1].robot != RobotState(),
            "no_scan": seen[-1].scan is not None,
        }
        lost = set() if disturbance is NONE else {name}
        assert {kind for kind, there in given.items() if not there} == lost


def test_an_unknown_disturbance_is_named() -> None:
    row = {"text": "stop", "seed": 1, "expect": {"outcome": "turn", "degrees": 90}}
    with pytest.raises(InputError, match="disturbance must be one of"):
        evaluate_episodes([parse_episode(row)], "embedded", disturbance="fog")

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.scene import random_room
from mm_robot.sim.world import World
from mm_robot.training.disturbance import DISTURBANCES
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes

ROOM = random_room(5, [{"shape": "ball", "colour": "red", "at": [1.5, 0.0], "size": 0.2}], robot=[0, 0, 0])


@pytest.mark.parametrize("name", DISTURBANCES)
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


def test_an_unknown_disturbance_is_named() -> None:
    row = {"text": "stop", "seed": 1, "expect": {"outcome": "turn", "degrees": 90}}
    with pytest.raises(InputError, match="disturbance must be one of"):
        evaluate_episodes([parse_episode(row)], "embedded", disturbance="fog")

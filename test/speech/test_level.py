"""Sound that cannot be understood is told apart, with the fix."""

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.speech.level import LevelMeter
from mm_robot.types import FloatArray

NOISE = np.random.default_rng(0).normal(0.0, 0.1, 16000).astype(np.float32)


@pytest.mark.parametrize(
    ("samples", "said"),
    [(NOISE, ""), (np.zeros(16000, np.float32), "unmute"), (np.clip(50 * NOISE, -1, 1), "turn down")],
)
def test_problems_are_named_with_their_fix(samples: FloatArray, said: str) -> None:
    meter = LevelMeter()
    meter.add(samples)
    problem = meter.read()[1]
    assert said in problem
    assert bool(problem) == bool(said)


def test_the_level_is_that_since_it_was_read_last() -> None:
    meter = LevelMeter()
    meter.add(np.ones(100, np.float32))
    meter.read()
    meter.add(NOISE)
    level, _ = meter.read()
    assert level == pytest.approx(-20.0, abs=0.3)
    assert meter.read()[0] == pytest.approx(-90.0)

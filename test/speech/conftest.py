"""Real speech for tests, by espeak-ng."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mm_robot.sim.voices import synthesise
from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray


@pytest.fixture
def say() -> Callable[..., FloatArray]:
    """``say(text, **voice)``: a sentence at 16 kHz, with a second of a quiet room before and after it."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("no voice: run sudo apt install espeak-ng")

    def speak(text: str, **voice: Any) -> FloatArray:
        sound = np.pad(0.5 * synthesise(text, **voice), RATE)
        room = np.random.default_rng(0).normal(0.0, 0.0005, len(sound))
        return (sound + room).astype(np.float32)

    return speak

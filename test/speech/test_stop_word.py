"""Stop words are spotted soon after their end, and not in other sound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mm_robot.sim.voices import VOICES, synthesise
from mm_robot.speech.base import RATE, Keyword
from mm_robot.speech.stop_word import StopWord
from mm_robot.types import FloatArray


def spot(detector: StopWord, sound: FloatArray, block: int = 512) -> list[Keyword]:
    """The stop words of a sound that comes in blocks."""
    detector.reset()
    return [word for i in range(0, len(sound), block) for word in detector.detect(sound[i : i + block])]


@pytest.fixture(scope="module")
def detector() -> StopWord:
    """A detector for all tests; each resets it."""
    return StopWord()


def test_stop_is_spotted_within_a_quarter_of_a_second(
    detector: StopWord, say: Callable[..., FloatArray]
) -> None:
    voices: list[dict[str, object]] = [{}, {"voice": "en-us+f3"}, {"voice": "en-us+m3"}, {"voice": "en-gb"}]
    for voice in voices:
        sound = say("stop", **voice)
        words = spot(detector, sound)
        assert [word.text for word in words] == ["stop"], voice
        ended = np.nonzero(np.abs(sound) > 0.02)[0][-1]
        assert (words[0].at - ended) / RATE < 0.25


def test_stop_is_spotted_in_digital_silence(detector: StopWord, say: Callable[..., FloatArray]) -> None:
    say("stop")  # skips where there is no voice
    words = [0.5 * synthesise("stop", voice.name, voice.speed, voice.pitch) for voice in VOICES]
    found = [len(spot(detector, np.pad(word, RATE).astype(np.float32))) for word in words]
    assert max(found) == 1
    assert sum(found) >= len(VOICES) - 1


def test_each_stop_of_a_long_stream_is_spotted(detector: StopWord, say: Callable[..., FloatArray]) -> None:
    once = say("stop")
    pause = np.random.default_rng(0).normal(0.0, 0.0005, 25 * RATE).astype(np.float32)
    words = spot(detector, np.concatenate([once, pause, once, pause, once]))
    assert len(words) == 3


@pytest.mark.parametrize(
    "sentence", ["go to the red ball", "turn left ninety degrees", "find the green cone"]
)
def test_commands_hold_no_stop_word(
    detector: StopWord, say: Callable[..., FloatArray], sentence: str
) -> None:
    assert spot(detector, say(sentence)) == []


@pytest.mark.parametrize("level", [0.0, 0.01, 0.2])
def test_steady_noise_holds_no_stop_word(detector: StopWord, level: float) -> None:
    noise = np.random.default_rng(0).normal(0.0, level, 10 * RATE).astype(np.float32)
    assert spot(detector, noise) == []

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.voices import synthesise
from mm_robot.speech import noise_suppression
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.base import NO_SUPPRESSION, RATE, RNNOISE, SILERO
from mm_robot.speech.grammar import command_grammar
from mm_robot.speech.hearing import Hearing
from mm_robot.speech.noise_suppression import NoSuppression, RNNoise, load_suppression
from mm_robot.speech.phone_decoders import PhoneDecoders
from mm_robot.speech.pronunciations import VARIANTS
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

SENTENCES = (
    *("go to the red ball", "find the blue box", "turn left ninety degrees", "move forward two meters"),
    *("drive to the green cone", "head for the yellow cylinder"),
)


def _noise(seconds: float, level: float = 0.05) -> FloatArray:
    return np.random.default_rng(1).normal(0.0, level, round(seconds * RATE)).astype(np.float32)


def _spoken(text: str) -> FloatArray:
    return np.pad(0.5 * synthesise(text), RATE).astype(np.float32)


def _decibels(samples: FloatArray) -> float:
    return 10.0 * float(np.log10(np.mean(np.square(samples))))


def test_noise_gets_quieter_and_speech_stays() -> None:
    noise = _noise(4.0)
    left = RNNoise().suppress(noise)
    assert _decibels(left[2 * RATE :]) < _decibels(noise) - 15

    speech = _spoken("go to the red ball and then turn left")
    kept = RNNoise().suppress(speech)
    assert _decibels(kept) == pytest.approx(_decibels(speech[: len(kept)]), abs=2.0)


def test_what_comes_out_is_not_late() -> None:
    speech = _spoken("go to the red ball and then turn left")
    kept = RNNoise().suppress(speech)
    inner = slice(800, len(kept) - 800)
    lags = range(-400, 401, 8)
    likeness = [float(np.dot(speech[inner], np.roll(kept, lag)[inner])) for lag in lags]
    assert abs(lags[int(np.argmax(likeness))]) <= 40  # 2.5 ms
    assert len(speech) - len(kept) < 0.1 * RATE


@pytest.mark.parametrize("block", [7, 160, 997])
def test_it_does_not_matter_in_which_pieces_the_sound_comes(block: int) -> None:
    sound = _spoken("stop")[: 3 * RATE // 2] + _noise(1.5)
    whole = RNNoise().suppress(sound)
    pieces = RNNoise()
    joined = np.concatenate([pieces.suppress(sound[i : i + block]) for i in range(0, len(sound), block)])
    length = min(len(whole), len(joined))
    assert length > RATE
    assert np.allclose(whole[:length], joined[:length], atol=1e-4)


def test_a_reset_forgets_what_was() -> None:
    sound = _spoken("stop") + _noise(len(_spoken("stop")) / RATE)
    suppression = RNNoise()
    first = suppression.suppress(sound)
    suppression.reset()
    assert np.array_equal(suppression.suppress(sound), first)


def test_phones_are_told_in_noise_by_it() -> None:
    """Sentences above white noise that is 5 dB quieter."""
    decoders = PhoneDecoders(Automaton.from_jsgf(command_grammar()), VARIANTS)
    understood = dict.fromkeys((RNNOISE, NO_SUPPRESSION), 0)
    for text in SENTENCES:
        speech = _spoken(text)
        level = float(np.sqrt(np.mean(np.square(speech[RATE:-RATE])) / 10**0.5))
        for name in understood:
            utterances = VoiceActivity(judge=SILERO, suppression=name).detect(
                speech + _noise(len(speech) / RATE, level)
            )
            understood[name] += [decoders.listen(each.samples) for each in utterances] == [text]
    assert understood[RNNOISE] >= 4
    assert understood[NO_SUPPRESSION] <= 3


@pytest.mark.parametrize("suppression", [RNNOISE, NO_SUPPRESSION])
def test_commands_are_understood_in_noise(suppression: str) -> None:
    hearing = Hearing(0.5, suppression=suppression)
    right = 0
    for text in SENTENCES:
        speech = _spoken(text)
        level = float(np.sqrt(np.mean(np.square(speech[RATE:-RATE])) / 10**0.5))
        heard = hearing.listen(speech + _noise(len(speech) / RATE, level))
        right += [each.text for each in heard if each.confidence >= 0.5] == [text]
    assert right >= 4


def test_it_can_be_left_out() -> None:
    suppression = load_suppression(NO_SUPPRESSION)
    assert isinstance(suppression, NoSuppression)
    assert np.array_equal(suppression.suppress(_noise(0.1)), _noise(0.1))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    noise_suppression._library.cache_clear()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match="pip install pyrnnoise"):
        load_suppression(RNNOISE)

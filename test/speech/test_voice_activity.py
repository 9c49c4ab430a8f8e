"""Speech is cut out of a stream, and other sound is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mm_robot.speech.base import JUDGES, RATE, Utterance
from mm_robot.speech.voice_activity import VoiceActivity, VoiceActivityLimits
from mm_robot.types import FloatArray

Cut = Callable[..., list[Utterance]]


@pytest.fixture(params=JUDGES)
def judge(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cut(judge: str) -> Cut:
    def utterances(sound: FloatArray, block: int = 512, **limits: float) -> list[Utterance]:
        """The utterances of a sound that comes in blocks."""
        detector = VoiceActivity(VoiceActivityLimits(**limits), judge)
        return [u for i in range(0, len(sound), block) for u in detector.detect(sound[i : i + block])]

    return utterances


def test_one_sentence_is_one_utterance_with_its_times(cut: Cut, say: Callable[..., FloatArray]) -> None:
    sound = say("go to the red ball")
    (utterance,) = cut(sound)
    loud = np.nonzero(np.abs(sound) > 0.02)[0]
    assert abs(utterance.start - loud[0]) < 0.15 * RATE
    assert abs(utterance.end - loud[-1]) < 0.15 * RATE
    assert utterance.speech > 0.8 * (loud[-1] - loud[0]) / RATE


def test_the_samples_hold_the_speech_and_a_little_before_it(cut: Cut, say: Callable[..., FloatArray]) -> None:
    sound = say("turn around")
    (utterance,) = cut(sound)
    first = utterance.samples[:200]
    position = next(i for i in range(len(sound)) if np.array_equal(sound[i : i + 200], first))
    assert np.array_equal(sound[position : position + len(utterance.samples)], utterance.samples)
    assert 0.2 * RATE < utterance.start - position < 0.6 * RATE
    assert position + len(utterance.samples) > utterance.end


@pytest.mark.parametrize("block", [1, 160, 479, 16000])
def test_the_size_of_the_blocks_makes_no_difference(
    cut: Cut, say: Callable[..., FloatArray], block: int
) -> None:
    sound = say("stop")
    (expected,) = cut(sound)
    (utterance,) = cut(sound, block)
    assert (utterance.start, utterance.end) == (expected.start, expected.end)
    assert np.array_equal(utterance.samples, expected.samples)


def test_a_pause_ends_an_utterance_and_a_breath_does_not(cut: Cut, say: Callable[..., FloatArray]) -> None:
    turn, left = say("turn")[RATE:-RATE], say("left")[RATE:-RATE]
    room = np.random.default_rng(1).normal(0.0, 0.0005, 2 * RATE).astype(np.float32)
    breath, pause = room[: round(0.1 * RATE)], room[: round(1.2 * RATE)]
    assert len(cut(np.concatenate([room, turn, breath, left, room]))) == 1
    assert len(cut(np.concatenate([room, turn, pause, left, room]))) == 2


@pytest.mark.parametrize("level", [0.001, 0.01, 0.1])
def test_steady_noise_is_no_speech(cut: Cut, level: float) -> None:
    noise = np.random.default_rng(0).normal(0.0, level, 20 * RATE).astype(np.float32)
    assert cut(noise) == []


def test_speech_in_noise_is_found(cut: Cut, say: Callable[..., FloatArray]) -> None:
    sound = np.pad(say("drive to the green cylinder"), (2 * RATE, 0))
    noise = np.random.default_rng(0).normal(0.0, 0.02, len(sound))
    assert len(cut((sound + noise).astype(np.float32))) == 1


def test_endless_speech_is_cut_and_a_click_is_dropped(cut: Cut, say: Callable[..., FloatArray]) -> None:
    sound = say("go to the red ball please go to the blue box please find the yellow cone")
    assert max(len(u.samples) for u in cut(sound, maximum=2.0)) <= 2.7 * RATE
    click = np.zeros(3 * RATE, np.float32)
    click[RATE : RATE + 800] = 0.5
    assert cut(click) == []


def test_reset_forgets_the_stream(cut: Cut, judge: str, say: Callable[..., FloatArray]) -> None:
    sound = say("turn right")
    detector = VoiceActivity(judge=judge)
    detector.detect(sound[: len(sound) // 2])
    detector.reset()
    (utterance,) = detector.detect(sound)
    (expected,) = cut(sound)
    assert (utterance.start, utterance.end) == (expected.start, expected.end)

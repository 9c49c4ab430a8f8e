"""Sound events in a stream."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mm_robot.errors import CheckpointError
from mm_robot.sim.voices import synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.sound_events import HOP, NOTHING, SoundEvents, load_sound_classifier
from mm_robot.types import FloatArray


class ByLoudness:
    """Takes a loud last half second for a dog, and for a little while after."""

    classes = ("dog_bark", NOTHING, "rain")
    seconds = 2.0

    def __init__(self) -> None:
        self.windows: list[FloatArray] = []

    def tell_sound(self, samples: FloatArray) -> dict[str, float]:
        self.windows.append(samples)
        dog = min(0.9, 2.0 * float(np.abs(samples[-RATE // 2 :]).mean()))
        return {"dog_bark": dog, NOTHING: 0.95 - dog, "rain": 0.05}


@pytest.fixture
def classifier() -> ByLoudness:
    return ByLoudness()


def test_looks_at_the_last_seconds_again_and_again(classifier: ByLoudness) -> None:
    events = SoundEvents(classifier)  # type: ignore[arg-type]
    ramp = np.linspace(0.0, 0.1, round(3.2 * RATE), dtype=np.float32)
    chunks = (ramp[start : start + 500] for start in range(0, len(ramp), 500))
    looks = [sound for chunk in chunks for sound in events.detect(chunk)]
    assert len(looks) == 3  # after 2, 2.5 and 3 s
    assert not any(sound.present for sound in looks)
    end = round(3.0 * RATE)
    np.testing.assert_array_equal(classifier.windows[-1], ramp[end - 2 * RATE : end])


def test_an_event_begins_with_certainty_and_ends_with_doubt(classifier: ByLoudness) -> None:
    events = SoundEvents(classifier)  # type: ignore[arg-type]
    levels = [0.0] * 6 + [0.45, 0.45, 0.2, 0.05, 0.0, 0.0]
    sound = np.concatenate([np.full(round(HOP * RATE), level, np.float32) for level in levels])
    present = [look.present for look in events.detect(sound)]
    assert present == [False] * 4 + [True] * 3 + [False] * 2


def test_nothing_is_told_before_there_is_enough_to_look_at(classifier: ByLoudness) -> None:
    events = SoundEvents(classifier)  # type: ignore[arg-type]
    loud = np.full(round(classifier.seconds * RATE), 0.4, np.float32)
    assert [look.present for look in events.detect(loud)] == [True]
    events.reset()
    assert [look.present for look in events.detect(loud)] == [True]


def test_the_packaged_classifier_takes_speech_and_hiss_for_nothing() -> None:
    events = SoundEvents(load_sound_classifier("embedded"))
    assert {"baby_cry", "dog_bark", "rooster"} <= set(events.names)
    speech = np.concatenate([0.5 * synthesise(text) for text in ("go to the red ball", "turn left and stop")])
    assert not any(sound.present for sound in events.detect(speech.astype(np.float32)))


def test_silence_holds_no_event() -> None:
    events = SoundEvents(load_sound_classifier("embedded"))
    looks = list(events.detect(np.zeros(6 * RATE, np.float32)))
    assert looks and not any(sound.present for sound in looks)


def test_what_is_no_classifier_of_events_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_sound_classifier(str(tmp_path))

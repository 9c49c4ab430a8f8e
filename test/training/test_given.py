from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mm_robot.sim.voices import synthesise
from mm_robot.speech.decision import Act
from mm_robot.training.given import Ears, Given, typed

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)


@pytest.fixture(scope="module")
def ears() -> Ears:
    return Ears()


def test_a_spoken_sentence_reaches_the_robot_as_it_was_heard(ears: Ears) -> None:
    assert ears.spoken("go to the red ball", 0) == typed("go to the red ball")


def test_a_spoken_stop_is_a_stop(ears: Ears) -> None:
    assert ears.spoken("stop", 0).act is Act.STOP


def test_other_speech_is_nothing(ears: Ears) -> None:
    assert ears.spoken("my sister would like a large cappuccino with oat milk", 0).act is Act.NOTHING


def test_silence_is_nothing_and_a_recording_is_heard(ears: Ears, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.zeros(48000), 48000)
    assert ears.played(path) == Given(Act.NOTHING, "")
    soundfile.write(path, 0.5 * synthesise("turn around", rate=22050), 22050)
    assert ears.played(path) == typed("turn around")

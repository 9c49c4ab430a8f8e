"""Synthetic voices speak, and say what is wrong with what they are given."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.voices import VOICES, available_voices, synthesise

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)


@needs_voice
def test_every_voice_speaks_differently() -> None:
    spoken = [synthesise("go to the red ball", voice.name, voice.speed, voice.pitch) for voice in VOICES]
    for samples in spoken:
        assert samples.dtype == np.float32
        assert 1.0 < len(samples) / 16000 < 3.0
        assert 0.1 < np.abs(samples).max() <= 1.0
    assert len({samples.tobytes() for samples in spoken}) == len(VOICES)


@needs_voice
def test_rate_and_speed_are_those_asked_for() -> None:
    normal = synthesise("turn left", rate=16000)
    assert len(synthesise("turn left", rate=48000)) == pytest.approx(3 * len(normal), rel=0.01)
    assert len(synthesise("turn left", speed=300)) < 0.8 * len(normal)


@needs_voice
def test_text_is_data_and_never_an_option(tmp_path: Path) -> None:
    target = tmp_path / "written.wav"
    assert len(synthesise(f"-w {target}")) > 0
    assert len(synthesise(f"$(touch {target}); touch {target}")) > 0
    assert not target.exists()


@needs_voice
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"text": ""}, "1 to 500"),
        ({"text": "a" * 501}, "501"),
        ({"text": "..."}, "no sound"),
        ({"text": "hello", "voice": "--help"}, "--help"),
        ({"text": "hello", "voice": "zz-none"}, "zz-none"),
        ({"text": "hello", "speed": 10}, "80 to 450"),
        ({"text": "hello", "pitch": 100}, "0 to 99"),
        ({"text": "hello", "rate": 1}, "8000 to 192000"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        synthesise(**arguments)  # type: ignore[arg-type]
    assert "\n" not in str(error.value)


@needs_voice
def test_the_voices_listed_can_speak() -> None:
    voices = available_voices()
    assert "en-us" in voices
    assert all(len(synthesise("stop", voice)) for voice in voices)


def test_a_missing_program_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match="sudo apt install espeak-ng"):
        synthesise("hello")

"""Synthetic voices speak, and say what is wrong with what they are given."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim import voices
from mm_robot.sim.voices import RECORDED_VOICES, VOICES, available_voices, synthesise

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)
needs_flite = pytest.mark.skipif(shutil.which("flite") is None, reason="no voice: run sudo apt install flite")


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
    names = available_voices()
    assert "en-us" in names
    assert all(len(synthesise("stop", name)) for name in names)


@needs_flite
def test_voices_made_from_recordings_speak_in_their_speed_and_pitch() -> None:
    spoken = [synthesise("turn left", v.name, v.speed, v.pitch) for v in RECORDED_VOICES]
    assert len({samples.tobytes() for samples in spoken}) == len(RECORDED_VOICES)
    normal, fast = (synthesise("turn left", "flite:slt", speed) for speed in (150, 300))
    assert len(fast) < 0.7 * len(normal)
    deep, high = (synthesise("turn left", "flite:slt", pitch=pitch) for pitch in (0, 99))
    assert _fundamental(deep) < 0.8 * _fundamental(high)


def _fundamental(samples: np.ndarray) -> float:
    """The strongest frequency below 500 Hz, Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / 16000)
    low = (frequencies > 60) & (frequencies < 500)
    return float(frequencies[low][spectrum[low].argmax()])


@needs_flite
def test_a_recorded_voice_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(InputError, match="flite:nobody.*flite:slt"):
        synthesise("hello", "flite:nobody")


@pytest.mark.parametrize(("voice", "package"), [("en-us", "espeak-ng"), ("flite:slt", "flite")])
def test_a_missing_program_is_said_with_its_package(
    monkeypatch: pytest.MonkeyPatch, voice: str, package: str
) -> None:
    voices._flite_voices.cache_clear()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InputError, match=f"sudo apt install {package}"):
        synthesise("hello", voice)

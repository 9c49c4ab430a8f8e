"""Sound files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from mm_robot.devices import sound_file
from mm_robot.devices.sound_file import load_sound
from mm_robot.errors import InputError


def test_a_stereo_file_of_another_rate_becomes_mono(tmp_path: Path) -> None:
    file = tmp_path / "sound.wav"
    wave = 0.5 * np.sin(2 * np.pi * 300 * np.arange(44100) / 44100)
    soundfile.write(file, np.stack([wave, np.zeros_like(wave)], axis=1), 44100)
    samples = load_sound(file, 16000)
    assert samples.dtype == np.int16
    assert samples.shape == (16000,)
    assert np.argmax(np.abs(np.fft.rfft(samples.astype(float)))) == 300
    assert np.abs(samples[1000:-1000]).max() == pytest.approx(0.25 * 32768, rel=0.02)


def test_a_file_at_the_wanted_rate_is_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "sound.wav"
    samples = np.random.default_rng(4).integers(-32768, 32768, 5000).astype(np.int16)
    soundfile.write(file, samples, 16000)
    np.testing.assert_array_equal(load_sound(file, 16000), samples)


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read \\(no such file\\); give a WAV"):
        load_sound(tmp_path / "no.wav", 16000)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not a sound" * 100])
def test_a_file_that_is_no_sound_is_an_input_error_of_one_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "sound.wav"
    file.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read") as error:
        load_sound(file, 16000)
    assert "\n" not in str(error.value)


def test_an_empty_and_a_long_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "sound.wav"
    soundfile.write(file, np.zeros(0), 16000)
    with pytest.raises(InputError, match="holds no sound"):
        load_sound(file, 16000)
    soundfile.write(file, np.zeros(32000), 16000)
    monkeypatch.setattr(sound_file, "LONGEST", 1.0)
    with pytest.raises(InputError, match="2 s were given; allowed is up to 1 s"):
        load_sound(file, 16000)

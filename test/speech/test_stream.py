"""Blocks of any rate become one stream at 16 kHz with a clock."""

from __future__ import annotations

import numpy as np
import pytest

from mm_robot.speech.base import RATE
from mm_robot.speech.stream import Stream
from mm_robot.types import FloatArray


def tone(rate: int, seconds: float = 2.0) -> FloatArray:
    """A tone of 440 Hz."""
    return np.sin(2 * np.pi * 440 * np.arange(round(rate * seconds)) / rate).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
def test_every_rate_becomes_16_khz(rate: int) -> None:
    stream, length = Stream(), rate // 20
    sound = tone(rate)
    pieces = [stream.add(sound[i : i + length], rate, i / rate)[0] for i in range(0, len(sound), length)]
    heard = np.concatenate(pieces)
    assert abs(len(heard) - 2 * RATE) < 0.05 * RATE
    spectrum = np.abs(np.fft.rfft(heard[:RATE]))
    assert np.argmax(spectrum) == 440


def test_a_short_gap_is_filled_with_silence_and_a_long_one_begins_anew() -> None:
    stream = Stream()
    block = np.ones(160, np.float32)
    assert stream.add(block, RATE, 0.01)[1]
    samples, anew = stream.add(block, RATE, 0.03, missing=160)
    assert not anew
    assert samples.tolist() == [0.0] * 160 + [1.0] * 160
    samples, anew = stream.add(block, RATE, 9.0, missing=5 * RATE)
    assert anew
    assert len(samples) == 160


def test_another_rate_begins_anew() -> None:
    stream = Stream()
    stream.add(tone(48000), 48000, 1.0)
    assert stream.add(tone(16000), 16000, 2.0)[1]


def test_the_clock_follows_the_least_delayed_block() -> None:
    stream = Stream()
    block = np.zeros(320, np.float32)
    delays = np.random.default_rng(0).uniform(0.0, 0.2, 100)
    delays[50] = 0.0
    for number, delay in enumerate(delays):
        stream.add(block, RATE, 100.0 + (number + 1) * 0.02 + delay)
    assert stream.time_of(0) == pytest.approx(100.0, abs=0.001)
    assert stream.time_of(RATE) == pytest.approx(101.0, abs=0.001)

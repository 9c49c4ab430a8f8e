"""Sound conversion: nothing is lost, nothing is doubled, and gaps are numbered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mm_robot.devices.sound_blocks import SoundBlocks, to_int16


def tone(seconds: float, rate: int, frequency: float = 440.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


@given(sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=40), first=st.integers(0, 2**33))
@settings(deadline=None)
def test_at_the_same_rate_every_sample_comes_once_in_order(sizes: list[int], first: int) -> None:
    sound = np.random.default_rng(3).uniform(-1, 1, sum(sizes)).astype(np.float32)
    blocks = SoundBlocks(16000, 16000, 512, first)
    out = [block for piece in np.split(sound, np.cumsum(sizes)[:-1]) for block in blocks.add(piece)]
    heard = np.concatenate([block.samples for block in out]) if out else np.zeros(0, np.int16)
    np.testing.assert_array_equal(heard, to_int16(sound)[: len(heard)])
    assert len(sound) - len(heard) < 512
    assert [block.first_sample for block in out] == [first + 512 * i for i in range(len(out))]
    assert all(len(block.samples) == 512 for block in out)


@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_another_rate_is_converted_and_keeps_pitch_and_loudness(rate: int) -> None:
    blocks = SoundBlocks(rate, 16000, 512)
    sound = tone(2.0, rate)
    out = [block for piece in np.array_split(sound, 37) for block in blocks.add(piece)]
    heard = np.concatenate([block.samples for block in out]).astype(float) / 32768
    assert len(heard) == pytest.approx(32000, abs=1600)
    spectrum = np.abs(np.fft.rfft(heard[4000:20000] * np.hanning(16000)))
    assert np.argmax(spectrum) == pytest.approx(440, abs=1)
    assert np.sqrt((heard[4000:20000] ** 2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_a_gap_is_seen_in_the_index_and_nothing_before_it_is_lost() -> None:
    blocks = SoundBlocks(48000, 16000, 512)
    out = blocks.add(tone(0.5, 48000)) + blocks.add(tone(0.5, 48000), missing=4800)
    sizes = [len(block.samples) for block in out]
    ends = [block.first_sample + len(block.samples) for block in out]
    gaps = [block.first_sample - end for block, end in zip(out[1:], ends[:-1], strict=True)]
    assert sorted(gaps)[-1] == 1600
    assert sum(gap != 0 for gap in gaps) == 1
    before = gaps.index(1600) + 1
    assert sum(sizes[:before]) == pytest.approx(8000, abs=2)


def test_loud_sound_is_clipped_and_does_not_wrap() -> None:
    np.testing.assert_array_equal(
        to_int16(np.array([2.0, -2.0, 1.0, 0.0], np.float32)), [32767, -32768, 32767, 0]
    )

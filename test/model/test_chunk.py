from __future__ import annotations

import math

import numpy as np
import pytest

from mm_robot.model.chunk import ChunkPlayback

ROWS = np.array([[0.1, 0.0], [0.2, -0.5], [0.3, 1.0]], np.float32)


def test_each_row_lasts_one_period_and_then_nothing_is_due() -> None:
    playback = ChunkPlayback(period=0.1)
    playback.load(ROWS, start=5.0)
    due = [playback.command(5.0 + 0.05 * tick) for tick in range(7)]
    assert [None if row is None else round(row[0], 3) for row in due] == [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, None]


def test_nothing_is_due_before_the_start_or_without_a_chunk() -> None:
    playback = ChunkPlayback()
    assert playback.command(0.0) is None
    playback.load(ROWS, start=2.0)
    assert playback.command(1.9) is None


def test_a_newer_chunk_replaces_the_older_one() -> None:
    playback = ChunkPlayback(period=0.1)
    playback.load(ROWS, start=0.0)
    playback.load(ROWS[2:], start=0.05)
    assert playback.command(0.06) == pytest.approx((0.3, 1.0))


def test_a_cleared_chunk_is_not_played() -> None:
    playback = ChunkPlayback()
    playback.load(ROWS, start=0.0)
    playback.clear()
    assert playback.command(0.0) is None


def test_changing_the_array_afterwards_changes_nothing() -> None:
    playback = ChunkPlayback()
    rows = ROWS.copy()
    playback.load(rows, start=0.0)
    rows[:] = 9.0
    assert playback.command(0.0) == pytest.approx((0.1, 0.0))


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_values_that_are_not_finite_are_refused_and_drop_the_old_chunk(value: float) -> None:
    playback = ChunkPlayback()
    playback.load(ROWS, start=0.0)
    broken = ROWS.copy()
    broken[1, 1] = value
    with pytest.raises(ValueError, match="finite"):
        playback.load(broken, start=0.0)
    assert playback.command(0.0) is None


@pytest.mark.parametrize("shape", [(0, 2), (3, 3), (2,), (1, 2, 2)])
def test_a_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        ChunkPlayback().load(np.zeros(shape, np.float32), start=0.0)


@pytest.mark.parametrize("huge", [1e30, -21.0])
def test_a_huge_value_is_refused_not_clamped(huge: float) -> None:
    playback = ChunkPlayback()
    playback.load(ROWS, start=0.0)
    with pytest.raises(ValueError, match="beyond 20"):
        playback.load(np.array([[0.1, 0.0], [huge, 0.0]], np.float32), start=0.0)
    assert playback.command(0.0) is None

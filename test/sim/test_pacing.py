"""Pacing against a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.sim.pacing import LARGEST_BACKLOG, Beat, Pacer


@pytest.mark.parametrize("factor", [0.5, 1.0, 4.0])
def test_simulated_time_runs_at_the_factor(factor: float) -> None:
    pacer, simulated, now = Pacer(factor, 10.0, 100.0), 10.0, 100.0
    for _ in range(500):
        simulated += 0.01
        now += pacer.wait(simulated, now)
    assert now - 100.0 == pytest.approx(5.0 / factor)
    assert pacer.achieved(simulated, now) == pytest.approx(factor)


def test_a_short_delay_is_caught_up() -> None:
    pacer = Pacer(1.0, 0.0, 0.0)
    assert pacer.wait(0.01, 0.08) == 0.0
    assert pacer.wait(0.09, 0.085) == pytest.approx(0.005)


def test_a_long_delay_is_accepted() -> None:
    pacer = Pacer(1.0, 0.0, 0.0)
    late = 0.01 + 2 * LARGEST_BACKLOG
    assert pacer.wait(0.01, late) == 0.0
    assert pacer.wait(0.02, late) == pytest.approx(0.01)


def test_the_achieved_factor_tells_of_a_slow_simulation() -> None:
    pacer = Pacer(1.0, 0.0, 0.0)
    assert pacer.achieved(0.5, 1.0) == pytest.approx(0.5)
    assert pacer.achieved(1.5, 2.0) == pytest.approx(1.0)


def test_the_pace_is_not_judged_just_after_a_restart() -> None:
    pacer = Pacer(1.0, 0.0, 0.0)
    pacer.restart(0.0, 1.0)
    assert pacer.achieved(0.0, 1.01) is None
    assert pacer.achieved(1.0, 2.0) == pytest.approx(1.0)


def test_after_a_pause_nothing_is_caught_up() -> None:
    pacer = Pacer(1.0, 0.0, 0.0)
    pacer.restart(0.0, 60.0)
    assert pacer.wait(0.01, 60.0) == pytest.approx(0.01)


@given(rate=st.floats(1, 100), ticks=st.integers(1, 2000), start=st.floats(0, 1e5))
def test_a_beat_comes_at_its_rate(rate: float, ticks: int, start: float) -> None:
    beat = Beat(rate)
    beats = sum(beat.due(start + tick * 0.01) for tick in range(ticks))
    assert abs(beats - (1 + (ticks - 1) * 0.01 * rate)) <= 1.01


def test_missed_beats_come_once() -> None:
    beat = Beat(10.0)
    assert beat.due(0.0)
    assert not beat.due(0.05)
    assert beat.due(0.73)
    assert not beat.due(0.75)
    assert beat.due(0.81)

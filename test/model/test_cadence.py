from __future__ import annotations

import pytest

from mm_robot.model.cadence import Rate, Spread


def test_rate_counts_intervals_in_the_window() -> None:
    rate = Rate(window=2.0)
    for tick in range(100):
        rate.tick(tick * 0.1)
    assert rate.per_second(9.9) == pytest.approx(10.0)


def test_rate_falls_to_zero_when_events_stop() -> None:
    rate = Rate(window=1.0)
    rate.tick(0.0)
    rate.tick(0.1)
    assert rate.per_second(5.0) == 0.0


def test_spread_gives_percentiles_of_the_latest_samples() -> None:
    spread = Spread(size=100)
    assert spread.percentile(50) is None
    for sample in range(200):
        spread.add(float(sample))
    assert spread.percentile(50) == pytest.approx(149.5)
    assert spread.percentile(95) == pytest.approx(194.05)
    spread.clear()
    assert spread.percentile(50) is None

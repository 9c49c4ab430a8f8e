"""What is read from the course of a soak."""

from __future__ import annotations

import pytest

from mm_robot.faults.soak import Course


def test_growth_is_the_slope_after_the_warm_up() -> None:
    times = [36.0 * number for number in range(100)]
    warming = [200.0 + min(number, 15) for number in range(100)]
    leaking = [100.0 + 0.05 * number for number in range(100)]
    growth = Course(times, {"policy": warming, "speech": leaking}).growth()
    assert growth["policy"] == pytest.approx(0.0, abs=1e-6)
    assert growth["speech"] == pytest.approx(5.0)


def test_slowdown_compares_the_last_third_with_the_first() -> None:
    assert Course(ages=[900.0] * 20 + [50.0] * 80).slowdown() == pytest.approx(1.0)
    assert Course(ages=[50.0] * 50 + [100.0] * 50).slowdown() == pytest.approx(2.0)

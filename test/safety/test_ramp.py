"""Changes of speed stay within acceleration, jerk and braking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.safety.ramp import ramp

ACCELERATION, BRAKING, JERK = 1.0, 2.0, 10.0
PERIOD = 0.02
speeds = st.floats(-2, 2)
gains = st.floats(0, ACCELERATION)


def step(present: float, gain: float, wanted: float, seconds: float = PERIOD) -> tuple[float, float]:
    return ramp(present, gain, wanted, acceleration=ACCELERATION, braking=BRAKING, jerk=JERK, seconds=seconds)


@pytest.mark.parametrize(
    ("present", "wanted", "expected"),
    [
        (0.0, 1.0, 0.1),
        (0.0, -1.0, -0.1),
        (0.5, 0.0, 0.3),
        (-0.5, 0.0, -0.3),
        (0.5, -0.5, 0.3),
        (0.1, -0.5, 0.0),
        (0.5, 0.55, 0.55),
        (0.3, 0.3, 0.3),
    ],
)
def test_speeds_up_gently_and_brakes_harder(present: float, wanted: float, expected: float) -> None:
    assert step(present, ACCELERATION, wanted, 0.1)[0] == pytest.approx(expected)


@given(speeds, gains, speeds, st.floats(0, 0.2))
def test_never_leaves_the_span_between_present_and_wanted(
    present: float, gain: float, wanted: float, seconds: float
) -> None:
    result, after = step(present, gain, wanted, seconds)
    assert min(present, wanted) <= result <= max(present, wanted)
    assert abs(result) - abs(present) <= ACCELERATION * seconds + 1e-12
    assert abs(result - present) <= BRAKING * seconds + 1e-12
    assert 0.0 <= after <= min(ACCELERATION, gain + JERK * seconds)


@given(speeds, gains, speeds)
def test_a_stop_is_braked_fully_from_the_first_moment_whatever_the_gain(
    present: float, gain: float, wanted: float
) -> None:
    if abs(wanted) >= abs(present) and wanted * present >= 0:
        wanted = 0.0
    goal = wanted if wanted * present >= 0 else 0.0
    result, after = step(present, gain, wanted)
    assert abs(present - result) == pytest.approx(min(abs(present - goal), BRAKING * PERIOD))
    assert after == 0.0


@given(speeds, speeds)
def test_arrives_at_what_is_wanted(present: float, wanted: float) -> None:
    gain = 0.0
    for _ in range(400):
        present, gain = step(present, gain, wanted)
    assert present == pytest.approx(wanted, abs=1e-6)


def test_the_gain_sets_in_and_fades_smoothly() -> None:
    speed = gain = 0.0
    gains = []
    while speed < 0.5:
        speed, gain = step(speed, gain, 0.5)
        gains.append(gain)
    assert gains[0] == pytest.approx(JERK * PERIOD)
    assert max(gains) == pytest.approx(ACCELERATION)
    assert max(b - a for a, b in zip(gains, gains[1:], strict=False)) <= JERK * PERIOD + 1e-9
    assert gains[-1] < ACCELERATION / 2

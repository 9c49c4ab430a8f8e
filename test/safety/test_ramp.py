"""Changes of speed stay within acceleration and braking."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.safety.ramp import ramp

speeds = st.floats(-2, 2)


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
    assert ramp(present, wanted, acceleration=1.0, braking=2.0, seconds=0.1) == pytest.approx(expected)


@given(speeds, speeds, st.floats(0, 0.2))
def test_never_leaves_the_span_between_present_and_wanted(
    present: float, wanted: float, seconds: float
) -> None:
    result = ramp(present, wanted, 1.0, 2.0, seconds)
    assert min(present, wanted) <= result <= max(present, wanted)
    assert abs(result - present) <= 2.0 * seconds + 1e-12


@given(speeds, speeds)
def test_arrives_at_what_is_wanted(present: float, wanted: float) -> None:
    for _ in range(100):
        present = ramp(present, wanted, 1.0, 2.0, 0.1)
    assert present == pytest.approx(wanted)

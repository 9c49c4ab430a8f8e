from __future__ import annotations

import math

import pytest

from mm_robot.model.amount import Amount, read_amount


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("turn left ninety degrees", math.pi / 2, "rad"),
        ("turn 45° right", math.pi / 4, "rad"),
        ("turn left 1.57 rad", 1.57, "rad"),
        ("turn one hundred eighty degrees", math.pi, "rad"),
        ("go forward two metres", 2.0, "m"),
        ("go forward two and a half metres", 2.5, "m"),
        ("move back half a meter", 0.5, "m"),
        ("go forward a metre", 1.0, "m"),
        ("drive 30 cm back", 0.3, "m"),
        ("turn right by 120", 120.0, ""),
    ],
)
def test_numbers_are_read_in_si_units(text: str, value: float, unit: str) -> None:
    amount = read_amount(text)
    assert amount is not None
    assert (amount.value, amount.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize("text", ["go to the red ball", "turn around", "", "what do you see?"])
def test_no_number_is_no_amount(text: str) -> None:
    assert read_amount(text) is None


def test_an_amount_with_a_unit_counts_before_one_without() -> None:
    assert read_amount("in 2 steps turn 90 degrees") == Amount(pytest.approx(math.pi / 2), "rad")

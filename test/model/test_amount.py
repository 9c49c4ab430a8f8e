from __future__ import annotations

import math

import pytest

from mm_robot.model.amount import Amount, read_amounts


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
    (amount,) = read_amounts(text)
    assert (amount.value, amount.unit) == (pytest.approx(value), unit)


@pytest.mark.parametrize("text", ["go to the red ball", "turn around", "", "what do you see?"])
def test_no_number_is_no_amount(text: str) -> None:
    assert read_amounts(text) == ()


def test_all_numbers_are_read_in_their_order() -> None:
    assert read_amounts("go forward one metre, then turn 90 degrees, then wait 3") == (
        Amount(1.0, "m"),
        Amount(pytest.approx(math.pi / 2), "rad"),
        Amount(3.0, ""),
    )

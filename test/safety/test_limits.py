"""The limits of the gate and their check."""

from __future__ import annotations

import dataclasses
import math

import pytest

from mm_robot.errors import ConfigError
from mm_robot.safety.limits import Limits

NUMBERS = [field.name for field in dataclasses.fields(Limits) if field.name != "on_stale_scan"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1])
def test_a_limit_that_is_no_finite_positive_number_is_refused(
    limits: Limits, name: str, value: float
) -> None:
    with pytest.raises(ConfigError, match=name):
        dataclasses.replace(limits, **{name: value})


def test_zero_is_a_speed_limit_but_no_braking(limits: Limits) -> None:
    assert dataclasses.replace(limits, max_linear=0.0).max_linear == 0.0
    with pytest.raises(ConfigError, match="linear_braking"):
        dataclasses.replace(limits, linear_braking=0.0)


def test_what_to_do_without_eyes_is_one_of_three(limits: Limits) -> None:
    with pytest.raises(ConfigError, match="one of stop, creep, ignore"):
        dataclasses.replace(limits, on_stale_scan="panic")

"""The check that every parameter value passes."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mm_robot.errors import ConfigError
from mm_robot.specification import Parameter

SPEED = Parameter("speed", float, "a speed", "m/s", 0, 2)
COUNT = Parameter("count", int, "a count", low=1)
MODE = Parameter("mode", str, "a mode", choices=("slow", "fast"))
WEIGHTS = Parameter("weights", list[float], "weights", low=0)
WORDS = Parameter("words", list[str], "words")
SWITCH = Parameter("switch", bool, "a switch")


@pytest.mark.parametrize(
    ("parameter", "given", "taken"),
    [
        (SPEED, 1, 1.0),
        (SPEED, 2.0, 2.0),
        (COUNT, 7, 7),
        (MODE, "fast", "fast"),
        (WEIGHTS, [1, 0.5], [1.0, 0.5]),
        (WORDS, ("a", "b"), ["a", "b"]),
        (WORDS, [], []),
        (SWITCH, False, False),
    ],
)
def test_an_allowed_value_is_taken_in_its_own_kind(parameter: Parameter, given: Any, taken: Any) -> None:
    result = parameter.check(given)
    assert result == taken and type(result) is type(taken)


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        (SPEED, 2.1),
        (SPEED, -0.1),
        (SPEED, math.nan),
        (SPEED, math.inf),
        (SPEED, "1"),
        (SPEED, True),
        (SPEED, None),
        (COUNT, 0),
        (COUNT, 1.0),
        (COUNT, False),
        (MODE, "Fast"),
        (MODE, 1),
        (WEIGHTS, [1.0, -1.0]),
        (WEIGHTS, 1.0),
        (WEIGHTS, [1.0, "a"]),
        (WORDS, "ab"),
        (WORDS, [1]),
        (SWITCH, 1),
        (SWITCH, "true"),
    ],
)
def test_any_other_value_is_refused_with_key_value_and_what_is_allowed(
    parameter: Parameter, given: Any
) -> None:
    with pytest.raises(ConfigError) as caught:
        parameter.check(given)
    message = str(caught.value)
    assert parameter.key in message and repr(given) in message and parameter.allowed() in message


def test_what_is_allowed_is_told_with_range_and_unit() -> None:
    assert SPEED.allowed() == "a number from 0 to 2 (m/s)"
    assert COUNT.allowed() == "an integer of at least 1"
    assert MODE.allowed() == "one of slow, fast"

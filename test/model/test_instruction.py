from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.errors import InputError
from mm_robot.model.instruction import MAX_LENGTH, validate_instruction


@pytest.mark.parametrize(
    "text", ["go to the red ball", " geh zum roten Würfel\n", "去红球那里", "перейди к мячу"]
)
def test_plain_text_of_any_language_is_taken_without_surrounding_space(text: str) -> None:
    assert validate_instruction(text) == text.strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \t\n", "empty"),
        ("x" * (MAX_LENGTH + 1), "201 characters"),
        ("go\x00on", "unprintable"),
        ("go\nto", "unprintable"),
        ("\u202ego", "unprintable"),
        ("go \ufffd", "UTF-8"),
        ("go \ud800", "UTF-8"),
    ],
)
def test_a_wrong_instruction_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        validate_instruction(text)
    assert "\n" not in str(error.value)


@given(st.text())
def test_whatever_passes_can_be_sent_and_printed(text: str) -> None:
    try:
        instruction = validate_instruction(text)
    except InputError:
        return
    assert 0 < len(instruction) <= MAX_LENGTH
    assert instruction.isprintable()
    assert instruction.encode("utf-8").decode("utf-8") == instruction

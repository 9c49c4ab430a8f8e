"""What counts as an instruction at all, before any model sees it."""

from __future__ import annotations

from mm_robot.errors import InputError

MAX_LENGTH = 200
REPLACEMENT = "\ufffd"  # what a decoder leaves behind where the bytes were not UTF-8


def validate_instruction(text: str) -> str:
    """Return the instruction without surrounding space.

    Raises:
        InputError: it is empty, longer than ``MAX_LENGTH`` characters, not valid UTF-8, or
            holds characters that cannot be printed.
    """
    stripped = text.strip()
    if not stripped:
        raise InputError("the instruction is empty; give a sentence such as 'go to the red ball'")
    if len(stripped) > MAX_LENGTH:
        raise InputError(f"the instruction has {len(stripped)} characters; at most {MAX_LENGTH} are allowed")
    if REPLACEMENT in stripped or any("\ud800" <= letter <= "\udfff" for letter in stripped):
        raise InputError("the instruction is not valid UTF-8; send the sentence as UTF-8 text")
    for letter in stripped:
        if not letter.isprintable():
            raise InputError(
                f"the instruction holds the unprintable character {letter!r}; send one line of plain text"
            )
    return stripped

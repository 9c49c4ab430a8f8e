"""Reads "… stop if you hear a dog" in an instruction: what to do, and the sound that ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_HEAR = r"(?:you|we|i)\s+(?:can\s+)?hear\s+(?P<sound>[\w' -]+?)"
_WHEN = r"(?:if|when|whenever|once|in case|as soon as|the moment|should)"
_AT_ONCE = r"(?:\s+(?:there|at once|immediately|moving|still))?"
_STOP = rf"(?:please\s+)?(?:stop|halt|freeze|wait|stand still|stand|stay){_AT_ONCE}"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<task>.+?)[,;.]?\s+(?:(?:and|but|then)\s+)*{_STOP}\s+{_WHEN}\s+{_HEAR}[.!]*",
        rf"(?P<task>.+?)[,;.]?\s+(?:and|but|then)?\s*{_WHEN}\s+{_HEAR},?\s+(?:then\s+)?{_STOP}[.!]*",
        rf"(?P<task>.+?),?\s+(?:until|till|unless)\s+{_HEAR}[.!]*",
        rf"{_STOP}\s+{_WHEN}\s+{_HEAR}[,;]\s+(?:and|but|otherwise)?\s*(?P<task>.+)",
        rf"{_WHEN}\s+{_HEAR},?\s+(?:then\s+)?{_STOP}[,;]\s+(?:and|but|otherwise)?\s*(?P<task>.+)",
        rf"(?:until|till)\s+{_HEAR},\s+(?P<task>.+)",
    )
)
_FILLERS = frozenset(
    (
        "a",
        "an",
        "the",
        "any",
        "some",
        "something",
        "someone",
        "somebody",
        "sound",
        "noise",
        "of",
        "like",
        "my",
    )
)
_ENDINGS = ("ing", "es", "s")
_SHORTEST_STEM = 3


class Conditional(NamedTuple):
    """An instruction's ``task``, and the ``sound`` at which it ends, both in the words that were used."""

    task: str
    sound: str


def read_condition(text: str) -> Conditional | None:
    """The condition of an instruction; None where it has none."""
    for form in _FORMS:
        if found := form.fullmatch(text.strip()):
            return Conditional(found["task"].strip(" ,;"), found["sound"].strip())
    return None


def matching_sound(said: str, names: Sequence[str]) -> str | None:
    """Which of the sounds is meant, as ``dog_bark`` by "a barking dog"; None where a word fits none of them.

    Every word that is said has to be one of the sound's name, in whatever form.
    """
    words = [_stem(word) for word in re.findall(r"[a-z']+", said.lower()) if word not in _FILLERS]
    for name in names:
        known = {_stem(word) for word in re.split(r"[^a-z]+", name.lower()) if word}
        if words and all(word in known for word in words):
            return name
    return None


def _stem(word: str) -> str:
    """What "cry", "cries" and "crying" have in common, and "wave" and "waves"."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word[: -len(ending)]
            break
    return word[:-1] + "i" if word.endswith("y") else word.removesuffix("e")

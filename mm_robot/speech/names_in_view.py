"""Corrects what was heard by what is in view: a "blue mall" where a blue ball is to be seen was a blue ball.

A recogniser of free speech takes the words of a small world for more common ones that sound alike. What it
heard is compared with the names of the things in view by their phones, as in a noisy channel (Shannon 1948)
whose sentences are those about things in view.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import NamedTuple

from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES
from mm_robot.errors import InputError
from mm_robot.speech.base import STOP_WORDS
from mm_robot.speech.phonetics import Phones, apart, pronunciations

_WORD = re.compile(r"[a-z']+")
_BEFORE_THINGS = frozenset(["the", "a", "an", "that", "this", "my"])
_THINGS = frozenset(
    word
    for names in (COLOUR_NAMES, SHAPE_NAMES)
    for row in names.items()
    for word in " ".join((row[0], *row[1])).split()
)
"""Words for things, which are taken as they are."""
_MOST_WORDS = 4
"""That a name of two words may have been heard as."""
_APART_EACH, _APART = 0.2, 2.0
"""How far apart, for each phone of a name and as a whole, what was heard may be from it."""
_APART_NOUN = 0.6
"""How far a single word after an article may be from the last word of a name."""
_SECONDS = 20.0
"""For which a thing that is out of view counts as in view: the robot turns while people talk."""
_LONGEST_TEXT, _MOST_NAMES, _LONGEST_NAME = 65536, 64, 60


class NamesInView:
    """The names of what is or lately was in view. Times are seconds of one clock."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def see(self, labels: str, now: float) -> None:
        """Take in what ``scene/labels`` carries: JSON with ``labels``, each with a ``name``.

        Raises:
            InputError: it is no such JSON, or too much of it.
        """
        seen = self._seen | dict.fromkeys(_names(labels), now)
        latest = sorted(seen, key=lambda name: -seen[name])[:_MOST_NAMES]
        self._seen = {name: seen[name] for name in latest if now - seen[name] <= _SECONDS}

    def at(self, now: float) -> tuple[str, ...]:
        """Those that count."""
        return tuple(name for name, seen in self._seen.items() if now - seen <= _SECONDS)


def _names(labels: str) -> list[str]:
    if len(labels) > _LONGEST_TEXT:
        raise InputError(f"labels: {len(labels)} characters were given; at most {_LONGEST_TEXT} are read")
    try:
        names = [label["name"] for label in json.loads(labels)["labels"]]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InputError(f"labels: not the JSON of scene/labels ({type(error).__name__})") from None
    if len(names) > _MOST_NAMES or not all(isinstance(n, str) and 0 < len(n) <= _LONGEST_NAME for n in names):
        raise InputError(
            f"labels: at most {_MOST_NAMES} names of 1 to {_LONGEST_NAME} letters are read, got {len(names)}"
        )
    return names


class _Correction(NamedTuple):
    apart: float
    name: str
    words: int


def corrected(text: str, names: Collection[str]) -> str:
    """``text`` with the ``names`` of things in view, such as "red ball", where it sounds like them.

    Words that name things are never changed for others; words that mean a stop, and such as the dictionary
    lacks, are left alone.
    """
    places = list(_WORD.finditer(text.lower()))
    words = [place.group() for place in places]
    parts, end, index = [], 0, 0
    while index < len(words):
        found = _best(words, index, names)
        if found is None:
            index += 1
            continue
        first, last = places[index], places[index + found.words - 1]
        parts += [text[end : first.start()], found.name]
        end, index = last.end(), index + found.words
    return "".join([*parts, text[end:]])


def _best(words: list[str], index: int, names: Collection[str]) -> _Correction | None:
    """The name that the words from ``index`` on sound most like, if they do and are not it."""
    if words[index] in _BEFORE_THINGS:
        return None
    in_view = [name.lower().split() for name in names]
    whole = [name for name in in_view if len(name) > 1]
    most = min(_MOST_WORDS, len(words) - index)
    found = [each for count in range(2, most + 1) for each in _alike(words[index : index + count], whole)]
    if index > 0 and words[index - 1] in _BEFORE_THINGS and words[index + 1 : index + 2] != ["of"]:
        found += _alike(words[index : index + 1], [name[-1:] for name in in_view])
    return min(found, default=None)


def _alike(heard: list[str], names: Collection[list[str]]) -> list[_Correction]:
    """The names that what was heard sounds like, and is not."""
    sound = _phones(heard)
    if sound is None or _THINGS.issuperset(heard) or not set(STOP_WORDS).isdisjoint(heard):
        return []
    found = []
    for name in names:
        phones = _phones(name)
        if phones is None or name == heard:
            continue
        most = _APART_NOUN if len(heard) == 1 else min(_APART, _APART_EACH * len(phones))
        if (far := apart(sound, phones)) <= most:
            found.append(_Correction(far, " ".join(name), len(heard)))
    return found


def _phones(words: list[str]) -> Phones | None:
    known = pronunciations()
    if not all(word in known for word in words):
        return None
    return tuple(phone for word in words for phone in known[word])

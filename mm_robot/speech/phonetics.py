"""How English words are pronounced, and how much alike two pronunciations sound."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from pocketsphinx import get_model_path

Phones = tuple[str, ...]
"""ARPAbet phones, without stress."""

_VOWELS = frozenset(
    ["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"]
)
_ALIKE = [
    frozenset(phones.split(" "))
    for phones in (
        *("P B M F V W", "T D N L R S Z TH DH SH ZH CH JH", "K G NG HH Y"),
        *("P B M", "T D N L", "K G NG", "M N NG", "B D G", "P T K", "L R W Y"),
        *("F TH S SH", "V DH Z ZH", "CH JH SH ZH"),
        *("IY IH EY EH AE", "AA AO AH AE AW", "UW UH OW AO", "OW AO AW", "ER AH R"),
        *("AY EY IY", "AY AE AH AA", "AH IH EH UH"),
    )
]
"""Phones said at the same place of the mouth, or in the same manner."""
_BY_LIKENESS = (1.0, 0.7, 0.5, 0.4)
"""What it costs to take one phone for another, by how many of those groups they share."""
_VOWEL_FOR_CONSONANT = 1.4
_WEAK = frozenset(["AH", "IH", "HH", "R", "T", "D", "L"])
_WEAK_LOST, _LOST = 0.6, 0.9
"""What it costs to drop or to add a phone."""


@functools.cache
def pronunciations() -> Mapping[str, Phones]:
    """The most common pronunciation of each word of the CMU dictionary, in small letters."""
    text = Path(get_model_path("en-us/cmudict-en-us.dict")).read_text(encoding="utf-8")
    entries = (line.split() for line in text.splitlines())
    return {word: tuple(phones) for word, *phones in entries if not word.endswith(")")}


def apart(first: Sequence[str], second: Sequence[str]) -> float:
    """How far apart two sequences of phones sound: the least cost of turning one into the other
    (Levenshtein 1966), about one for each phone that is quite another; the same both ways.
    """
    costs = np.zeros((len(first) + 1, len(second) + 1))
    costs[1:, 0] = np.cumsum([_lost(phone) for phone in first])
    costs[0, 1:] = np.cumsum([_lost(phone) for phone in second])
    for i, one in enumerate(first, 1):
        for j, other in enumerate(second, 1):
            costs[i, j] = min(
                costs[i - 1, j] + _lost(one),
                costs[i, j - 1] + _lost(other),
                costs[i - 1, j - 1] + _mistaken(one, other),
            )
    return float(costs[-1, -1])


def _lost(phone: str) -> float:
    return _WEAK_LOST if phone in _WEAK else _LOST


@functools.cache
def _mistaken(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if (one in _VOWELS) != (other in _VOWELS):
        return _VOWEL_FOR_CONSONANT
    shared = sum(one in group and other in group for group in _ALIKE)
    return _BY_LIKENESS[min(shared, len(_BY_LIKENESS) - 1)]

"""Reads the numbers of an instruction with their units; which counts, and for what, the model decides."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from text_to_num import alpha2digit

_UNITS = {
    "rad": ("rad", 1.0),
    "radian": ("rad", 1.0),
    "degree": ("rad", math.pi / 180),
    "deg": ("rad", math.pi / 180),
    "°": ("rad", math.pi / 180),
    "m": ("m", 1.0),
    "meter": ("m", 1.0),
    "metre": ("m", 1.0),
    "cm": ("m", 0.01),
    "centimeter": ("m", 0.01),
    "centimetre": ("m", 0.01),
    "foot": ("m", 0.3048),
    "feet": ("m", 0.3048),
    "ft": ("m", 0.3048),
    "inch": ("m", 0.0254),
    "inche": ("m", 0.0254),
}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(°|[a-z]+)?")
_HALF = re.compile(r"\bhalf\s+(?:a|an)\s+(?=(?:met(?:er|re)|foot)s?\b)")
_AND_A_HALF = re.compile(r"(\d+)\s+and\s+(?:a|0\.5)\s+half\s+(?=[a-z])")


@dataclass(frozen=True)
class Amount:
    """``value`` in ``unit``: ``rad``, ``m``, or empty where the sentence names no unit."""

    value: float
    unit: str


def read_amounts(text: str) -> tuple[Amount, ...]:
    """The numbers of a sentence in their order, with their units, in SI.

    Number words are read by the library text2num.
    """
    text = _HALF.sub("0.5 ", text.lower())
    text = alpha2digit(text, "en", threshold=0)
    text = _AND_A_HALF.sub(lambda match: f"{match.group(1)}.5 ", text)
    text = re.sub(r"\b(?:a|an|one)\s+(?=(?:met(?:er|re)|foot)\b)", "1 ", text)
    amounts = []
    for match in _NUMBER.finditer(text):
        value = float(match.group(1))
        word = match.group(2) or ""
        unit, scale = _UNITS.get(word, _UNITS.get(word.removesuffix("s"), ("", 1.0)))
        amounts.append(Amount(value * scale, unit))
    return tuple(amounts)

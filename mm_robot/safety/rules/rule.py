"""What a rule is, and the pieces that the rules of all languages are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Offence(str, Enum):
    """What is wrong with a forbidden instruction, as it is told to the person."""

    LIVING = "it could harm a person or an animal"
    THINGS = "it could damage things"
    ITSELF = "it could damage the robot itself"
    EVASION = "it asks to switch off or evade limits, the stop or sensors"
    FRIGHT = "it asks to stalk, spy on or frighten somebody"


@dataclass(frozen=True)
class Rule:
    """A pattern of folded text that means an offence, unless ``negation`` matches just before it.

    The negation may look at the first word of what was found, too: "stop pushing" differs from "stop, push".
    """

    offence: Offence
    pattern: re.Pattern[str]
    negation: re.Pattern[str]

    def broken_by(self, text: str) -> bool:
        """Whether folded text breaks the rule."""
        for found in self.pattern.finditer(text):
            first_word = found.group().split(" ")[0]
            if not self.negation.search(text[: found.start() + len(first_word)]):
                return True
        return False


def rules(
    negation: str, apart: str, words: Mapping[str, str], patterns: Mapping[Offence, tuple[str, ...]]
) -> tuple[Rule, ...]:
    """Make the rules of a language.

    Args:
        negation: what makes a sentence sensible when it stands just before the forbidden words.
        apart: words that part a verb from what it does not act on, such as "to" in "push the box to the man".
        words: name -> alternatives; ``NAME`` in angle brackets stands for them in the patterns.
        patterns: offence -> patterns, in which ``~`` stands for up to four words, none of them ``apart``.
    """
    before = re.compile(rf"\b(?:{_filled(negation, words)})[a-z0-9]+$")
    gap = rf"(?:[ |]+(?!(?:{apart})\b)[a-z0-9]+){{0,4}}?[ |]+"
    made = []
    for offence, lines in patterns.items():
        for line in lines:
            pattern = _filled(line, words).replace("~", gap)
            made.append(Rule(offence, re.compile(rf"\b(?:{pattern})"), before))
    return tuple(made)


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    for name, alternatives in words.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{'|'.join(alternatives.split())})")
    return pattern

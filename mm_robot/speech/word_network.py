"""Which words may follow each other, and how probably: what a search for words in sound goes through."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.speech.automaton import WAKE_WORD_SHARE, Automaton, words_to_wake

PAIRS_FILE = Path(__file__).parent.parent / "assets" / "sentences" / "word_pairs.tsv"
"""Pairs of words and how often they come, as ``scripts/word_pairs.py`` counts them."""
END = "."
"""Stands before the first and after the last word in pairs of words."""
DISCOUNT = 0.7
"""Taken off the count of each pair, for those that were not seen (Ney et al. 1994)."""
START = 0


@dataclass(frozen=True)
class Place:
    """A word at a place in sentences; after it comes the state ``target``."""

    word: str
    first: bool
    target: int


@dataclass(frozen=True)
class WordNetwork:
    """States and, between them, words. State 0 starts. Probabilities are logs.

    ``entries`` are (state, number of a place, probability); ``ends`` that of a sentence's end in each state,
    -inf where there is none; ``falls`` (state, state, probability): ways from one state to another without a
    word, each of one step.
    """

    places: Sequence[Place]
    entries: Sequence[tuple[int, int, float]]
    ends: Sequence[float]
    falls: Sequence[tuple[int, int, float]] = ()


def network_of_grammar(automaton: Automaton, weight: float) -> WordNetwork:
    """The sentences of a grammar, its log probabilities times ``weight``."""
    places: list[Place] = []
    entries = []
    for source, following in enumerate(automaton.arcs):
        for word, (target, probability) in following.items():
            entries.append((source, len(places), weight * math.log(probability)))
            places.append(Place(word, source == START, target))
    return WordNetwork(places, entries, [weight * _log(end) for end in automaton.ends])


class WordPairs:
    """How probably one word follows another: a bigram model with absolute discounting."""

    def __init__(self, counts: Mapping[tuple[str, str], int], wake_word: str = "") -> None:
        """``counts`` of pairs of words, with ``END`` before the first and after the last; ``wake_word``: what
        sentences may begin with beside that, empty for nothing.
        """
        self._wake_words = words_to_wake(wake_word) if wake_word else []
        self._asleep = math.log(1.0 - WAKE_WORD_SHARE) if wake_word else 0.0
        self._pairs: dict[str, dict[str, float]] = defaultdict(dict)
        totals: Counter[str] = Counter()
        words: Counter[str] = Counter()
        for (before, word), count in counts.items():
            totals[before] += count
            words[word] += count
        everything = sum(words.values())
        self._single = {word: count / everything for word, count in words.items()}
        self._unseen = {before: 0.0 for before in totals}
        for (before, word), count in counts.items():
            self._pairs[before][word] = (count - DISCOUNT) / totals[before]
            self._unseen[before] += DISCOUNT / totals[before]

    @classmethod
    def read(cls, path: Path = PAIRS_FILE, wake_word: str = "") -> WordPairs:
        """Read a file of pairs and counts, with tabs between.

        Raises:
            InputError: it cannot be read, or is of another kind.
        """
        try:
            rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
            counts = {(before, word): int(count) for before, word, count in rows}
        except (OSError, ValueError) as error:
            raise InputError(f"{path} cannot be read ({error}); take it as it was installed") from None
        return cls(counts, wake_word)

    @property
    def words(self) -> frozenset[str]:
        """Every word that may be said."""
        return frozenset(self._single) - {END}

    def log_probability(self, sentence: str) -> float:
        """Of a sentence of its words, after the wake word or without it."""
        words, woken = sentence.split(), len(self._wake_words)
        first = self._asleep
        if woken and words[:woken] == self._wake_words:
            words, first = words[woken:], math.log(WAKE_WORD_SHARE)
        words = [END, *words, END]
        return first + sum(
            self._log_pair(before, word) for before, word in zip(words, words[1:], strict=False)
        )

    def _log_pair(self, before: str, word: str) -> float:
        unseen = self._unseen.get(before, 1.0) * self._single[word]
        return math.log(self._pairs.get(before, {}).get(word, 0.0) + unseen)

    def network(self, weight: float) -> WordNetwork:
        """All sentences of its words that begin with one that it saw there, after the wake word or not.

        Logs of probabilities are times ``weight``.
        """
        words = sorted(self.words)
        state_of = {word: 1 + number for number, word in enumerate(words)}
        anything = 1 + len(words)
        places = [Place(word, False, state_of[word]) for word in words]
        entries = [(anything, state_of[word] - 1, weight * math.log(self._single[word])) for word in words]
        ends = [-math.inf] * (anything + 1)
        ends[anything] = weight * math.log(self._single[END])
        woken = START
        for word in self._wake_words:
            entries.append(
                (woken, len(places), weight * math.log(WAKE_WORD_SHARE) if woken == START else 0.0)
            )
            places.append(Place(word, woken == START, len(ends)))
            woken = len(ends)
            ends.append(-math.inf)
        for before, following in self._pairs.items():
            for word in following if before in self._single else ():
                score = weight * self._log_pair(before, word)
                if word == END:
                    ends[state_of[before]] = score
                elif before == END:
                    entries.append((START, len(places), score + weight * self._asleep))
                    places.append(Place(word, True, state_of[word]))
                    if self._wake_words:
                        entries.append((woken, state_of[word] - 1, score))
                else:
                    entries.append((state_of[before], state_of[word] - 1, score))
        unseen = [(state_of[word], self._unseen.get(word, 1.0)) for word in words]
        falls = [(state, anything, weight * math.log(share)) for state, share in unseen]
        return WordNetwork(places, entries, ends, falls)


def _log(probability: float) -> float:
    return math.log(probability) if probability > 0.0 else -math.inf

"""The most probable sentence of a network of words by the letters that the ear writes.

A Viterbi search over all sentences of the network at once, in the topology of connectionist temporal
classification (Graves et al. 2006): between and after the letters there may be blanks, and between two equal
letters there has to be one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mm_robot.model.ear import ALPHABET, BLANK
from mm_robot.speech.word_network import START, WordNetwork
from mm_robot.types import FloatArray

SPACE = " "
IMPOSSIBLE = np.float32(-1e9)

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reading:
    """A sentence, and the log probability of its letters on the best path, with that of the network."""

    text: str
    score: float


class LetterSearch:
    """Searches the sentences of a network."""

    def __init__(self, network: WordNetwork) -> None:
        places = sorted(range(len(network.places)), key=lambda number: network.places[number].target)
        order = np.argsort(places)
        self._words = [network.places[number].word for number in places]
        spelled = [_letters(network.places[n].word, network.places[n].first) for n in places]
        self._letters: Indices = np.array([letter for word in spelled for letter in word])
        ends = np.cumsum([len(word) for word in spelled])
        self._first, self._last = np.concatenate([[0], ends[:-1]]), ends - 1
        self._follows = np.ones(len(self._letters), bool)
        self._follows[self._first] = False
        self._may_touch = self._follows & (self._letters != np.roll(self._letters, 1))
        targets = [network.places[number].target for number in places]
        self._reached, self._leaving = _Groups.of(targets)
        entries = sorted((int(order[place]), source, score) for source, place, score in network.entries)
        self._entered, self._entering = _Groups.of([place for place, _, _ in entries])
        self._sources = np.array([source for _, source, _ in entries])
        self._priors = np.array([score for _, _, score in entries], np.float32)
        self._falls = [
            (np.array(column[0]), target, np.array(column[1], np.float32))
            for target in sorted({fall[1] for fall in network.falls})
            for column in [
                list(zip(*[(s, score) for s, to, score in network.falls if to == target], strict=True))
            ]
        ]
        self._ends = np.maximum(np.array(network.ends, np.float32), IMPOSSIBLE)

    def search(self, letters: FloatArray) -> Reading | None:
        """The best sentence by the log probabilities of letters [T, len(ALPHABET) + 1], if one fits in."""
        count = len(self._letters)
        in_letter: FloatArray = np.full(count, IMPOSSIBLE, np.float32)
        in_blank: FloatArray = in_letter.copy()
        letter_past: Indices = np.full(count, -1)
        blank_past: Indices = letter_past.copy()
        states: FloatArray = np.full(len(self._ends), IMPOSSIBLE, np.float32)
        states[START] = 0.0
        pasts: Indices = np.full(len(self._ends), -1)
        trail: list[tuple[Indices, Indices]] = []
        silence = np.float32(0.0)
        for frame, heard in enumerate(letters):
            # What may come before a letter: itself, the blank before it, the letter before it, a state.
            previous = np.where(self._follows, np.roll(in_blank, 1), IMPOSSIBLE)
            previous_past = np.roll(blank_past, 1)
            scores, best = self._entering.best(states[self._sources] + self._priors)
            at = self._first[self._entered]
            previous[at], previous_past[at] = scores, pasts[self._sources[best]]
            touching = np.where(self._may_touch, np.roll(in_letter, 1), IMPOSSIBLE)
            before, past = _better(in_letter, letter_past, previous, previous_past)
            before, past = _better(before, past, touching, np.roll(letter_past, 1))
            in_blank, blank_past = _better(in_blank, blank_past, in_letter, letter_past)
            in_blank = in_blank + heard[BLANK]
            in_letter, letter_past = before + heard[self._letters], past
            # The ends of words lead to states.
            left, left_past = _better(
                in_letter[self._last], letter_past[self._last], in_blank[self._last], blank_past[self._last]
            )
            states[self._reached], words = self._leaving.best(left)
            trail.append((words, left_past[words]))
            pasts[self._reached] = frame * len(self._reached) + np.arange(len(self._reached))
            silence += heard[BLANK]
            states[START] = silence
            for sources, target, priors in self._falls:
                fallen = states[sources] + priors
                source = int(fallen.argmax())
                states[target], pasts[target] = fallen[source], pasts[sources[source]]
        final = states + self._ends
        state = int(final.argmax())
        if not trail or final[state] <= IMPOSSIBLE / 2:
            return None
        return Reading(self._trace(int(pasts[state]), trail), float(final[state]))

    def _trace(self, past: int, trail: list[tuple[Indices, Indices]]) -> str:
        words = []
        while past >= 0:
            frame, state = divmod(past, len(self._reached))
            ended, before = trail[frame]
            words.append(self._words[ended[state]])
            past = int(before[state])
        return " ".join(reversed(words))


@dataclass(frozen=True)
class _Groups:
    """Rows in groups, one after another: where each begins, and of which each row is."""

    firsts: Indices
    group: Indices

    @classmethod
    def of(cls, names: list[int]) -> tuple[Indices, _Groups]:
        """Of rows with sorted names; the name of each group, too."""
        found, firsts, group = np.unique(names, return_index=True, return_inverse=True)
        return found, cls(firsts, group)

    def best(self, values: FloatArray) -> tuple[FloatArray, Indices]:
        """The greatest value of each group, and its row."""
        most = np.maximum.reduceat(values, self.firsts)
        rows = np.where(values == most[self.group], np.arange(len(values)), -1)
        return most, np.maximum.reduceat(rows, self.firsts)


def _better(
    first: FloatArray, first_past: Indices, second: FloatArray, second_past: Indices
) -> tuple[FloatArray, Indices]:
    """The greater value of each row, and the past of that one."""
    takes = second > first
    return np.where(takes, second, first), np.where(takes, second_past, first_past)


def _letters(word: str, first: bool) -> list[int]:
    spelled = "".join(letter for letter in word.lower() if letter in ALPHABET)
    return [ALPHABET.index(letter) for letter in (spelled if first else SPACE + spelled)]

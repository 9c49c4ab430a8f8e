"""The direct way to stop: spots "stop", "halt" and "freeze" in running sound, without the recogniser.

A small network looks at the last second ten times a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mm_robot.speech.base import RATE, STOP_WORDS, Detector, Keyword
from mm_robot.speech.keyword_model import WORDS
from mm_robot.speech.keywords import Keywords, keyword_folder
from mm_robot.types import FloatArray

ROWS = [WORDS.index(word) for word in STOP_WORDS]
THRESHOLD = 0.85
"""How sure the network has to be, as the mean of two looks; chosen by ``benchmarks/stop_word.py``."""
STEP = RATE // 10
"""Samples between two looks."""
DITHER = 5e-4
"""Level of the noise that is added, far below speech, so that digital silence looks like a quiet room."""
DEAF_AFTER_STOP = 1.5
"""Seconds after a word in which it is not reported once more, unless it has left the last second before."""
LEFT_BELOW = 0.5
"""How sure the network is at most when the word has left the last second."""


@dataclass(frozen=True)
class Look:
    """``sure`` in [0, 1] that the second before sample ``at`` holds a word to stop, most likely ``word``."""

    at: int
    sure: float
    word: str


class Trigger:
    """Fires once for each time that the word is heard."""

    def __init__(self, threshold: float) -> None:
        """``threshold``: how sure the network has to be."""
        self._threshold = threshold
        self._deaf_until = 0

    def fires(self, index: int, sure: float) -> bool:
        """Whether the word has just been heard; ``index`` is the sample of the look."""
        if sure < LEFT_BELOW:
            self._deaf_until = 0
        if sure < self._threshold or index < self._deaf_until:
            return False
        self._deaf_until = index + round(DEAF_AFTER_STOP * RATE)
        return True


class StopWord(Detector[Keyword]):
    """Finds the word in a stream."""

    def __init__(self, threshold: float = THRESHOLD) -> None:
        """Load the network."""
        self._threshold = threshold
        self._keywords = Keywords(keyword_folder("embedded"))
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._last_second: FloatArray = np.zeros(RATE, np.float32)
        self._rest: FloatArray = np.empty(0, np.float32)
        self._index = 0
        self._trigger = Trigger(self._threshold)
        self._noise = np.random.default_rng(0)
        self._before = 0.0

    def detect(self, samples: FloatArray) -> list[Keyword]:
        """Take in the next samples, [N], and return the stop words that were recognised in them."""
        return [
            Keyword(look.word, look.at)
            for look in self.look(samples)
            if self._trigger.fires(look.at, look.sure)
        ]

    def look(self, samples: FloatArray) -> list[Look]:
        """Take in the next samples, [N], and look as often as there is another step of them."""
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) // STEP * STEP
        self._rest = stream[whole:]
        looks = []
        for piece in stream[:whole].reshape(-1, STEP):
            noise = self._noise.normal(0.0, DITHER, STEP).astype(np.float32)
            self._last_second = np.concatenate([self._last_second[STEP:], piece + noise])
            self._index += STEP
            probabilities = self._keywords.probabilities(self._last_second[None])[0, ROWS]
            probability = float(probabilities.sum())
            word = STOP_WORDS[int(probabilities.argmax())]
            looks.append(Look(self._index, (self._before + probability) / 2, word))
            self._before = probability
        return looks

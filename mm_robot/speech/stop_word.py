"""The direct way to stop: spots "stop", "halt" and "freeze" in running sound, without the recogniser.

A small network looks at the last second twelve times a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mm_robot.speech.base import RATE, STOP_WORDS, Detector, Keyword
from mm_robot.speech.keyword_model import WORDS
from mm_robot.speech.keywords import STEP, Keywords, keyword_folder
from mm_robot.types import FloatArray

ROWS = [WORDS.index(word) for word in STOP_WORDS]
THRESHOLDS: Mapping[str, float] = dict(zip(STOP_WORDS, (0.75, 0.8, 0.85), strict=True))
"""How sure the network has to be of each, as the mean of two looks; chosen by ``benchmarks/stop_word.py``."""
DEAF_AFTER_STOP = 1.5
"""Seconds after a word in which none is reported once more, unless it has left the last second before."""
LEFT_BELOW = 0.5
"""How sure the network is at most when the word has left the last second."""


@dataclass(frozen=True)
class Look:
    """``sure``: the probability of each word that the second before sample ``at`` holds it."""

    at: int
    sure: Mapping[str, float]


class Trigger:
    """Fires once for each time that a word is heard."""

    def __init__(self, thresholds: Mapping[str, float] = THRESHOLDS) -> None:
        """``thresholds``: how sure the network has to be of each word that is looked for."""
        self._thresholds = thresholds
        self._deaf_until = 0

    def fires(self, look: Look) -> str | None:
        """The word that has just been heard, if any."""
        if max(look.sure[word] for word in self._thresholds) < LEFT_BELOW:
            self._deaf_until = 0
        heard = [word for word, threshold in self._thresholds.items() if look.sure[word] >= threshold]
        if not heard or look.at < self._deaf_until:
            return None
        self._deaf_until = look.at + round(DEAF_AFTER_STOP * RATE)
        return max(heard, key=lambda word: look.sure[word])


class StopWord(Detector[Keyword]):
    """Finds the words in a stream."""

    def __init__(self) -> None:
        """Load the network."""
        self._keywords = Keywords(keyword_folder("embedded"))
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._stream = self._keywords.stream()
        self._rest: FloatArray = np.empty(0, np.float32)
        self._index = 0
        self._trigger = Trigger()
        self._before: FloatArray = np.zeros(len(ROWS), np.float32)

    def detect(self, samples: FloatArray) -> list[Keyword]:
        """Take in the next samples, [N], and return the stop words that were recognised in them."""
        heard = ((self._trigger.fires(look), look.at) for look in self.look(samples))
        return [Keyword(word, at) for word, at in heard if word is not None]

    def look(self, samples: FloatArray) -> list[Look]:
        """Take in the next samples, [N], and look as often as there is another step of them."""
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) // STEP * STEP
        self._rest = stream[whole:]
        looks = []
        for piece in stream[:whole].reshape(-1, STEP):
            probabilities = self._stream.probabilities(piece)[ROWS]
            sure = (self._before + probabilities) / 2
            self._before = probabilities
            self._index += STEP
            looks.append(Look(self._index, dict(zip(STOP_WORDS, sure.tolist(), strict=True))))
        return looks

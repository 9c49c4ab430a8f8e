"""The direct way to stop: spots "stop", "halt" and "freeze" in running sound, without the recogniser.

Words are believed only while voice activity is found, or steady noise would stop the robot.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pocketsphinx

from mm_robot.speech.base import RATE, Detector, Keyword, to_int16
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

THRESHOLDS: Mapping[str, float] = {"stop": 1e-17, "halt": 1e-4, "freeze": 1e-7}
"""Word -> how improbable its best match may be; smaller hears more, and more falsely."""

BLOCK = 320
"""Samples the spotter takes in at a time, 20 ms."""
RESTART_AFTER = 3.0
"""Seconds after which the spotter starts afresh in the next pause, so that its memory stays small."""
RESTART_AT_LATEST = 20.0
DEAF_AFTER_STOP = 0.5
"""Seconds after a word in which it is not reported once more."""


class StopWord(Detector[Keyword]):
    """Finds stop words in a stream with pocketsphinx keyword spotting."""

    def __init__(self, thresholds: Mapping[str, float] = THRESHOLDS) -> None:
        """Load the acoustic model and the words, about 0.3 s."""
        self.words = frozenset(thresholds)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "words")
            path.write_text("".join(f"{word} /{threshold:g}/\n" for word, threshold in thresholds.items()))
            self._spotter = pocketsphinx.Decoder(lm=None, kws=str(path), loglevel="FATAL")
        self._voice_activity = VoiceActivity()
        self._spotter.start_utt()
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._rest: FloatArray = np.empty(0, np.float32)
        self._index = 0
        self._deaf_until = 0
        self._voice_activity.reset()
        self._restart()

    def detect(self, samples: FloatArray) -> list[Keyword]:
        """Take in the next samples, [N], and return the stop words that were recognised in them."""
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) // BLOCK * BLOCK
        self._rest = stream[whole:]
        return [
            word for block in stream[:whole].reshape(-1, BLOCK) if (word := self._next(block)) is not None
        ]

    def _next(self, block: FloatArray) -> Keyword | None:
        self._index += BLOCK
        self._voice_activity.detect(block)
        self._spotter.process_raw(to_int16(block))
        hypothesis = self._spotter.hyp()
        if hypothesis is not None:
            self._restart()
            if self._voice_activity.speaking and self._index >= self._deaf_until:
                self._deaf_until = self._index + round(DEAF_AFTER_STOP * RATE)
                return Keyword(hypothesis.hypstr.split()[0], self._index)
            return None
        running = (self._index - self._started) / RATE
        pausing = not self._voice_activity.speaking
        if running > RESTART_AT_LATEST or (running > RESTART_AFTER and pausing):
            self._restart()
        return None

    def _restart(self) -> None:
        self._spotter.end_utt()
        self._spotter.start_utt()
        self._started = self._index

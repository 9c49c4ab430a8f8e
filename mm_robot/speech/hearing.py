"""The whole hearing chain on a piece of sound, from noise suppression to the decision what to do."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from mm_robot.speech.base import RATE, RNNOISE, SILERO
from mm_robot.speech.decision import Act, HearingDecision
from mm_robot.speech.recognisers import COMMANDS, load_recogniser
from mm_robot.speech.stop_word import StopWord
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

BLOCK = 512
SILENCE_BEFORE, SILENCE_AFTER = 0.5, 1.0
"""Seconds of silence around a sound, in which the detectors settle and an utterance ends."""


@dataclass(frozen=True)
class Heard:
    """One thing heard: what to do about it, its ``text``, the ``confidence`` in it.

    ``started`` and ``ended`` in s of the sound; ``seconds`` that its recognition took, 0 for a stop word.
    """

    act: Act
    text: str
    confidence: float
    started: float
    ended: float
    seconds: float = 0.0


class Hearing:
    """Hears as the speech node does, without waiting for time to pass."""

    def __init__(
        self,
        confidence: float,
        grammar: str | None = None,
        recogniser: str = COMMANDS,
        judge: str = SILERO,
        suppression: str = RNNOISE,
        wake_word: str = "",
    ) -> None:
        """Load the models; ``confidence`` is that from which an utterance is believed, ``recogniser`` one of
        those that ``load_recogniser`` knows, ``judge`` one of the judges of speech, ``suppression`` one of
        the ways to take noise out; ``wake_word`` that sentences have to begin with, empty for none.

        Raises:
            InputError: the grammar or the recogniser is wrong, or a package is missing.
        """
        self._confidence, self._wake_word = confidence, wake_word
        self._recogniser = load_recogniser(recogniser, grammar, wake_word)
        self._stop_word = StopWord()
        self._voice_activity = VoiceActivity(judge=judge, suppression=suppression)
        self.begin()

    def begin(self) -> None:
        """Begin a new sound."""
        self._decision = HearingDecision(self._confidence, self._wake_word)
        self._stop_word.reset()
        self._voice_activity.reset()

    def take(self, samples: FloatArray) -> list[Heard]:
        """Take in the next samples, [N] float32 at 16 kHz; what was heard in them, in order."""
        heard: list[Heard] = []
        for word in self._stop_word.detect(samples):
            at = word.at / RATE
            self._decision.note_stop(at)
            heard.append(Heard(Act.STOP, word.text, 1.0, at, at))
        for utterance in self._voice_activity.detect(samples):
            began = time.perf_counter()
            recognition = self._recogniser.transcribe(utterance)
            seconds = time.perf_counter() - began
            started, ended = utterance.start / RATE, utterance.end / RATE
            act = self._decision.decide(recognition, started, ended)
            heard.append(Heard(act, recognition.text, recognition.confidence, started, ended, seconds))
        return heard

    def listen(self, samples: FloatArray) -> list[Heard]:
        """Hear a whole sound, [N] float32 at 16 kHz; what was heard in order."""
        self.begin()
        before, after = (np.zeros(round(s * RATE), np.float32) for s in (SILENCE_BEFORE, SILENCE_AFTER))
        stream = np.concatenate([before, samples, after])
        heard = [
            each
            for first in range(0, len(stream), BLOCK)
            for each in self.take(stream[first : first + BLOCK])
        ]
        return [
            replace(each, started=each.started - SILENCE_BEFORE, ended=each.ended - SILENCE_BEFORE)
            for each in heard
        ]

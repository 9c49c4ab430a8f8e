"""The whole hearing chain on a piece of sound: voice activity, stop words, recogniser, decision."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mm_robot.speech.base import RATE
from mm_robot.speech.decision import Act, HearingDecision
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.stop_word import StopWord
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

BLOCK = 512
SILENCE_BEFORE, SILENCE_AFTER = 0.5, 1.0
"""Seconds of silence around a sound, in which the detectors settle and an utterance ends."""


@dataclass(frozen=True)
class Heard:
    """One thing heard: what to do about it, its ``text``, the ``confidence`` in it, and when it ended, s."""

    act: Act
    text: str
    confidence: float
    ended: float


class Hearing:
    """Hears as the speech node does, without waiting for time to pass."""

    def __init__(self, confidence: float, grammar: str | None = None) -> None:
        """Load the models; ``confidence`` is that from which an utterance is believed.

        Raises:
            InputError: the grammar is wrong.
        """
        self._confidence = confidence
        self._recogniser = CommandRecogniser(grammar)
        self._stop_word = StopWord()
        self._voice_activity = VoiceActivity()

    def listen(self, samples: FloatArray) -> list[Heard]:
        """Hear a whole sound, [N] float32 at 16 kHz; what was heard in order."""
        decision = HearingDecision(self._confidence)
        self._stop_word.reset()
        self._voice_activity.reset()
        before, after = (np.zeros(round(s * RATE), np.float32) for s in (SILENCE_BEFORE, SILENCE_AFTER))
        stream = np.concatenate([before, samples, after])
        heard: list[Heard] = []
        for first in range(0, len(stream), BLOCK):
            block = stream[first : first + BLOCK]
            for word in self._stop_word.detect(block):
                at = word.at / RATE
                decision.note_stop(at)
                heard.append(Heard(Act.STOP, word.text, 1.0, at - SILENCE_BEFORE))
            for utterance in self._voice_activity.detect(block):
                recognition = self._recogniser.transcribe(utterance)
                started, ended = utterance.start / RATE, utterance.end / RATE
                act = decision.decide(recognition, started, ended)
                heard.append(Heard(act, recognition.text, recognition.confidence, ended - SILENCE_BEFORE))
        return heard

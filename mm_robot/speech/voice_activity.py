"""Cuts a stream of sound into utterances; what is speech is judged frame by frame (``speech_judge``)."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from mm_robot.speech.base import ENERGY, RATE, Detector, Utterance
from mm_robot.speech.speech_judge import EnergyJudge, SileroJudge, SpeechJudge
from mm_robot.types import FloatArray

SILENCE = -90.0
"""Level of digital silence, dB of full scale."""


@dataclass(frozen=True)
class VoiceActivityLimits:
    """When speech begins and ends.

    ``above_noise`` dB that speech must rise above the noise floor for the judge of energy; ``probability``
    from which the Silero network's verdict counts; ``onset`` s of speech within the
    last ``onset_window`` s that begin an utterance; ``hangover`` s of silence that end it; ``pre_roll`` s
    of sound kept before it; ``minimum`` s of speech below which it is dropped; ``maximum`` s at
    which it is cut.
    """

    above_noise: float = 8.0
    probability: float = 0.5
    onset: float = 0.09
    onset_window: float = 0.15
    hangover: float = 0.6
    pre_roll: float = 0.3
    minimum: float = 0.15
    maximum: float = 10.0


class NoiseFloor:
    """The level of the background in dB: falls at once, rises slowly, faster while no one speaks."""

    def __init__(self, frame: float) -> None:
        """``frame`` s is the time between two levels."""
        self._rise = {False: 6.0 * frame, True: 0.5 * frame}
        self.level = math.nan

    def update(self, level: float, speech: bool) -> None:
        """Take in the level of the next frame, dB."""
        if math.isnan(self.level):
            self.level = level
        rise = self._rise[speech]
        target = max(level, SILENCE)
        self.level += min(target - self.level, rise) if target > self.level else 0.3 * (target - self.level)


class VoiceActivity(Detector[Utterance]):
    """Finds utterances in a stream."""

    def __init__(self, limits: VoiceActivityLimits | None = None, judge: str = ENERGY) -> None:
        """Listen with the given limits; ``judge`` is one of ``speech_judge.JUDGES``.

        Raises:
            InputError: the judge needs a package that is not installed.
        """
        self.limits = limits or VoiceActivityLimits()
        self._judge: SpeechJudge = (
            EnergyJudge(self.limits.above_noise) if judge == ENERGY else SileroJudge(self.limits.probability)
        )
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._judge.reset()
        self._length = self._judge.length
        self._frame = self._length / RATE
        self._floor = NoiseFloor(self._frame)
        self._rest: FloatArray = np.empty(0, np.float32)
        self._index = 0
        self._before: deque[FloatArray] = deque(
            maxlen=self._frames(self.limits.pre_roll + self.limits.onset_window)
        )
        self._recent: deque[bool] = deque(maxlen=self._frames(self.limits.onset_window))
        self._frames_kept: list[FloatArray] = []
        self._start = self._last_speech = 0
        self._speech_frames = 0
        self.speaking = False

    @property
    def noise_level(self) -> float:
        """The noise floor, dB of full scale."""
        return self._floor.level

    def detect(self, samples: FloatArray) -> list[Utterance]:
        """Take in the next samples, [N], and return the utterances that end in them."""
        stream = np.concatenate([self._rest, samples])
        whole = len(stream) // self._length * self._length
        self._rest = stream[whole:]
        frames = stream[:whole].reshape(-1, self._length)
        return [utterance for frame in frames if (utterance := self._next(frame)) is not None]

    def _next(self, frame: FloatArray) -> Utterance | None:
        level = 10.0 * float(np.log10(np.mean(np.square(frame)) + 1e-9))
        speech = self._judge.judge(frame, level - self._floor.level)
        self._floor.update(level, speech)
        self._index += self._length
        self._recent.append(speech)
        if not self.speaking:
            self._before.append(frame)
            if sum(self._recent) >= self._frames(self.limits.onset):
                self._begin()
            return None
        self._frames_kept.append(frame)
        if speech:
            self._last_speech = self._index
            self._speech_frames += 1
        silent = (self._index - self._last_speech) / RATE
        long = (self._index - self._start) / RATE
        if long >= self.limits.maximum:
            self._floor.level = level  # nobody speaks so long: the noise has become louder
        elif silent < self.limits.hangover:
            return None
        return self._finish()

    def _begin(self) -> None:
        self.speaking = True
        self._frames_kept = list(self._before)
        self._before.clear()
        self._start = self._index - self._length * (len(self._recent) - list(self._recent).index(True))
        self._last_speech = self._index
        self._speech_frames = sum(self._recent)

    def _finish(self) -> Utterance | None:
        self.speaking = False
        self._recent.clear()
        samples = np.concatenate(self._frames_kept)
        self._before.extend(self._frames_kept[-(self._before.maxlen or 1) :])
        self._frames_kept = []
        speech = self._speech_frames * self._frame
        if speech < self.limits.minimum:
            return None
        return Utterance(samples, self._start, self._last_speech, speech)

    def _frames(self, seconds: float) -> int:
        return max(round(seconds / self._frame), 1)

"""Cuts a stream of sound into utterances; what is speech is judged frame by frame (``speech_judge``).

Speech is looked for in the stream without its noise (``noise_suppression``). An utterance from a quiet room
is handed on as it came all the same: taking noise out that is not there takes away some of the speech.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from mm_robot.speech.base import ENERGY, NO_SUPPRESSION, RATE, Detector, Utterance
from mm_robot.speech.noise_suppression import load_suppression
from mm_robot.speech.speech_judge import EnergyJudge, SileroJudge, SpeechJudge
from mm_robot.types import FloatArray

KEPT = 0.05
"""Share of the sound that is kept as it came, so that the background keeps a level to compare speech with."""
SILENCE = -90.0
"""Level of digital silence, dB of full scale."""


@dataclass(frozen=True)
class VoiceActivityLimits:
    """When speech begins and ends.

    ``above_noise`` dB that speech must rise above the noise floor for the judge of energy; ``probability``
    from which the Silero network's verdict counts; ``onset`` s of speech within the last ``onset_window`` s
    that begin an utterance; ``hangover`` s of silence that end it; ``pre_roll`` s of sound kept before it,
    and around it where it is left as it came; ``minimum`` s of speech below which it is dropped; ``maximum``
    s at which it is cut; ``quiet_room`` dB of its loudest parts above its softest from which on all of an
    utterance is left as it came.
    """

    above_noise: float = 8.0
    probability: float = 0.5
    onset: float = 0.09
    onset_window: float = 0.15
    hangover: float = 0.6
    pre_roll: float = 0.3
    minimum: float = 0.15
    maximum: float = 10.0
    quiet_room: float = 30.0


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


def decibels(sound: FloatArray) -> FloatArray:
    """The level of ``sound`` [..., N, C], dB of full scale [..., C]."""
    levels: FloatArray = 10.0 * np.log10(np.mean(np.square(sound), axis=-2) + 1e-9)
    return levels


class VoiceActivity(Detector[Utterance]):
    """Finds utterances in a stream."""

    def __init__(
        self,
        limits: VoiceActivityLimits | None = None,
        judge: str = ENERGY,
        suppression: str = NO_SUPPRESSION,
    ) -> None:
        """Listen with the given limits; ``judge`` is one of ``JUDGES``, ``suppression`` of ``SUPPRESSIONS``.

        Raises:
            InputError: one of them needs a package that is not installed.
        """
        self.limits = limits or VoiceActivityLimits()
        self._suppression = load_suppression(suppression)
        self._judge: SpeechJudge = (
            EnergyJudge(self.limits.above_noise) if judge == ENERGY else SileroJudge(self.limits.probability)
        )
        self.reset()

    def reset(self) -> None:
        """Forget the stream so far."""
        self._judge.reset()
        self._suppression.reset()
        self._length = self._judge.length
        self._frame = self._length / RATE
        self._floor = NoiseFloor(self._frame)
        self._background = NoiseFloor(self._frame)
        self._rest: FloatArray = np.empty((0, 2), np.float32)
        self._as_it_came: FloatArray = np.empty(0, np.float32)
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
        """The noise floor of the sound as it came, dB of full scale."""
        return self._background.level

    def detect(self, samples: FloatArray) -> list[Utterance]:
        """Take in the next samples, [N], and return the utterances that end in them."""
        clean = self._suppression.suppress(samples)
        came, self._as_it_came = np.split(np.concatenate([self._as_it_came, samples]), [len(clean)])
        quiet = (1 - KEPT) * clean + KEPT * came
        stream = np.concatenate([self._rest, np.stack([quiet, came], axis=1)]).astype(np.float32)
        whole = len(stream) // self._length * self._length
        self._rest = stream[whole:]
        frames = stream[:whole].reshape(-1, self._length, 2)
        return [utterance for frame in frames if (utterance := self._next(frame)) is not None]

    def _next(self, frame: FloatArray) -> Utterance | None:
        """``frame`` [length, 2]: without noise, and as it came."""
        level, came = (float(level) for level in decibels(frame))
        speech = self._judge.judge(frame[:, 0], level - self._floor.level)
        self._floor.update(level, speech)
        self._background.update(came, speech)
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
        frames = np.stack(self._frames_kept)
        softest, loudest = np.percentile(decibels(frames)[:, 1], (10, 95))
        in_quiet_room = loudest - softest >= self.limits.quiet_room
        samples = frames[:, :, int(in_quiet_room)].reshape(-1)
        began, margin = self._index - len(samples), round(self.limits.pre_roll * RATE)
        close = slice(max(self._start - margin - began, 0), self._last_speech + margin - began)
        as_it_came = frames[:, :, 1].reshape(-1)[close]
        self._before.extend(self._frames_kept[-(self._before.maxlen or 1) :])
        self._frames_kept = []
        speech = self._speech_frames * self._frame
        if speech < self.limits.minimum:
            return None
        return Utterance(samples, as_it_came, self._start, self._last_speech, speech)

    def _frames(self, seconds: float) -> int:
        return max(round(seconds / self._frame), 1)

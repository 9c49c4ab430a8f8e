"""What every part of hearing is: a detector that listens to a stream, or a recogniser of one utterance.

All sound is mono float32 in [-1, 1] at 16 kHz. Times within a stream are sample indices since `reset`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mm_robot.types import FloatArray

RATE = 16000
"""Samples a second of all sound in `mm_robot.speech`."""
STOP_WORDS = ("stop", "halt", "freeze")
"""Words that mean a stop where a sentence begins with them."""
ENERGY, SILERO = "energy", "silero"
JUDGES = (ENERGY, SILERO)
"""Ways to tell speech from other sound."""
RNNOISE, NO_SUPPRESSION = "rnnoise", "none"
SUPPRESSIONS = (RNNOISE, NO_SUPPRESSION)
"""Ways to take noise out of the sound."""

Event = TypeVar("Event")


@dataclass(frozen=True)
class Utterance:
    """A piece of speech cut from a stream.

    ``samples`` [N] float32, without noise where that was taken out; ``start`` and ``end`` the sample indices
    of the speech itself, which lies within the samples (they also hold a little sound before and after);
    ``as_it_came`` [M] is that speech with its noise, and hardly more; ``speech`` s of it is voiced.
    """

    samples: FloatArray
    as_it_came: FloatArray
    start: int
    end: int
    speech: float


@dataclass(frozen=True)
class Keyword:
    """A word that was spotted: ``at`` is the sample index at which that was known."""

    text: str
    at: int


@dataclass(frozen=True)
class Recognition:
    """What an utterance says: ``confidence`` in [0, 1] that it is one of the known sentences and this one."""

    text: str
    confidence: float


class Detector(ABC, Generic[Event]):
    """Finds events in a stream of sound."""

    @abstractmethod
    def detect(self, samples: FloatArray) -> list[Event]:
        """Listen to the next samples, [N] of any N, and return what has come to its end in them."""

    @abstractmethod
    def reset(self) -> None:
        """Forget the stream so far; the next sample has index 0."""


class Recogniser(ABC):
    """Turns an utterance into text."""

    @abstractmethod
    def transcribe(self, utterance: Utterance) -> Recognition:
        """Recognise one utterance; an empty text means that nothing was understood."""


def to_int16(samples: FloatArray) -> bytes:
    """[N] float32 in [-1, 1] as 16-bit samples."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()

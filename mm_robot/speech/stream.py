"""Turns blocks of sound of any rate into one gapless stream at 16 kHz, and keeps its clock."""

from __future__ import annotations

import numpy as np
import soxr

from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray

LONGEST_FILLED_GAP = 1.0
"""Seconds of missing sound that are filled with silence; after a longer gap the stream begins anew."""


class Stream:
    """A stream at 16 kHz made of blocks: converts the rate, fills gaps, maps samples to monotonic time."""

    def __init__(self) -> None:
        """Start without knowing the rate of the source."""
        self._source_rate = 0
        self._converter: soxr.ResampleStream | None = None
        self._length = 0
        self._origin = 0.0

    def add(
        self, samples: FloatArray, rate: int, received: float, missing: int = 0
    ) -> tuple[FloatArray, bool]:
        """Take in a block.

        Args:
            samples: [N] float32 in [-1, 1] at ``rate`` Hz.
            rate: samples a second of the source.
            received: monotonic time of its receipt, s.
            missing: samples that were lost before it.

        Returns:
            The next samples at 16 kHz [M], and whether the stream began anew.
        """
        anew = rate != self._source_rate or missing > LONGEST_FILLED_GAP * rate
        if anew:
            self._source_rate = rate
            self._converter = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")
            self._length = 0
        elif missing:
            samples = np.concatenate([np.zeros(missing, np.float32), samples])
        if self._converter is not None:
            samples = self._converter.resample_chunk(samples)
        self._length += len(samples)
        # The least delayed block tells best when the first sample was heard.
        origin = received - self._length / RATE
        self._origin = origin if anew else min(self._origin + 1e-4 * len(samples) / RATE, origin)
        return samples, anew

    def time_of(self, index: int) -> float:
        """Return the monotonic time at which sample ``index`` of the stream was heard, s."""
        return self._origin + index / RATE

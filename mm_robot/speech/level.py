"""Tells whether the sound that comes in can be understood at all, and what to do where it cannot."""

from __future__ import annotations

import numpy as np

from mm_robot.types import FloatArray

FULL_SCALE = 0.999
CLIPPED_SHARE = 0.001
"""Share of samples at full scale above which speech is distorted."""
QUIET = 1e-4
"""Peak below which a microphone is muted or not connected."""


class LevelMeter:
    """Keeps the level since it was read last."""

    def __init__(self) -> None:
        """Start empty."""
        self._count = self._clipped = 0
        self._peak = self._power = 0.0

    def add(self, samples: FloatArray) -> None:
        """Take in samples, [N]."""
        if len(samples):
            magnitude = np.abs(samples)
            self._count += len(samples)
            self._clipped += int((magnitude >= FULL_SCALE).sum())
            self._peak = max(self._peak, float(magnitude.max()))
            self._power += float(np.square(samples, dtype=np.float64).sum())

    def read(self) -> tuple[float, str]:
        """Return the level in dB of full scale and what is wrong with it ("" for nothing); start anew."""
        level = 10.0 * float(np.log10(self._power / max(self._count, 1) + 1e-9))
        problem = ""
        if self._count and self._clipped > CLIPPED_SHARE * self._count:
            share = self._clipped / self._count
            problem = f"the sound is clipped ({share:.1%} of samples at full scale); turn down the microphone"
        elif self._count and self._peak < QUIET:
            problem = "the sound is silent; unmute the microphone, or choose another (parameter device)"
        self._clear()
        return level, problem

    def _clear(self) -> None:
        self._count = self._clipped = 0
        self._peak = self._power = 0.0

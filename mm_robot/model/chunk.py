"""Action chunk playback: which row of the latest chunk is due now."""

from __future__ import annotations

import numpy as np

from mm_robot.model.policy import ACTION_PERIOD
from mm_robot.types import FloatArray

LARGEST = 20.0
"""m/s and rad/s beyond which a value is nonsense, and not a wish for more speed."""


class ChunkPlayback:
    """Plays the rows of one action chunk after another in the caller's time.

    Each row lasts ``period`` seconds. A newer chunk replaces the older one at once. After the
    last row nothing is due: a chunk never drives longer than it was made for.
    """

    def __init__(self, period: float = ACTION_PERIOD) -> None:
        """Create an empty playback.

        Raises:
            ValueError: ``period`` is not a positive number of seconds.
        """
        if not period > 0.0:
            raise ValueError(f"period is {period} s; it must be positive")
        self._period = period
        self._actions: FloatArray | None = None
        self._start = 0.0

    def load(self, actions: FloatArray, start: float) -> None:
        """Play ``actions`` [H, 2] (m/s, rad/s) from ``start`` seconds on.

        Raises:
            ValueError: the shape is not [H, 2] with H >= 1, or a value is not finite or beyond
                ``LARGEST``. The chunk that was playing is dropped all the same.
        """
        self.clear()
        chunk = np.asarray(actions, dtype=np.float32)
        if chunk.ndim != 2 or chunk.shape[0] < 1 or chunk.shape[1] != 2:
            raise ValueError(f"the action chunk has shape {chunk.shape}; it must be [H, 2] with H >= 1")
        if not np.isfinite(chunk).all():
            raise ValueError("the action chunk holds a value that is not finite")
        if np.abs(chunk).max() > LARGEST:
            raise ValueError(f"the action chunk holds a value beyond {LARGEST:g}")
        self._actions = chunk.copy()
        self._start = start

    def clear(self) -> None:
        """Drop the chunk; nothing is due until the next one."""
        self._actions = None

    def command(self, now: float) -> tuple[float, float] | None:
        """Return the (m/s, rad/s) due at ``now``; None before, after and without a chunk."""
        if self._actions is None or now < self._start:
            return None
        # The small term keeps a tick that falls on a border by rounding in the row that it begins.
        row = int((now - self._start) / self._period + 1e-6)
        if row >= len(self._actions):
            return None
        linear, angular = self._actions[row]
        return float(linear), float(angular)

"""How often and how late: rates and ages over a sliding window, usable from any thread."""

from __future__ import annotations

import threading
from collections import deque

import numpy as np


class Rate:
    """Events per second over the last ``window`` seconds of the caller's monotonic time."""

    def __init__(self, window: float = 5.0) -> None:
        """Create a counter without events."""
        self._window = window
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def tick(self, now: float) -> None:
        """Count one event at ``now``."""
        with self._lock:
            self._times.append(now)
            self._forget(now)

    def per_second(self, now: float) -> float:
        """Return the rate at ``now`` in Hz; 0 where fewer than two events are in the window."""
        with self._lock:
            self._forget(now)
            if len(self._times) < 2:
                return 0.0
            span = self._times[-1] - self._times[0]
            return (len(self._times) - 1) / span if span > 0.0 else 0.0

    def _forget(self, now: float) -> None:
        while self._times and self._times[0] < now - self._window:
            self._times.popleft()


class Spread:
    """Median and 95th percentile of the latest ``size`` samples."""

    def __init__(self, size: int = 400) -> None:
        """Create an empty collection."""
        self._samples: deque[float] = deque(maxlen=size)
        self._lock = threading.Lock()

    def add(self, sample: float) -> None:
        """Take in one sample."""
        with self._lock:
            self._samples.append(sample)

    def clear(self) -> None:
        """Forget all samples."""
        with self._lock:
            self._samples.clear()

    def percentile(self, percent: float) -> float | None:
        """Return the percentile, or None without samples."""
        with self._lock:
            samples = list(self._samples)
        return float(np.percentile(samples, percent)) if samples else None

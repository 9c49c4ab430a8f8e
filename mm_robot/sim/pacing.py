"""Keep simulated time in step with a steady clock, and tell when it cannot keep up."""

from __future__ import annotations

LARGEST_BACKLOG = 0.1
"""Seconds behind the steady clock after which the delay is accepted instead of caught up."""
SHORTEST_MEASUREMENT = 0.5
"""Seconds of the steady clock over which the pace is measured at least."""


class Pacer:
    """Tells how long to wait so that simulated time runs at ``factor`` of the steady clock."""

    def __init__(self, factor: float, simulated: float, now: float) -> None:
        """Start at ``simulated`` s; ``now`` is the steady clock's time, s."""
        self._factor = factor
        self.restart(simulated, now)

    def restart(self, simulated: float, now: float) -> None:
        """Begin afresh, as after a pause."""
        self._origin = self._measured = (simulated, now)

    def wait(self, simulated: float, now: float) -> float:
        """Seconds to wait before the simulation goes on; zero where it is late."""
        start, began = self._origin
        ahead = (simulated - start) / self._factor - (now - began)
        if ahead < -LARGEST_BACKLOG:
            self._origin = (simulated, now)
        return max(0.0, ahead)

    def achieved(self, simulated: float, now: float) -> float | None:
        """Simulated seconds a second since the last measurement; None where that is too short ago to tell."""
        before, then = self._measured
        if now - then < SHORTEST_MEASUREMENT:
            return None
        self._measured = (simulated, now)
        return (simulated - before) / (now - then)


class Beat:
    """Tells when something is due that happens at a fixed rate of simulated time."""

    def __init__(self, rate: float) -> None:
        """Be due at once, and then ``rate`` times a simulated second (Hz)."""
        self._period = 1.0 / rate
        self._count = 0
        self._origin: float | None = None

    def due(self, simulated: float) -> bool:
        """Whether it is time; True once for each beat, and once for beats that were missed together."""
        if self._origin is None:
            self._origin = simulated
        passed = int((simulated - self._origin) / self._period + 1e-6) + 1
        due, self._count = passed > self._count, passed
        return due

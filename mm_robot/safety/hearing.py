"""Whether somebody hears it when a person says stop."""

from __future__ import annotations

PATIENCE = 1.0
"""Seconds of deafness after which the robot stands until a new instruction: a person may have said stop."""


class Hearing:
    """Keeps what the network says of the one who listens.

    While it is taken for dead the robot stands. Where it turns out to live, as on a busy machine, the robot
    goes on; after a longer silence only a new instruction lets it.
    """

    def __init__(self) -> None:
        """Start without anybody who listens, who cannot die then."""
        self._lost: float | None = None

    @property
    def deaf(self) -> bool:
        """Whether the one who listens is taken for dead."""
        return self._lost is not None

    def lose(self, now: float) -> None:
        """The one who listens is taken for dead (monotonic s)."""
        if self._lost is None:
            self._lost = now

    def find(self) -> None:
        """Somebody listens, again or anew."""
        self._lost = None

    def given_up(self, now: float) -> bool:
        """Whether nobody has listened for so long that a stop may have been missed."""
        return self._lost is not None and now - self._lost > PATIENCE

"""Writes the audit log in a thread of its own, so that nobody waits for a disk."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from mm_robot.safety.audit import GENESIS, AuditFile

MOST_WAITING = 10_000
"""Entries that wait at most; what comes when all are waiting is left out, and counted."""
END_WITHIN = 2.0


class AuditWriter:
    """Takes entries at once and writes them in order, soon after.

    ``head`` is the hash of the last line written; ``problem`` says why entries could not be written.
    """

    def __init__(self, path: Path, most_bytes: int, clock: Callable[[], str] | None = None) -> None:
        """Open the file and start the thread; ``clock`` tells the time that entries bear.

        Raises:
            InputError: the file cannot be written.
        """
        self._file = AuditFile(path, most_bytes)
        self._clock = clock or _now
        self._waiting: queue.Queue[tuple[str, Mapping[str, Any], str] | None] = queue.Queue(MOST_WAITING)
        self._left_out = 0
        self.head = GENESIS
        self.problem = ""
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def write(self, event: str, particulars: Mapping[str, Any]) -> None:
        """Have an entry written; never waits."""
        try:
            self._waiting.put_nowait((event, particulars, self._clock()))
        except queue.Full:
            self._left_out += 1

    def close(self) -> None:
        """Write what waits, and let go of the file."""
        self._waiting.put(None)
        self._thread.join(END_WITHIN)

    def _run(self) -> None:
        while True:
            item = self._waiting.get()
            if item is not None:
                self._append(*item)
                left_out, self._left_out = self._left_out, 0
                if left_out:
                    self._append("left out", {"entries": left_out}, self._clock())
            if self._waiting.empty():
                self._sync()
            if item is None:
                self._file.close()
                return

    def _append(self, event: str, particulars: Mapping[str, Any], time: str) -> None:
        try:
            self._file.append(event, particulars, time)
            self.head, self.problem = self._file.head, ""
        except (OSError, TypeError, ValueError) as error:
            self._left_out += 1
            self.problem = f"audit log {self._file.path}: {error}"

    def _sync(self) -> None:
        try:
            self._file.sync()
        except OSError as error:
            self.problem = f"audit log {self._file.path}: {error}"


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")

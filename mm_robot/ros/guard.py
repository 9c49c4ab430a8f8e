"""Callbacks that cannot kill a node: what they raise is logged and counted."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from mm_robot.errors import one_line

REPEAT_AFTER = 5.0
"""Seconds before the same line is logged again."""


class Guard:
    """Runs callbacks, and logs what they raise, each kind of error at most every few seconds."""

    def __init__(self, log: Callable[[str], Any], count: Callable[[str], Any]) -> None:
        """Log lines with ``log``; count errors with ``count``."""
        self._log = log
        self._count = count
        self._logged: dict[str, float] = {}

    def wrap(self, name: str, callback: Callable[..., Any]) -> Callable[..., None]:
        """The same callback, which never raises; ``name`` tells in the log where the error was."""

        @functools.wraps(callback)
        def guarded(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except Exception as error:  # a callback may fail in any way; the node goes on
                self.failed(name, error)

        return guarded

    def failed(self, name: str, error: Exception) -> None:
        """Count an error, and log it unless it was logged a moment ago."""
        self._count(f"errors in {name}")
        self.say(f"{name}: {one_line(error)}")

    def say(self, line: str) -> None:
        """Log a line, unless the same line was logged a moment ago."""
        now = time.monotonic()
        if now - self._logged.get(line, -REPEAT_AFTER) >= REPEAT_AFTER:
            if len(self._logged) > 100:
                self._logged.clear()
            self._logged[line] = now
            self._log(line)

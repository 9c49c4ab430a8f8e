"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass

OK = "ok"
WARNING = "warning"
MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """``state`` is OK, WARNING or MISSING; ``found`` says what is there, ``fix`` what to do about it."""

    state: str
    found: str
    fix: str = ""


def ok(found: str) -> Finding:
    """It is there and works."""
    return Finding(OK, found)


def warning(found: str, fix: str) -> Finding:
    """It works, but not as well as it should."""
    return Finding(WARNING, found, fix)


def missing(found: str, fix: str) -> Finding:
    """It is not there or does not work."""
    return Finding(MISSING, found, fix)

"""Reads the keys of a training configuration; unknown keys and wrong values are refused by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, TypeVar

from mm_robot.errors import ConfigError

Settings = TypeVar("Settings")
STOP, SKIP = "stop", "skip"
"""What is done with broken files: the run stops, or leaves them out."""
Check = tuple[str, Callable[[Any], Any]]
"""What a value must be, in words, and what makes it of one; None where it is not such a value."""


def whole(least: int) -> Check:
    """A whole number."""
    return (
        f"a whole number from {least} on",
        lambda v: v if isinstance(v, int) and not isinstance(v, bool) and v >= least else None,
    )


def number(least: float, most: float) -> Check:
    """A number."""

    def check(value: Any) -> float | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if is_number and least <= value <= most else None

    return f"a number from {least:g} to {most:g}", check


def one_of(*choices: str) -> Check:
    """One of some words."""
    words = f"{', '.join(choices[:-1])} or {choices[-1]}"
    return words, lambda v: v if isinstance(v, str) and v in choices else None


def _path(value: Any) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None


def _paths(value: Any) -> tuple[Path, ...] | None:
    if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value):
        return None
    return tuple(Path(v) for v in value)


def _weights(value: Any) -> dict[str, float] | None:
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        return None
    _, check = number(0, 1e6)
    weights = {name: check(weight) for name, weight in value.items()}
    return None if None in weights.values() else weights


PATH: Check = ("a path", _path)
PATHS: Check = ("a list of paths", _paths)
WEIGHTS: Check = ("numbers from 0 on by the names of losses", _weights)
FLAG: Check = ("true or false", lambda v: v if isinstance(v, bool) else None)
TEXT: Check = ("a text", lambda v: v if isinstance(v, str) else None)


def read_keys(
    kind: type[Settings], path: Path, raw: Mapping[str, Any], checks: Mapping[str, Check], prefix: str = ""
) -> Settings:
    """The settings, a dataclass, that the keys of a file make; ``checks`` has one for each field, ``prefix``
    stands before a key where it is named.

    Raises:
        ConfigError: a key is unknown, missing or has a wrong value.
    """
    every = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    for key in raw:
        if key not in every:
            raise ConfigError(f"{path}: unknown key {prefix}{key}; allowed: {', '.join(every)}")
    for name, field in every.items():
        if field.default is MISSING and field.default_factory is MISSING and name not in raw:
            raise ConfigError(f"{path}: the key {prefix}{name} is missing")
    values = {}
    for key in (name for name in every if name in raw):
        allowed, check = checks[key]
        values[key] = check(raw[key])
        if values[key] is None:
            raise ConfigError(f"{path}: {prefix}{key} must be {allowed}, got {raw[key]!r}")
    return kind(**values)

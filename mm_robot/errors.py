"""The errors that mean "what was given is wrong": one line that says what, what is allowed, and the fix."""

from __future__ import annotations


class InputError(ValueError):
    """Something given from outside (argument, file, value) cannot be used as it is."""


class ConfigError(InputError):
    """A configuration file or a parameter holds a wrong key or value."""


class CheckpointError(InputError):
    """A checkpoint folder or one of its files is missing, altered or of another kind."""


def one_line(error: BaseException) -> str:
    """An error as one line: its kind, unless it speaks for itself, and its message."""
    text = " ".join(str(error).split())
    if isinstance(error, InputError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__

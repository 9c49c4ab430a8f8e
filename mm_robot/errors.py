"""The errors that mean "what was given is wrong": one line that says what, what is allowed, and the fix."""

from __future__ import annotations


class InputError(ValueError):
    """Something given from outside (argument, file, value) cannot be used as it is."""


class ConfigError(InputError):
    """A configuration file or a parameter holds a wrong key or value."""


class CheckpointError(InputError):
    """A checkpoint folder or one of its files is missing, altered or of another kind."""

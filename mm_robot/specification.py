"""What a parameter and a topic are, and the check that every value passes before it is used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mm_robot.errors import ConfigError

KIND_NAMES: dict[Any, str] = {
    bool: "true or false",
    int: "an integer",
    float: "a number",
    str: "a text",
    list[float]: "a list of numbers",
    list[str]: "a list of texts",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter: its key, what it means, and which values are allowed.

    ``kind`` is bool, int, float, str, list[float] or list[str]; ``low`` and ``high`` bound numbers (and each
    number of a list), both included; ``choices`` are the allowed texts; ``unit`` is the SI unit;
    ``runtime`` is True where it may be changed while the node runs. The default stands in
    ``config/mm_robot.yaml`` alone.
    """

    key: str
    kind: Any
    description: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    runtime: bool = False

    def allowed(self) -> str:
        """What may be given, in words: the kind, its range or its choices, and the unit."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        text = KIND_NAMES[self.kind]
        if self.low is not None and self.high is not None:
            text += f" from {self.low:g} to {self.high:g}"
        elif self.low is not None:
            text += f" of at least {self.low:g}"
        elif self.high is not None:
            text += f" of at most {self.high:g}"
        return f"{text} ({self.unit})" if self.unit else text

    def check(self, value: Any) -> Any:
        """Return the value in this parameter's own kind.

        Raises:
            ConfigError: it is of another kind, outside the range, or none of the choices.
        """
        if self.kind in (list[float], list[str]):
            if isinstance(value, str) or not isinstance(value, Sequence):
                raise self._error(value)
            kind = float if self.kind == list[float] else str
            return [self._check_one(item, kind, value) for item in value]
        return self._check_one(value, self.kind, value)

    def _check_one(self, value: Any, kind: Any, given: Any) -> Any:
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not kind:
            raise self._error(given)
        if kind in (int, float) and not (
            math.isfinite(value)
            and (self.low is None or value >= self.low)
            and (self.high is None or value <= self.high)
        ):
            raise self._error(given)
        if self.choices and value not in self.choices:
            raise self._error(given)
        return value

    def _error(self, given: Any) -> ConfigError:
        return ConfigError(f"parameter {self.key}: {given!r} was given; allowed is {self.allowed()}")


@dataclass(frozen=True)
class Topic:
    """One topic: its standard name, its message type, and which nodes publish and hear it.

    The name in use is the parameter ``topics.NAME`` of each of those nodes.
    """

    name: str
    type: str
    publishers: tuple[str, ...]
    subscribers: tuple[str, ...]
    description: str

    @property
    def parameter(self) -> Parameter:
        """The parameter that holds the name in use."""
        return Parameter(f"topics.{self.name}", str, f"name of the topic: {self.description}")

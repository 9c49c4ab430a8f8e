"""The health of a node: a level with a message, values and counters, as ``diagnostic_msgs``."""

from __future__ import annotations

from collections import Counter
from typing import Any

from builtin_interfaces.msg import Time
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

OK = DiagnosticStatus.OK
WARN = DiagnosticStatus.WARN
ERROR = DiagnosticStatus.ERROR


class Diagnostics:
    """What a node has to say about itself.

    ``level`` is OK, WARN or ERROR; ``values`` are the latest figures; ``counters`` only grow.
    """

    def __init__(self, name: str) -> None:
        """Start healthy; ``name`` is the fully qualified node name."""
        self.name = name
        self.level: bytes = OK
        self.message = ""
        self.values: dict[str, Any] = {}
        self.counters: Counter[str] = Counter()

    def message_at(self, stamp: Time) -> DiagnosticArray:
        """The present health as a message."""
        entries = {**self.values, **self.counters}
        status = DiagnosticStatus(
            level=self.level,
            name=self.name,
            message=self.message,
            hardware_id="mm_robot",
            values=[KeyValue(key=key, value=_text(value)) for key, value in entries.items()],
        )
        array = DiagnosticArray(status=[status])
        array.header.stamp = stamp
        return array


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

"""The report of the fault matrix: one row a fault, kept in a file that a broken-off run goes on with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from mm_robot.errors import InputError


@dataclass
class Row:
    """What the trials of one fault gave.

    ``values`` in ``unit`` (mostly s from the fault to zero velocity at ``cmd_vel``), none of which may be
    above ``limit``; ``failures`` says for each trial that gave no value, or broke another rule, what was
    wrong. ``wanted`` is how many trials were asked for.
    """

    fault: str
    limit: float
    unit: str = "s"
    wanted: int = 1
    values: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def trials(self) -> int:
        """How many trials were made."""
        return len(self.values) + len(self.failures)

    @property
    def passed(self) -> bool:
        """Whether enough trials were made, none failed and none exceeded the limit."""
        return self.trials >= self.wanted and not self.failures and max(self.values) <= self.limit

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON holds it."""
        return {
            "fault": self.fault,
            "trials": self.trials,
            "wanted": self.wanted,
            "p50": percentile(self.values, 50),
            "p95": percentile(self.values, 95),
            "max": percentile(self.values, 100),
            "limit": self.limit,
            "unit": self.unit,
            "passed": self.passed,
            "values": self.values,
            "failures": self.failures,
        }


class Report:
    """The rows of a report file, which is written anew, as a whole, after every trial."""

    def __init__(self, path: Path) -> None:
        """Take over the rows that the file has, if there is one.

        Raises:
            InputError: the file is no report of faults, or cannot be read.
        """
        self._path = path
        self._rows: dict[str, Row] = {}
        if path.exists():
            try:
                rows = json.loads(path.read_text(encoding="utf-8"))["faults"]
                self._rows = {row["fault"]: _row(row) for row in rows}
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise InputError(
                    f"{path} is no report of faults ({type(error).__name__}: {error}); "
                    "move it away or name another file"
                ) from None

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def row(self, fault: str, limit: float, unit: str, wanted: int) -> Row:
        """The row of a fault, with the trials it has already; a new one where it has none."""
        row = self._rows.setdefault(fault, Row(fault, limit, unit, wanted))
        row.limit, row.unit, row.wanted = limit, unit, wanted
        return row

    def save(self) -> None:
        """Write the file.

        Raises:
            InputError: it cannot be written.
        """
        text = json.dumps({"faults": [row.to_dict() for row in self]}, indent=1) + "\n"
        beside = self._path.with_name(f".{self._path.name}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            os.replace(beside, self._path)
        except OSError as error:
            raise InputError(f"{self._path}: {error.strerror}; name a file that can be written") from None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest of the values that at least ``percent`` % of them do not exceed; None without values."""
    if not values:
        return None
    return float(np.percentile(values, percent, method="inverted_cdf"))


def _row(saved: dict[str, Any]) -> Row:
    return Row(
        str(saved["fault"]),
        float(saved["limit"]),
        str(saved["unit"]),
        int(saved["wanted"]),
        [float(value) for value in saved["values"]],
        [str(failure) for failure in saved["failures"]],
    )

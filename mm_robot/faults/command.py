"""``mm_robot evaluate faults``."""

from __future__ import annotations

import sys
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.faults.fault import FaultError
from mm_robot.faults.matrix import chosen, run_matrix, run_soak, summary
from mm_robot.faults.report import Report

SOAK = "soak"
"""Given as the name of a fault: nothing but the soak."""


def run_faults(path: Path, name: str | None, trials: int | None, soak_minutes: float) -> int:
    """Run the matrix into a report; 0 when every fault passed, 1 when one did not or nothing starts.

    Raises:
        InputError: an argument is wrong.
    """
    if trials is not None and trials < 1:
        raise InputError(f"--trials must be at least 1, got {trials}")
    if not 0 <= soak_minutes < 10_000:
        raise InputError(f"--soak-minutes must be from 0 to 10000, got {soak_minutes:g}")
    report = Report(path)
    faults = () if name == SOAK else chosen(name)
    try:
        run_matrix(faults, trials, report, _tell)
        if soak_minutes:
            run_soak(soak_minutes, report, _tell)
    except FaultError as error:
        print(f"mm_robot: {error}", file=sys.stderr)
        return 1
    for row in report:
        _tell(summary(row))
    return 0 if all(row.passed for row in report) else 1


def _tell(line: str) -> None:
    print(line, flush=True)

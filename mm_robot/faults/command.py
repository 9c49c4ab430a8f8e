"""``mm_robot evaluate faults``."""

from __future__ import annotations

import sys
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.faults.fault import FaultError
from mm_robot.faults.matrix import chosen, run_matrix
from mm_robot.faults.report import Report


def run_faults(path: Path, name: str | None, trials: int | None, soak_minutes: float) -> int:
    """Run the matrix into a report; 0 when every fault passed, 1 when one did not or nothing starts.

    Raises:
        InputError: an argument is wrong.
    """
    if trials is not None and trials < 1:
        raise InputError(f"--trials must be at least 1, got {trials}")
    report = Report(path)
    try:
        return 0 if run_matrix(chosen(name), trials, report, _tell) else 1
    except FaultError as error:
        print(f"mm_robot: {error}", file=sys.stderr)
        return 1


def _tell(line: str) -> None:
    print(line, flush=True)

"""Runs the fault matrix: every fault so many times, the report written after each trial."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.faults import (
    audio_faults,
    camera_faults,
    instruction_faults,
    model_faults,
    network_faults,
    obstacle_faults,
    process_faults,
    stamp_faults,
    stop_faults,
)
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.report import Report, Row
from mm_robot.faults.rig import CASTS, Rig, rig
from mm_robot.faults.soak import ROWS, soak

FAULTS: tuple[Fault, ...] = (
    *camera_faults.FAULTS,
    *model_faults.FAULTS,
    *process_faults.FAULTS,
    *stop_faults.FAULTS,
    *audio_faults.FAULTS,
    *stamp_faults.FAULTS,
    *instruction_faults.FAULTS,
    *obstacle_faults.FAULTS,
    *network_faults.FAULTS,
)
ROW_GIVEN_UP_AFTER = 5
"""Failures in a row after which a fault's remaining trials are left out."""


def chosen(name: str | None) -> tuple[Fault, ...]:
    """The faults whose names begin with ``name``; all without one.

    Raises:
        InputError: there is none.
    """
    found = tuple(fault for fault in FAULTS if fault.name.startswith(name or ""))
    if not found:
        raise InputError(f"fault {name!r} was given; allowed is one of {', '.join(f.name for f in FAULTS)}")
    return found


def run_matrix(
    faults: Sequence[Fault], trials: int | None, report: Report, tell: Callable[[str], None]
) -> None:
    """Make the trials that the report lacks.

    Args:
        faults: what to break.
        trials: how often, None for each fault's own number.
        report: takes the rows; saved after every trial.
        tell: called with a line of progress.

    Raises:
        FaultError: the robot does not come up.
    """
    rows = {
        fault.name: report.row(
            fault.name, fault.limit, fault.unit, fault.trials if trials is None else trials
        )
        for fault in faults
    }
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for cast in CASTS:
            due = [fault for fault in faults if fault.cast == cast]
            if any(_lacks(rows[fault.name]) for fault in due):
                with ExitStack() as stack:
                    tell(f"starting the robot: {cast}")
                    _run_cast(stack.enter_context(rig(cast, Path(folder))), due, rows, report, tell)


def run_soak(minutes: float, report: Report, tell: Callable[[str], None]) -> None:
    """Drive for so many minutes, unless the report has that already.

    Raises:
        FaultError: the robot does not come up, or a node dies.
    """
    if {name for name, _, _ in ROWS} <= {row.fault for row in report}:
        return
    with tempfile.TemporaryDirectory(prefix="faults-") as folder, rig("robot", Path(folder)) as whole:
        tell(f"driving for {minutes:g} minutes")
        soak(whole, minutes, report, tell)


def summary(row: Row) -> str:
    """A row in one line."""
    verdict = "passed" if row.passed else "FAILED"
    figures = row.to_dict()
    numbers = ""
    if row.values:
        numbers = ", ".join(f"{key} {figures[key]:.3g}" for key in ("p50", "p95", "max")) + f" {row.unit}"
    failures = f"; {len(row.failures)} failures, the last: {row.failures[-1]}" if row.failures else ""
    return f"{verdict}  {row.fault}: {row.trials} trials, {numbers} (limit {row.limit:g}){failures}"


def _run_cast(
    whole: Rig, faults: Sequence[Fault], rows: dict[str, Row], report: Report, tell: Callable[[str], None]
) -> None:
    """One trial of each fault in turn, so that killed nodes have time to grow up again."""
    failed = dict.fromkeys(rows, 0)
    while True:
        due = [f for f in faults if _lacks(rows[f.name]) and failed[f.name] < ROW_GIVEN_UP_AFTER]
        if not due:
            return
        for fault in due:
            row = rows[fault.name]
            try:
                value = fault.trial(whole, row.trials)
                row.values.append(round(value, 4))
                failed[fault.name] = 0
                tell(f"{fault.name}: {value:.3f} {fault.unit}")
            except FaultError as error:
                row.failures.append(str(error))
                failed[fault.name] += 1
                tell(f"{fault.name}: {error}")
            report.save()


def _lacks(row: Row) -> bool:
    return row.trials < row.wanted

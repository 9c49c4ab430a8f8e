"""The report of the fault matrix as a table of Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from mm_robot.faults.report import Row


def markdown(rows: Iterable[Row]) -> str:
    """One line a fault: trials, p50, p95, max and limit in its unit, and the verdict."""
    lines = ["| fault | trials | p50 | p95 | max | limit | unit | |", "|---|---|---|---|---|---|---|---|"]
    for row in rows:
        figures = row.to_dict()
        numbers = ["-" if figures[key] is None else f"{figures[key]:.3g}" for key in ("p50", "p95", "max")]
        verdict = "passed" if row.passed else f"**failed** ({len(row.failures)} trials gave no value)"
        if not row.passed and not row.failures:
            verdict = "**failed**"
        cells = [row.fault, str(row.trials), *numbers, f"{row.limit:g}", row.unit, verdict]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"

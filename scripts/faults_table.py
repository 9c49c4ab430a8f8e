#!/usr/bin/env python3
"""Writes the table of docs/faults.md anew from a report: scripts/faults_table.py out.json."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.faults.report import Report
from mm_robot.faults.table import markdown

PAGE = Path(__file__).parents[1] / "docs" / "faults.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->"


def main() -> None:
    """Replace what stands between the markers."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("usage: scripts/faults_table.py REPORT.json, as mm_robot evaluate faults writes it")
    try:
        report = Report(Path(sys.argv[1]))
    except InputError as error:
        sys.exit(str(error))
    text = PAGE.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(BEGIN) + ".*?" + re.escape(END), re.DOTALL)
    table = f"{BEGIN}\n{markdown(report)}\n{END}"
    if not pattern.search(text):
        sys.exit(f"{PAGE} has no markers for the table: {BEGIN.strip()} and {END}")
    PAGE.write_text(pattern.sub(lambda _: table, text), encoding="utf-8")


if __name__ == "__main__":
    main()

"""The report as a table."""

from __future__ import annotations

from mm_robot.faults.report import Row
from mm_robot.faults.table import markdown


def test_a_row_of_the_table_tells_figures_and_verdict() -> None:
    rows = [
        Row("camera silent", 0.5, wanted=2, values=[0.2, 0.25]),
        Row("model raises", 0.3, wanted=1, values=[0.4]),
        Row("robot pushed", 0.0, "contacts", 1, [], ["it did not move"]),
    ]
    lines = markdown(rows).splitlines()[2:]
    assert lines[0] == "| camera silent | 2 | 0.2 | 0.25 | 0.25 | 0.5 | s | passed |"
    assert lines[1].endswith("| 0.4 | 0.3 | s | **failed** |")
    assert lines[2] == "| robot pushed | 1 | - | - | - | 0 | contacts | **failed** (1 trials gave no value) |"

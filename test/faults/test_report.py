"""The report of the fault matrix: figures, verdicts, and going on where a run was broken off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mm_robot.errors import InputError
from mm_robot.faults.report import Report, Row, percentile


def test_percentiles_are_values_that_were_measured() -> None:
    values = [0.1 * number for number in range(1, 31)]
    assert percentile(values, 50) == pytest.approx(1.5)
    assert percentile(values, 95) == pytest.approx(2.9)
    assert percentile(values, 100) == pytest.approx(3.0)
    assert percentile([0.2], 50) == 0.2
    assert percentile([], 50) is None


@pytest.mark.parametrize(
    ("values", "failures", "passed"),
    [
        ([0.1, 0.2, 0.3], [], True),
        ([0.1, 0.2, 0.31], [], False),
        ([0.1, 0.2], [], False),
        ([0.1, 0.2], ["it died"], False),
        ([], ["it died"] * 3, False),
    ],
)
def test_a_row_passes_with_enough_trials_none_failed_and_all_within_the_limit(
    values: list[float], failures: list[str], passed: bool
) -> None:
    row = Row("camera silent", 0.3, wanted=3, values=values, failures=failures)
    assert row.passed is passed
    assert row.trials == len(values) + len(failures)


def test_a_report_goes_on_where_it_was_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.json"
    report = Report(path)
    report.row("camera silent", 0.5, "s", 3).values.append(0.2)
    report.row("robot pushed", 0.0, "contacts", 3).failures.append("it did not move")
    report.save()

    again = Report(path)
    row = again.row("camera silent", 0.5, "s", 30)
    assert (row.values, row.wanted, row.passed) == ([0.2], 30, False)
    row.values.append(0.4)
    again.save()
    saved = json.loads(path.read_text())["faults"]
    assert [each["fault"] for each in saved] == ["camera silent", "robot pushed"]
    assert saved[0]["values"] == [0.2, 0.4]
    assert (saved[0]["trials"], saved[0]["p50"], saved[0]["max"]) == (2, 0.2, 0.4)
    assert (saved[1]["passed"], saved[1]["max"], saved[1]["failures"]) == (False, None, ["it did not move"])
    assert [file.name for file in path.parent.iterdir()] == ["out.json"]


def test_trials_that_are_there_already_are_judged_by_the_present_limit(tmp_path: Path) -> None:
    report = Report(tmp_path / "out.json")
    report.row("camera silent", 0.5, "s", 1).values.append(0.4)
    assert report.row("camera silent", 0.5, "s", 1).passed
    assert not report.row("camera silent", 0.3, "s", 1).passed


@pytest.mark.parametrize("text", ["", "{}", '{"faults": [{"fault": "x"}]}', '{"faults": 3}'])
def test_a_file_that_is_no_report_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "out.json"
    path.write_text(text)
    with pytest.raises(InputError, match="no report of faults"):
        Report(path)
    assert path.read_text() == text

"""Which faults there are, and how they are chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="rclpy is not installed")

from mm_robot.cli import main  # noqa: E402
from mm_robot.errors import InputError  # noqa: E402
from mm_robot.faults.matrix import FAULTS, chosen, summary  # noqa: E402
from mm_robot.faults.report import Row  # noqa: E402
from mm_robot.faults.rig import CASTS  # noqa: E402


def test_every_fault_has_a_name_of_its_own_a_cast_and_thirty_trials() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert {fault.cast for fault in FAULTS} == set(CASTS)
    assert all(fault.trials >= 30 for fault in FAULTS)


def test_faults_are_chosen_by_the_beginning_of_their_names() -> None:
    assert [fault.name for fault in chosen("stamps of")] == ["stamps of zero"]
    assert chosen(None) == FAULTS
    with pytest.raises(InputError, match="'fire' was given; allowed is one of camera silent"):
        chosen("fire")


@pytest.mark.parametrize("arguments", [["--fault", "fire"], ["--trials", "0"], ["--soak-minutes", "-1"]])
def test_a_wrong_argument_is_refused_before_anything_starts(tmp_path: Path, arguments: list[str]) -> None:
    report = tmp_path / "out.json"
    assert main(["evaluate", "faults", "--report", str(report), *arguments]) == 2
    assert not report.exists()


def test_a_row_is_told_in_one_line() -> None:
    row = Row("camera silent", 0.5, wanted=1, values=[0.25])
    assert summary(row) == "passed  camera silent: 1 trials, p50 0.25, p95 0.25, max 0.25 s (limit 0.5)"
    row.failures.append("it died")
    assert summary(row).startswith("FAILED") and summary(row).endswith("1 failures, the last: it died")

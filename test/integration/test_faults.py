"""Some of the faults, with real processes over DDS, as ``mm_robot evaluate faults`` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.matrix import chosen, run_matrix
from mm_robot.faults.report import Report
from mm_robot.faults.rig import Rig, rig

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def robot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig("stand-in", tmp_path_factory.mktemp("logs")) as whole:
        yield whole


@pytest.mark.parametrize("name", ["camera silent", "camera frozen", "model output: one nan", "model raises"])
def test_the_robot_stands_when_something_breaks_and_drives_again(robot: Rig, name: str) -> None:
    (fault,) = chosen(name)
    seconds = [fault.trial(robot, number) for number in range(2)]
    assert all(0.0 < each < 3.0 for each in seconds)  # how fast is judged on a quiet machine, not in a test


def test_a_robot_that_cannot_be_brought_to_move_is_an_error(
    robot: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mm_robot.faults.rig.MOVING_WITHIN", 1.0)
    robot.body.odometry = False
    try:
        with pytest.raises(FaultError, match="in vain for the robot to move: odometry silent"):
            chosen("camera silent")[0].trial(robot, 0)
    finally:
        robot.body.odometry = True


def test_a_broken_off_run_makes_only_the_trials_that_lack(
    robot: Rig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def trial(_rig: Rig, number: int) -> float:
        made.append(number)
        return 0.1 * number

    class Ready:
        def __init__(self, *_: object) -> None: ...
        def __enter__(self) -> Rig:
            return robot

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr("mm_robot.faults.matrix.rig", Ready)
    path = tmp_path / "out.json"
    for trials in (2, 5, 5):
        run_matrix([Fault("made up", 1.0, trial)], trials, Report(path), lambda _line: None)
    assert made == [0, 1, 2, 3, 4]
    assert Report(path).row("made up", 1.0, "s", 5).passed

"""What killed processes leave in shared memory is removed, and nothing else."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from mm_robot.checks.talker import PATIENCE
from mm_robot.environment import process_variables
from mm_robot.ros.shared_memory import FOLDER, remove_orphans


def test_only_segments_without_a_living_owner_are_removed(tmp_path: Path) -> None:
    names = [f"fastrtps_{letter * 16}" for letter in "ab"]
    for name in names:
        (tmp_path / name).write_bytes(bytes(1000))
        (tmp_path / f"{name}_el").touch()
    other = tmp_path / "fastrtps_port7411_el"
    other.touch()
    with (tmp_path / f"{names[0]}_el").open("w") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        assert remove_orphans(tmp_path) == 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[0], f"{names[0]}_el", other.name]


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert remove_orphans(tmp_path / "nowhere") == 0


def test_a_killed_node_is_cleared_away_and_a_living_one_goes_on() -> None:
    """Two talkers that wait for a listener: one is killed."""

    def segments(process: int) -> set[str]:
        files = (os.readlink(f"/proc/{process}/fd/{fd}") for fd in os.listdir(f"/proc/{process}/fd"))
        return {Path(file).name for file in files if "fast" in file and file.endswith("_el")}

    talkers = [
        subprocess.Popen(
            [sys.executable, "-m", "mm_robot.checks.talker", "0", "1"],
            env={**os.environ, **process_variables()},
        )
        for _ in range(2)
    ]
    try:
        owned = [_wait_for(lambda talker=talker: _own(segments(talker.pid))) for talker in talkers]
        talkers[0].kill()
        talkers[0].wait()
        assert remove_orphans() > 0
        assert not any((FOLDER / name).exists() for name in owned[0])
        assert all((FOLDER / name).exists() for name in owned[1])
    finally:
        for talker in talkers:
            talker.kill()
            talker.wait()


def _own(names: set[str]) -> set[str]:
    """Those of the talker's own segments that have a size already; the lock comes before it."""
    segments = {name: FOLDER / name.removesuffix("_el") for name in names if "port" not in name}
    return {name for name, segment in segments.items() if segment.stat().st_size > 0}


def _wait_for(found: Callable[[], set[str]]) -> set[str]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            names = found()
        except OSError:
            names = set()
        if names:
            return names
        time.sleep(0.05)
    raise AssertionError("the talker has no shared memory")

"""``mm_robot demo`` as a user calls it: wrong input, and a robot that cannot come up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def demo(results: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "mm_robot.cli", "demo", "--results", str(results), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, timeout=150)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--seed", 1_000_000], "seed"),
        (["--text", " "], "instruction is empty"),
        (["--text", "go", "--target", "the ball"], "target"),
        (["--text", "go", "--timeout", 1], "timeout"),
        (["--wav", "missing.wav"], "missing.wav"),
        (["--say", "a", "--text", "b"], "not allowed with"),
    ],
)
def test_wrong_input_is_one_line_and_status_2(tmp_path: Path, arguments: list[object], told: str) -> None:
    result = demo(tmp_path / "results", *arguments)
    assert result.returncode == 2
    assert told in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()


def test_a_missing_checkpoint_is_named_and_nothing_is_left_running(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    result = demo(tmp_path / "results", "--text", "go to the red ball", "--policy", missing)
    assert result.returncode == 1
    last = result.stdout.strip().splitlines()[-1]
    assert last.startswith("FAILED") and str(missing) in last
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(missing) not in listing
    (folder,) = (tmp_path / "results").iterdir()
    assert "policy" in (folder / "nodes.log").read_text()

"""``mm_robot listen``: what the hearing chain makes of a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mm_robot.cli import main
from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray


def test_a_file_is_heard_as_the_node_would(
    say: Callable[..., FloatArray], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoken = [say("go to the red ball"), say("stop"), say("the weather was lovely at my aunt's yesterday")]
    file, report = tmp_path / "spoken.wav", tmp_path / "heard.json"
    soundfile.write(file, np.concatenate(spoken), RATE)
    assert main(("listen", str(file), "--report", str(report))) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "“go to the red ball”" in lines[0] and "becomes an instruction" in lines[0]
    assert sum("the robot is stopped" in line for line in lines) == 1
    assert "is not acted upon" in lines[-1]
    heard = json.loads(report.read_text())
    acts = [each["act"] for each in heard]
    assert acts.count("instruct") == 1 and acts.count("stop") == 1
    command = heard[acts.index("instruct")]
    length = len(spoken[0]) / RATE - 2.0
    assert command["started"] == pytest.approx(1.0, abs=0.3)
    assert command["ended"] == pytest.approx(1.0 + length, abs=0.4)


def test_silence_is_said_to_be_silence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write(tmp_path / "nothing.wav", np.zeros(2 * RATE), RATE)
    assert main(("listen", str(tmp_path / "nothing.wav"))) == 0
    assert "nothing was heard" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "is required"),
        (("a.wav", "--device", "x"), "not allowed with"),
        (("nowhere.wav",), "no such file"),
        (("nowhere.wav", "--confidence", "7"), "--confidence must be from 0 to 1"),
        (("nowhere.wav", "--grammar", "nowhere.gram"), "nowhere.gram"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(("listen", *arguments)) == 2
    assert message in capsys.readouterr().err

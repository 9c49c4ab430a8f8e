"""A full episode: a voice speaks, the real nodes hear, see and drive, the judge looks at the end."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

import mm_robot
from mm_robot.demo.display import Display
from mm_robot.demo.episode import play
from mm_robot.demo.results import FRAMES, PATH, RESULT, VIDEO, write_results
from mm_robot.demo.room import DISTRACTORS, Target, objects_with_decoys
from mm_robot.demo.sentences import spoken, typed
from mm_robot.demo.stage import stage

CHECKPOINT = Path(mm_robot.__file__).parent / "assets" / "policy"
SEED = 1
TARGET = Target("red", "ball")

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"),
    pytest.mark.skipif(not CHECKPOINT.is_dir(), reason=f"no checkpoint in {CHECKPOINT}"),
]


def test_a_spoken_command_is_heard_and_carried_out(tmp_path: Path) -> None:
    room = {"seed": SEED, "objects": objects_with_decoys(TARGET, SEED), "distractors": DISTRACTORS}
    display = Display(sys.stdout)
    with stage({"simulator": room}, tmp_path / "nodes.log", display.note) as watcher:
        episode = play(watcher, spoken("go to the red ball"), TARGET, 75.0, display)
        files = write_results(tmp_path, episode)
        describing = play(watcher, typed("what do you see"), None, 30.0, display)
    report = json.loads((tmp_path / RESULT).read_text(encoding="utf-8"))
    assert report["transcript"] == "go to the red ball"
    assert report["instruction"] == "go to the red ball"
    assert report["collisions"] == 0
    assert episode.verdict.success, episode.verdict.summary
    assert report["seconds"]["end_of_speech_to_transcript"] > 0.0
    assert report["camera"]["delivery"] >= 0.9
    assert report["rates"]["chunk_rate"] > 0.0
    assert report["milliseconds"]["observation_to_command_p50"] > 0.0
    assert files == [RESULT, PATH, FRAMES, VIDEO]
    assert describing.verdict.moved < 0.05
    assert describing.record.answers

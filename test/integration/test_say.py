"""``mm_robot say``: speech that arrives as a microphone would send it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from probe import Probe
from std_msgs.msg import Int16MultiArray

from mm_robot.ros.convert import message_to_audio

SAY = [sys.executable, "-m", "mm_robot.cli", "say"]


def test_a_recording_arrives_whole_and_at_real_time(probe: Probe, tmp_path: Path) -> None:
    rate = 44100
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    soundfile.write(tmp_path / "tone.wav", np.stack([tone, tone], axis=1), rate)
    heard = probe.collect(Int16MultiArray, "robot/audio", "stream")
    command = [*SAY, "--wav", str(tmp_path / "tone.wav"), "--topic", "robot/audio"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    blocks = [message_to_audio(message) for message in heard]
    assert all(after.missing_since(before) == 0 for before, after in zip(blocks, blocks[1:], strict=False))
    sound = np.concatenate([block.mono() for block in blocks])
    loud = np.nonzero(np.abs(sound) > 0.1)[0]
    assert (loud[-1] - loud[0]) / 16000 == pytest.approx(1.0, abs=0.02)
    assert np.abs(sound).max() == pytest.approx(0.3, abs=0.02)
    assert heard.times[-1] - heard.times[0] == pytest.approx(len(sound) / 16000, abs=0.3)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng")
def test_a_sentence_is_spoken(probe: Probe) -> None:
    heard = probe.collect(Int16MultiArray, "audio", "stream")
    done = subprocess.run([*SAY, "turn left"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    sound = np.concatenate([message_to_audio(message).mono() for message in heard])
    assert np.abs(sound).max() > 0.2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--wav", "/nowhere.wav"], "/nowhere.wav"),
        (["--speed", "9", "hello"], "80 to 450"),
        (["--topic", "no topic", "hello"], "no topic"),
        ([], "required"),
        (["hello", "--topic", "nobody/here"], "nobody listens to /nobody/here"),
    ],
)
def test_what_is_wrong_is_one_line_and_status_2(ros_domain: int, arguments: list[str], said: str) -> None:
    if shutil.which("espeak-ng") is None and "hello" in arguments:
        pytest.skip("no voice: run sudo apt install espeak-ng")
    began = time.monotonic()
    done = subprocess.run([*SAY, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert time.monotonic() - began < 30.0

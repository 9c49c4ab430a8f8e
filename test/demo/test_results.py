"""The result folder: pictures, video and report of an episode."""

from __future__ import annotations

import io
import json
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from mm_robot.demo.episode import Episode, Sentence, report
from mm_robot.demo.record import Moment, Picture, Record
from mm_robot.demo.results import FRAMES, PATH, RESULT, VIDEO, new_folder, write_results
from mm_robot.demo.room import Target
from mm_robot.demo.verdict import judge
from mm_robot.errors import InputError
from mm_robot.sim.scene import random_room
from mm_robot.types import RobotState

OBJECTS = [{"shape": shape, "colour": "red"} for shape in ("ball", "box", "cylinder", "cone")]


def jpeg(shade: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((480, 640, 3), shade, np.uint8)).save(buffer, "JPEG")
    return buffer.getvalue()


def episode(pictures: int) -> Episode:
    record = Record(random_room(5, objects=OBJECTS))
    x, y, yaw = record.room.robot
    record.path = [Moment(0.02 * i, RobotState(x + 0.01 * i, y, yaw)) for i in range(100)]
    record.pictures = [Picture(0.125 * i, jpeg(10 * i), "I see a red ball ahead.") for i in range(pictures)]
    record.statuses = [
        {"state": "done", "chunk_rate": 10.0, "age_p50": 60.0, "images_received": 159, "image_stamp": 3.0}
    ]
    record.transcripts = [{"text": "go to the red ball", "confidence": 0.9}]
    record.speech_ended_at, record.transcript_at = 10.0, 10.4
    sentence, target = Sentence("go to the red ball", "en-us", lambda _: 0.0), Target("red", "ball")
    before = {"images_received": 100, "image_stamp": 1.0}
    verdict = judge(record, target)
    return Episode(sentence, target, record, verdict, report(record, before, sentence, target, verdict))


def test_every_file_is_written_and_can_be_read(tmp_path: Path) -> None:
    assert write_results(tmp_path, episode(12)) == [RESULT, PATH, FRAMES, VIDEO]
    for name in (PATH, FRAMES):
        picture = np.asarray(Image.open(tmp_path / name).convert("RGB"))
        assert min(picture.shape[:2]) > 400
        assert picture.std() > 5.0
    frames = imageio_ffmpeg.read_frames(str(tmp_path / VIDEO))
    assert next(frames)["source_size"] == (1120, 480)
    assert sum(1 for _ in frames) > 14


def test_the_report_holds_latencies_rates_and_camera_delivery(tmp_path: Path) -> None:
    write_results(tmp_path, episode(3))
    data = json.loads((tmp_path / RESULT).read_text())
    assert data["seconds"]["end_of_speech_to_transcript"] == pytest.approx(0.4)
    assert data["milliseconds"]["observation_to_command_p50"] == 60.0
    assert data["rates"]["chunk_rate"] == 10.0
    assert data["camera"] == {"published": 60, "received": 59, "delivery": pytest.approx(59 / 60, abs=1e-4)}
    assert data["transcript"] == "go to the red ball"
    assert data["verdict"]["success"] is False


def test_an_episode_without_camera_frames_has_no_strip_and_no_video(tmp_path: Path) -> None:
    assert write_results(tmp_path, episode(0)) == [RESULT, PATH]


def test_folders_of_one_second_do_not_collide(tmp_path: Path) -> None:
    assert len({new_folder(tmp_path) for _ in range(3)}) == 3


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="results"):
        new_folder(tmp_path / "file")

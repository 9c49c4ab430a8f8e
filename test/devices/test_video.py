"""Video files and missing cameras."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from mm_robot.devices.video import EndOfVideo, VideoSettings, VideoSource
from mm_robot.errors import InputError

RATE = 50.0
FRAMES = 10


@pytest.fixture
def video(tmp_path: Path) -> str:
    """A film that grows from black to red."""
    path = str(tmp_path / "film.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), RATE, (64, 48))
    for index in range(FRAMES):
        writer.write(np.full((48, 64, 3), (0, 0, 20 * index), np.uint8))
    writer.release()
    return path


def test_the_frames_of_a_file_come_in_order_as_rgb_at_their_rate(video: str) -> None:
    source = VideoSource(VideoSettings(video))
    began = time.monotonic()
    frames = [source.read() for _ in range(FRAMES)]
    took = time.monotonic() - began
    assert took >= 0.9 * (FRAMES - 1) / RATE
    assert frames[0].shape == (48, 64, 3)
    reds = [int(frame[24, 32, 0]) for frame in frames]
    np.testing.assert_allclose(reds, [20 * index for index in range(FRAMES)], atol=8)
    assert max(int(frame[24, 32, 2]) for frame in frames) < 10
    with pytest.raises(EndOfVideo):
        source.read()
    source.close()


def test_a_looped_file_starts_again(video: str) -> None:
    source = VideoSource(VideoSettings(video, loop=True))
    reds = [int(source.read()[24, 32, 0]) for _ in range(FRAMES + 2)]
    np.testing.assert_allclose(reds[FRAMES:], [0, 20], atol=8)
    source.close()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "an empty source was given; allowed is an index"),
        ("63", "camera 63: there is no /dev/video63; plug it in"),
        ("/dev/video63", "or set source to one of the cameras there are: "),
        ("/nowhere/film.mp4", "there is no file /nowhere/film.mp4; set source to a video file"),
    ],
)
def test_a_missing_source_is_an_input_error_with_the_fix(source: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as error:
        VideoSource(VideoSettings(source))
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_video_is_an_input_error(tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    file.write_text("not a film")
    with pytest.raises(InputError, match="cannot be opened; set source to a video file that OpenCV can read"):
        VideoSource(VideoSettings(str(file)))


def test_a_stream_that_nobody_sends_is_an_input_error() -> None:
    with pytest.raises(InputError, match="check the URL, the network and the sender"):
        VideoSource(VideoSettings("http://127.0.0.1:9/film.mjpg"))

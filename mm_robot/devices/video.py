"""Frames of a camera, a video file or a stream, through OpenCV."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from mm_robot.errors import InputError
from mm_robot.types import ImageArray

STREAM_TIMEOUT = 5.0
"""Seconds without data after which a stream is lost."""
FALLBACK_FILE_RATE = 30.0
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True)
class VideoSettings:
    """What is asked of a source.

    ``source`` is an index (``0``), a device (``/dev/video0``), a file or a URL; ``width`` and ``height``
    in pixels and ``rate`` in Hz are asked of a camera, 0 leaves its own; ``loop`` starts a file again at its
    end.
    """

    source: str
    width: int = 0
    height: int = 0
    rate: float = 0.0
    loop: bool = False

    @property
    def is_camera(self) -> bool:
        """Whether the source is a camera of this machine."""
        return self.source.isdigit() or self.source.startswith("/dev/")

    @property
    def is_stream(self) -> bool:
        """Whether the source is a URL."""
        return _URL.match(self.source) is not None


class EndOfVideo(Exception):
    """A video file has been played to its end."""


class VideoSource:
    """An open camera, file or stream."""

    def __init__(self, settings: VideoSettings) -> None:
        """Open the source.

        Raises:
            InputError: there is no such source, or it gives no image.
        """
        self._settings = settings
        self._capture = _open(settings)
        self._period = 0.0
        if not settings.is_camera and not settings.is_stream:
            own = self._capture.get(cv2.CAP_PROP_FPS)
            usable = own if np.isfinite(own) and 0.1 <= own <= 1000 else FALLBACK_FILE_RATE
            self._period = 1.0 / usable
        self._next = time.monotonic()

    def read(self) -> ImageArray:
        """Wait for the next frame, [H, W, 3] uint8 RGB; a file's frames come at their rate.

        Raises:
            InputError: the camera or stream is lost.
            EndOfVideo: the file is at its end and is not to be looped.
        """
        if self._period:
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = max(self._next + self._period, time.monotonic() - 1.0)
        ok, frame = self._capture.read()
        if not ok and self._period and self._settings.loop:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            ok, frame = self._capture.read()
        if not ok or frame is None:
            if self._period and not self._settings.loop:
                raise EndOfVideo
            raise InputError(
                f"camera {self._settings.source} gives no images any more; {_fix(self._settings)}"
            )
        return _rgb(np.asarray(frame))

    def close(self) -> None:
        """Free the source."""
        self._capture.release()


def camera_devices() -> list[str]:
    """The camera devices of this machine, such as ``/dev/video0``."""
    return sorted(str(path) for path in Path("/dev").glob("video*"))


def _open(settings: VideoSettings) -> cv2.VideoCapture:
    source = settings.source
    if not source:
        raise InputError("camera: an empty source was given; allowed is an index, a device, a file or a URL")
    if settings.is_camera:
        device = f"/dev/video{source}" if source.isdigit() else source
        if not Path(device).exists():
            raise InputError(f"camera {source}: there is no {device}; {_fix(settings)}")
        if not os.access(device, os.R_OK | os.W_OK):
            raise InputError(
                f"camera {source}: no right to use {device}; sudo usermod -aG video $USER, log in again"
            )
        capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        for key, value in (
            (cv2.CAP_PROP_FRAME_WIDTH, settings.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, settings.height),
            (cv2.CAP_PROP_FPS, settings.rate),
        ):
            if value:
                capture.set(key, value)
    elif settings.is_stream:
        milliseconds = int(STREAM_TIMEOUT * 1000)
        limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds, cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds]
        capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, limits)
    else:
        if not Path(source).is_file():
            raise InputError(f"camera: there is no file {source}; {_fix(settings)}")
        capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        capture.release()
        raise InputError(f"camera {source} cannot be opened; {_fix(settings)}")
    return capture


def _fix(settings: VideoSettings) -> str:
    if settings.is_camera:
        devices = ", ".join(camera_devices()) or "none"
        return f"plug it in, end what else uses it, or set source to one of the cameras there are: {devices}"
    if settings.is_stream:
        return "check the URL, the network and the sender"
    return "set source to a video file that OpenCV can read"


def _rgb(frame: ImageArray) -> ImageArray:
    if frame.ndim == 2:
        return np.repeat(frame[:, :, None], 3, axis=2)
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))

"""Sound from an input device, through PortAudio."""

from __future__ import annotations

import queue
import time
from typing import Any, NamedTuple

import numpy as np

from mm_robot.devices.sound_devices import MICROPHONE, chosen_device, devices_of, portaudio
from mm_robot.errors import InputError
from mm_robot.types import FloatArray

LONGEST_SILENCE = 2.0
"""Seconds without a piece after which the device counts as lost."""
QUEUE_LENGTH = 256
"""Pieces that may wait to be read; what comes then is lost, and counted."""


class Piece(NamedTuple):
    """``samples`` [N] float32 in [-1, 1]; ``missing`` samples were lost just before them."""

    samples: FloatArray
    missing: int


class SoundInput:
    """An open input device, read in mono at its own sample rate."""

    def __init__(self, wanted: str, block: float) -> None:
        """Open a device.

        Args:
            wanted: number, name or part of a name; empty for the default device.
            block: length of a piece, s.

        Raises:
            InputError: there is no such device, or it cannot be opened.
        """
        sounddevice = portaudio(MICROPHONE)
        inputs = devices_of(MICROPHONE, sounddevice.query_devices())
        index = chosen_device(MICROPHONE, inputs, wanted, sounddevice.default.device[0])
        self.name = inputs[index]
        self.rate = int(sounddevice.query_devices(index)["default_samplerate"])
        self._pieces: queue.Queue[Piece] = queue.Queue(QUEUE_LENGTH)
        self._dropped = 0
        self._heard = 0.0
        try:
            self._stream = sounddevice.InputStream(
                samplerate=self.rate,
                blocksize=max(1, round(block * self.rate)),
                device=index,
                channels=1,
                dtype="float32",
                callback=self._hear,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise InputError(
                f"microphone {self.name} cannot be opened ({' '.join(str(error.args[0]).split())}); "
                "end what else uses it, or choose another device"
            ) from None

    def read(self) -> Piece:
        """Wait for the next piece.

        Raises:
            InputError: the device is lost.
        """
        try:
            return self._pieces.get(timeout=LONGEST_SILENCE)
        except queue.Empty:
            raise InputError(f"microphone {self.name} gives no sound any more; plug it in again") from None

    def close(self) -> None:
        """Free the device."""
        self._stream.close(ignore_errors=True)

    def _hear(self, samples: FloatArray, frames: int, _times: Any, status: Any) -> None:
        now = time.monotonic()
        missing = self._dropped
        if status.input_overflow and self._heard:
            missing += max(1, round((now - self._heard) * self.rate) - frames)
        self._heard = now
        try:
            self._pieces.put_nowait(Piece(np.array(samples[:, 0]), missing))
            self._dropped = 0
        except queue.Full:
            self._dropped = missing + frames

"""Sound from an input device, through PortAudio."""

from __future__ import annotations

import queue
import time
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

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


def portaudio() -> ModuleType:
    """The module ``sounddevice``, with the devices that are plugged in now.

    Raises:
        InputError: PortAudio is not installed.
    """
    try:
        import sounddevice
    except OSError:
        raise InputError("microphone: PortAudio is not installed; apt install libportaudio2") from None
    sounddevice._terminate()  # PortAudio looks for devices only when it is initialised
    sounddevice._initialize()
    module: ModuleType = sounddevice
    return module


def input_devices(devices: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Number and name of each device that has inputs."""
    return {index: str(d["name"]) for index, d in enumerate(devices) if d["max_input_channels"] > 0}


def chosen_device(inputs: Mapping[int, str], wanted: str, default: int) -> int:
    """The number of an input device.

    Args:
        inputs: number and name of each input device.
        wanted: number, name or part of a name (in any case) of the device; empty for the default one.
        default: number of the default device, -1 where there is none.

    Raises:
        InputError: there is no such device, or more than one.
    """
    if not inputs:
        raise InputError(
            "microphone: there is no input device; plug one in; where PulseAudio or PipeWire runs, "
            "apt install libasound2-plugins"
        )
    there = ", ".join(f"{index} {name}" for index, name in inputs.items())
    if not wanted:
        return default if default in inputs else next(iter(inputs))
    if wanted.isdigit() and int(wanted) in inputs:
        return int(wanted)
    exact = [index for index, name in inputs.items() if name == wanted]
    found = exact or [index for index, name in inputs.items() if wanted.lower() in name.lower()]
    if wanted.isdigit() or not found:
        raise InputError(f"microphone: device {wanted!r} was given; the input devices there are: {there}")
    if len(found) > 1 and not exact:
        raise InputError(
            f"microphone: device {wanted!r} fits several; give more of its name, or its number: {there}"
        )
    return found[0]


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
        sounddevice = portaudio()
        inputs = input_devices(sounddevice.query_devices())
        index = chosen_device(inputs, wanted, sounddevice.default.device[0])
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

"""Sound to an output device, through PortAudio."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import soxr

from mm_robot.devices.sound_devices import LOUDSPEAKER, chosen_device, devices_of, portaudio
from mm_robot.errors import InputError
from mm_robot.types import FloatArray

PIECE_SECONDS = 0.05
"""Length of the pieces after each of which the sound may be broken off."""


def play(samples: FloatArray, rate: int, wanted: str, go_on: Callable[[], bool]) -> bool:
    """Play sound to its end, unless ``go_on`` says no in its course; whether it came to its end.

    Args:
        samples: [N] float32 in [-1, 1].
        rate: samples a second.
        wanted: number, name or part of a name of the output device; empty for the default one.
        go_on: asked twenty times a second.

    Raises:
        InputError: there is no such device, or it cannot be opened or is lost.
    """
    sounddevice = portaudio(LOUDSPEAKER)
    there = devices_of(LOUDSPEAKER, sounddevice.query_devices())
    index = chosen_device(LOUDSPEAKER, there, wanted, sounddevice.default.device[1])
    own_rate = int(sounddevice.query_devices(index)["default_samplerate"])
    sound = np.ascontiguousarray(soxr.resample(samples, rate, own_rate), np.float32)
    length = round(PIECE_SECONDS * own_rate)
    try:
        with sounddevice.OutputStream(
            samplerate=own_rate, device=index, channels=1, dtype="float32", latency="high"
        ) as stream:
            for first in range(0, len(sound), length):
                if not go_on():
                    stream.abort()
                    return False
                stream.write(sound[first : first + length, None])
    except sounddevice.PortAudioError as error:
        raise InputError(
            f"loudspeaker {there[index]} cannot be used ({' '.join(str(error.args[0]).split())}); "
            "end what else uses it, or choose another device"
        ) from None
    return True

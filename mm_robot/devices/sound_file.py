"""Sound files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr

from mm_robot.devices.sound_blocks import Int16Array, to_int16
from mm_robot.errors import InputError

LONGEST = 600.0
"""Seconds of the longest sound that is loaded."""


def load_sound(path: Path, rate: int) -> Int16Array:
    """A sound file in mono at ``rate`` Hz, [N] int16.

    Raises:
        InputError: the file cannot be read, is empty, too long or no sound.
    """
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > LONGEST * file.samplerate:
                raise InputError(
                    f"sound file {path}: {file.frames / file.samplerate:.0f} s were given; "
                    f"allowed is up to {LONGEST:.0f} s"
                )
            samples = file.read(dtype="float32", always_2d=True)
            own_rate = file.samplerate
    except InputError:
        raise
    except (OSError, soundfile.SoundFileError, ValueError) as error:
        reason = "no such file" if not path.exists() else " ".join(str(error).split())
        raise InputError(
            f"sound file {path} cannot be read ({reason}); give a WAV, FLAC or OGG file"
        ) from None
    if not len(samples) or not np.isfinite(samples).all():
        raise InputError(f"sound file {path} holds no sound; give a WAV, FLAC or OGG file")
    return to_int16(soxr.resample(samples.mean(axis=1), own_rate, rate))

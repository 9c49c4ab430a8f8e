"""Sound with recorded noise under it, for judging."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mm_robot.data.words import read_sound, sound_files
from mm_robot.errors import InputError
from mm_robot.types import FloatArray


@dataclass(frozen=True)
class Noise:
    """The recordings of a ``folder``, random pieces of which lie ``snr`` dB below the sound."""

    folder: Path
    snr: float

    def under(self, sound: FloatArray, random: np.random.Generator, around: int = 0) -> FloatArray:
        """The sound [N], after and before so many samples of noise alone: [N + 2 * around] float32.

        Raises:
            InputError: the folder holds no recordings, or one is no sound.
        """
        recordings = _recordings(self.folder)
        recording = recordings[int(random.integers(len(recordings)))]
        length = len(sound) + 2 * around
        recording = np.tile(recording, 1 + length // len(recording))
        first = int(random.integers(len(recording) - length))
        piece = recording[first : first + length]
        wanted = _level(sound) * 10 ** (-self.snr / 20)
        mixed = np.pad(sound, around) + piece * np.float32(wanted / max(_level(piece), 1e-9))
        return mixed.astype(np.float32)


@functools.cache
def _recordings(folder: Path) -> tuple[FloatArray, ...]:
    sounds = tuple(map(read_sound, sound_files(folder)))
    if not sounds:
        raise InputError(f"{folder} holds no recordings; name a folder of noise")
    return sounds


def _level(sound: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))

"""Recordings of single words, laid out as Google Speech Commands is: a folder for each word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mm_robot.devices.sound_file import load_sound
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray

SUFFIXES = (".flac", ".wav", ".ogg")
EDGE, MARGIN = 0.05, 0.06
"""A word lasts while it is louder than this share of its peak, and so many seconds around that."""
_STEP = RATE // 100


@dataclass(frozen=True)
class WordClips:
    """``sounds`` [N, RATE] float32, a second each; ``words`` [N] the number of each one's word; ``files``."""

    sounds: FloatArray
    words: npt.NDArray[np.int64]
    files: tuple[Path, ...]


def read_words(folder: Path, words: tuple[str, ...]) -> WordClips:
    """Read the recordings of the words that the folder has.

    Raises:
        InputError: the folder has none of the words, or a file is no sound; the message names it.
    """
    found = [(path, word) for word, name in enumerate(words) for path in sound_files(folder / name)]
    if not found:
        raise InputError(
            f"{folder} holds no recordings of {', '.join(words)}; give a folder with a folder for each word"
        )
    sounds = np.stack([one_second(read_sound(path)) for path, _ in found])
    return WordClips(sounds, np.array([word for _, word in found]), tuple(path for path, _ in found))


def sound_files(folder: Path) -> list[Path]:
    """The recordings in a folder and below it, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)


def read_sound(path: Path) -> FloatArray:
    """A recording as [N] float32 at 16 kHz, one channel.

    Raises:
        InputError: it cannot be read, or holds nothing.
    """
    return load_sound(path, RATE).astype(np.float32) / np.float32(32768)


def one_second(samples: FloatArray) -> FloatArray:
    """The middle second of a sound, with silence around a shorter one."""
    missing = RATE - len(samples)
    if missing > 0:
        return np.pad(samples, (missing // 2, missing - missing // 2))
    first = -missing // 2
    return samples[first : first + RATE]


def trimmed(sound: FloatArray) -> FloatArray:
    """The word in a sound [N] at 16 kHz, without the silence around it."""
    frames = np.abs(sound[: len(sound) // _STEP * _STEP]).reshape(-1, _STEP).max(axis=1, initial=0.0)
    loud = np.flatnonzero(frames > EDGE * frames.max(initial=0.0))
    if not len(loud):
        return sound
    margin = round(MARGIN * RATE)
    return sound[max(loud[0] * _STEP - margin, 0) : (loud[-1] + 1) * _STEP + margin]


def read_noise(folder: Path) -> FloatArray:
    """All recordings of a folder one after another, [N] at 16 kHz, each at a level of one.

    Raises:
        InputError: the folder has none, or a file is no sound.
    """
    files = sound_files(folder)
    if not files:
        raise InputError(f"{folder} holds no recordings of noise; give a folder that does")
    sounds = [read_sound(path) for path in files]
    return np.concatenate([s / max(1e-6, float(np.sqrt(np.mean(s**2)))) for s in sounds])

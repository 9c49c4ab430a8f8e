"""Sentences for the ear out of what people say: recordings of single words, strung together by speaker."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from mm_robot.data.words import read_sound, sound_files, trimmed
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import SILENCE, UNKNOWN
from mm_robot.types import FloatArray

MOST_WORDS = 4
GAPS = (0.02, 0.3)
"""Seconds between two words."""
PEAK = 0.5

Recording = tuple[str, FloatArray]
"""A word, and its sound at 16 kHz."""


def strung_sentences(folder: Path, sentences: int, seed: int) -> list[Recording]:
    """So many sentences, of a word to four of one speaker each.

    ``folder`` is laid out as Google Speech Commands is: a folder for each word, in it files that are named
    ``<speaker>_nohash_<number>``; in ``_unknown_`` files that are named ``<word>_<speaker>_nohash_<number>``.

    Raises:
        InputError: the folder has no such recordings, or a file is no sound.
    """
    speakers = _by_speaker(folder)
    if not speakers:
        raise InputError(f"{folder} holds no recordings; give a folder with a folder for each word")
    random = np.random.default_rng([seed, 14])
    names = sorted(speakers)
    share = np.array([len(speakers[name]) for name in names], float)
    drawn = random.choice(len(names), size=sentences, p=share / share.sum())
    return [_strung(speakers[names[index]], random) for index in drawn]


def _by_speaker(folder: Path) -> dict[str, list[Recording]]:
    found: dict[str, list[Recording]] = defaultdict(list)
    for path in sound_files(folder):
        word, name = path.parent.name, path.stem.partition("_nohash_")[0]
        if word == SILENCE:
            continue
        if word == UNKNOWN:
            word, _, name = name.rpartition("_")
        if word.isalpha() and name:
            found[name].append((word.lower(), _levelled(trimmed(read_sound(path)))))
    return found


def _levelled(word: FloatArray) -> FloatArray:
    return (word * np.float32(PEAK / max(float(np.abs(word).max(initial=0.0)), 1e-6))).astype(np.float32)


def _strung(recordings: list[Recording], random: np.random.Generator) -> Recording:
    count = min(int(random.integers(1, MOST_WORDS + 1)), len(recordings))
    chosen = [recordings[i] for i in random.choice(len(recordings), size=count, replace=False)]
    pieces = [np.pad(sound, (0, round(float(random.uniform(*GAPS)) * RATE))) for _, sound in chosen]
    return " ".join(word for word, _ in chosen), np.concatenate(pieces)

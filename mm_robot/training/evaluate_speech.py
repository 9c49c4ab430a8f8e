"""How well single words are told apart, in quiet or in noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mm_robot.data.words import read_sound, read_words, sound_files
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import WORDS
from mm_robot.speech.keywords import Keywords, keyword_folder
from mm_robot.types import FloatArray

NOISE_SEED = 0


def evaluate_speech(
    folder: Path, model: str = "embedded", noise: Path | None = None, snr: float | None = None
) -> dict[str, Any]:
    """Accuracy, and recall and precision of each word.

    Args:
        folder: one folder of recordings for each word, as Google Speech Commands is laid out.
        model: folder of a keyword model, or ``embedded``.
        noise: folder of recordings of noise, of which a random piece is added to each word.
        snr: dB of the word above the noise.

    Raises:
        InputError: a folder or the model is missing or broken, or one of noise and snr is given alone.
    """
    if (noise is None) != (snr is None):
        raise InputError("--noise FOLDER and --snr DB belong together; give both or neither")
    clips = read_words(folder, WORDS)
    sounds = clips.sounds if noise is None or snr is None else in_noise(clips.sounds, noise, snr)
    found = Keywords(keyword_folder(model)).probabilities(sounds).argmax(axis=1)
    per_word = {}
    for word, name in enumerate(WORDS):
        said, heard = clips.words == word, found == word
        if said.any():
            right = int((said & heard).sum())
            per_word[name] = {
                "n": int(said.sum()),
                "recall": round(right / int(said.sum()), 4),
                "precision": round(right / int(heard.sum()), 4) if heard.any() else None,
            }
    return {
        "clips": len(clips.words),
        "accuracy": round(float((found == clips.words).mean()), 4),
        "per_word": per_word,
        "snr_db": snr,
    }


def in_noise(sounds: FloatArray, folder: Path, snr: float) -> FloatArray:
    """The sounds [N, RATE], each with a random piece of the folder's noise ``snr`` dB below it.

    Raises:
        InputError: the folder holds no recording that is long enough.
    """
    recordings = [sound for sound in map(read_sound, sound_files(folder)) if len(sound) > RATE]
    if not recordings:
        raise InputError(f"{folder} holds no recording of more than a second; name a folder of noise")
    random = np.random.default_rng(NOISE_SEED)
    mixed = sounds.copy()
    for row in range(len(sounds)):
        recording = recordings[int(random.integers(len(recordings)))]
        first = int(random.integers(len(recording) - RATE))
        added = recording[first : first + RATE]
        wanted = _level(sounds[row]) * 10 ** (-snr / 20)
        mixed[row] += added * np.float32(wanted / max(_level(added), 1e-9))
    return mixed


def _level(sound: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))

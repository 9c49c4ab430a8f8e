"""How well single words are told apart, in quiet or in noise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mm_robot.data.words import read_words
from mm_robot.errors import InputError
from mm_robot.speech.keyword_model import WORDS
from mm_robot.speech.keywords import Keywords, keyword_folder
from mm_robot.training.noise import Noise

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
    sounds = clips.sounds
    if noise is not None and snr is not None:
        under, random = Noise(noise, snr).under, np.random.default_rng(NOISE_SEED)
        sounds = np.stack([under(sound, random) for sound in sounds])
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

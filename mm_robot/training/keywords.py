"""Trains the keyword model on recordings of people, synthetic voices and noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from mm_robot.data.words import WordClips, one_second, read_noise, read_words
from mm_robot.sim.voices import VOICES, Voice, synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import UNKNOWN, WORDS, KeywordModel
from mm_robot.speech.keywords import save_keywords
from mm_robot.training.loop import run_stage
from mm_robot.training.settings import KeywordSettings
from mm_robot.training.sound_augmentation import augmented, masked

OTHER_WORDS = (
    *("ball", "box", "cone", "cylinder", "red", "green", "blue", "yellow", "turn", "around", "forward"),
    *("top", "shop", "step", "stock", "start", "hop", "spot", "storm", "low", "know", "toe", "goat", "got"),
    *("write", "light", "lift", "cup", "town", "gown", "yesterday", "of", "in", "an", "one", "hello", "and"),
)
"""What synthetic voices say as words that are none of the commands."""
SYNTHETIC_SHARE = 0.35
SPEEDS, PITCHES = (115, 150, 190), (25, 50, 75)
SMOOTHING = 0.1
CALIBRATION_STEPS = 60
"""Batches by which the statistics of the normalisation are measured at the end."""


def train_keywords(settings: KeywordSettings) -> Path:
    """Train, or go on with it; returns the folder of the model.

    Raises:
        InputError: the data is missing or broken, no synthetic voice is installed, or training diverged.
    """
    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    people = read_words(settings.words, WORDS)
    synthetic = _synthetic(settings.out / "synthetic.npz")
    noise = torch.from_numpy(read_noise(settings.noise))
    model = KeywordModel()
    drawer = _Drawer(people, synthetic, noise, settings.train.batch, settings.seed)

    def loss(step: int) -> dict[str, Tensor]:
        spectrograms, words = drawer.batch(model, step)
        torch.manual_seed(settings.seed * 1_000_003 + step)  # dropout, the same after a break
        logits = model.classify(spectrograms)
        return {"words": nn.functional.cross_entropy(logits, words, label_smoothing=SMOOTHING)}

    run_stage("keywords", model, dict(model.named_parameters()), settings.train, loss, settings.out)
    _calibrate(model, drawer, settings.train.steps)
    folder = settings.out / "model"
    save_keywords(model, folder)
    return folder


class _Drawer:
    """Draws the batch of a step: every word as often, people and synthetic voices, each time changed."""

    def __init__(self, people: WordClips, synthetic: WordClips, noise: Tensor, batch: int, seed: int) -> None:
        self._sounds = torch.from_numpy(np.concatenate([people.sounds, synthetic.sounds]))
        words = np.concatenate([people.words, synthetic.words])
        made = np.arange(len(words)) >= len(people.words)
        self._rows = [
            (np.flatnonzero((words == word) & ~made), np.flatnonzero((words == word) & made))
            for word in range(len(WORDS))
        ]
        self._noise, self._batch, self._seed = noise, batch, seed

    def batch(self, model: KeywordModel, step: int) -> tuple[Tensor, Tensor]:
        """Spectrograms [B, bands, T] and words [B]."""
        random = np.random.default_rng((self._seed, step))
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        words = random.integers(len(WORDS), size=self._batch)
        rows = np.array([self._row(int(word), random) for word in words])
        with torch.no_grad():
            sounds = augmented(self._sounds[torch.from_numpy(rows)], self._noise, generator)
            spectrograms = masked(model.spectrogram(sounds), generator)
        return spectrograms, torch.from_numpy(words)

    def _row(self, word: int, random: np.random.Generator) -> int:
        people, made = self._rows[word]
        rows = made if len(made) and (not len(people) or random.random() < SYNTHETIC_SHARE) else people
        return int(random.choice(rows))


def _calibrate(model: KeywordModel, drawer: _Drawer, step: int) -> None:
    """Measure what the normalisation layers see, which a resumed run has not kept."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm1d)]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over the batches
    model.train()
    with torch.no_grad():
        for number in range(CALIBRATION_STEPS):
            model.classify(drawer.batch(model, step + number)[0])
    model.eval()


def _synthetic(kept: Path) -> WordClips:
    """Every command and some other words, spoken by the synthetic voices; made once and kept."""
    if not kept.exists():
        said = [*WORDS[2:], *OTHER_WORDS]
        voices = [Voice(v.name, speed, pitch) for v in VOICES for speed in SPEEDS for pitch in PITCHES]
        sounds, words = [], []
        for text in tqdm(said, desc="synthetic voices", unit="word"):
            for voice in voices:
                sound = synthesise(text, voice.name, voice.speed, voice.pitch, RATE)
                sounds.append(one_second(sound))
                words.append(WORDS.index(text) if text in WORDS else WORDS.index(UNKNOWN))
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, sounds=np.stack(sounds).astype(np.float16), words=np.array(words))
    with np.load(kept, allow_pickle=False) as saved:
        return WordClips(saved["sounds"].astype(np.float32), saved["words"], ())

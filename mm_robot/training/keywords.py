"""Trains the keyword model on recordings of people, synthetic voices and noise.

It begins with the speech embedding, which knows how people sound, and learns the head on it first, so that
this is not lost (Kumar et al., "Fine-tuning can distort pretrained features and underperform
out-of-distribution", ICLR 2022). Words that no recording of people holds are learned from synthetic voices
alone; that people never say them is not to be learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from tqdm import tqdm

from mm_robot.data.words import WordClips, one_second, read_noise, read_words, trimmed
from mm_robot.model.precision import fast_bfloat16
from mm_robot.sim.voices import synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.keyword_model import UNKNOWN, WORDS, KeywordModel
from mm_robot.speech.keywords import save_keywords
from mm_robot.speech.speech_embedding import start_file
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.settings import KeywordSettings
from mm_robot.training.sound_augmentation import as_loud, as_others, augmented, masked
from mm_robot.training.spoken import SpokenSentences, draw_voice, read_spoken
from mm_robot.types import FloatArray

OTHER_WORDS = (
    *("ball", "box", "cone", "cylinder", "red", "green", "blue", "yellow", "turn", "around", "forward"),
    *("top", "shop", "step", "stock", "start", "hop", "spot", "storm", "low", "know", "toe", "goat", "got"),
    *("write", "light", "lift", "cup", "town", "gown", "yesterday", "of", "in", "an", "one", "hello", "and"),
    *("hot", "hold", "fault", "salt", "hall", "hope", "haul", "hat", "heart", "what", "wall", "help", "hard"),
    *("free", "three", "please", "trees", "breeze", "cheese", "green", "these", "peace", "seize", "friend"),
)
"""What synthetic voices say as words that are none of the commands."""
SYNTHETIC_SHARE = 0.45
OTHER_WORDS_WEIGHT = 2.0
"""How much oftener than a command another word is drawn."""
VOICES_OF_WORD, VOICES_OF_UNRECORDED_WORD = 100, 600
"""By so many voices each word is said, and a command of which there are no recordings."""
SENTENCES = 5000
"""From so many spoken sentences without a command word a second is taken, as another word."""
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
    synthetic = _synthetic(settings.out / "synthetic.npz", people, settings.seed)
    sentences = _seconds_of(read_spoken(settings.speech), settings.seed)
    noise = torch.from_numpy(read_noise(settings.noise))
    model = KeywordModel()
    model.embedding.load_state_dict(load_file(start_file()))
    model.embedding.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    bfloat16 = fast_bfloat16(torch.device("cpu"))
    drawer = _Drawer(people, (synthetic, sentences), noise, settings.seed)

    def loss(size: int, step: int) -> dict[str, Tensor]:
        batch = drawer.batch(model, size, step)
        torch.manual_seed(settings.seed * 1_000_003 + step)  # dropout, the same after a break
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16):
            logits = model.classify(batch.spectrograms)
        return {"words": told_apart(logits.float(), batch.words, batch.out_of_question)}

    everything = dict(model.named_parameters())
    head = dict(model.head.named_parameters(prefix="head"))
    for name, trained, stage in (("head", head, settings.head), ("keywords", everything, settings.train)):
        run_stage(name, model, trained, stage, partial(loss, stage.batch), settings.out)
    _calibrate(model, drawer, settings.train)
    folder = settings.out / "model"
    save_keywords(model, folder)
    return folder


def told_apart(logits: Tensor, words: Tensor, out_of_question: Tensor) -> Tensor:
    """The mean smoothed cross-entropy of ``logits`` [B, words] with ``words`` [B], without those that are
    ``out_of_question`` [B, words].
    """
    logs = logits.masked_fill(out_of_question, -math.inf).log_softmax(dim=1)
    spread = logs.masked_fill(out_of_question, 0.0).sum(dim=1) / (~out_of_question).sum(dim=1)
    said = logs.gather(1, words[:, None])[:, 0]
    return -((1.0 - SMOOTHING) * said + SMOOTHING * spread).mean()


@dataclass(frozen=True)
class _Batch:
    """``spectrograms`` [B, bands, T], ``words`` [B], and which words are ``out_of_question`` [B, words]."""

    spectrograms: Tensor
    words: Tensor
    out_of_question: Tensor


class _Drawer:
    """Draws the batch of a step: every command as often, people and synthetic voices, each time changed."""

    def __init__(
        self,
        people: WordClips,
        synthetic: tuple[WordClips, WordClips],
        noise: Tensor,
        seed: int,
    ) -> None:
        self._sounds = torch.from_numpy(np.concatenate([clips.sounds for clips in (people, *synthetic)]))
        words = np.concatenate([clips.words for clips in (people, *synthetic)])
        made = np.arange(len(words)) >= len(people.words)
        self._rows = [
            (np.flatnonzero((words == word) & ~made), np.flatnonzero((words == word) & made))
            for word in range(len(WORDS))
        ]
        unrecorded = torch.tensor([not len(recorded) for recorded, _ in self._rows])
        self._out_of_question = torch.from_numpy(~made)[:, None] & unrecorded
        weights = np.where(np.arange(len(WORDS)) == WORDS.index(UNKNOWN), OTHER_WORDS_WEIGHT, 1.0)
        self._shares = weights / weights.sum()
        self._noise, self._seed = noise, seed

    def batch(self, model: KeywordModel, size: int, step: int) -> _Batch:
        """That of a step, of so many clips."""
        random = np.random.default_rng((self._seed, step))
        generator = torch.Generator().manual_seed(int(random.integers(2**62)))
        words = random.choice(len(WORDS), size=size, p=self._shares)
        rows = torch.from_numpy(np.array([self._row(int(word), random) for word in words]))
        with torch.no_grad():
            sounds = augmented(self._sounds[rows], self._noise, generator)
            spectrograms = model.spectrogram(as_loud(sounds, generator))
            mean = spectrograms.mean(dim=(1, 2), keepdim=True)
            spectrograms = mean + masked(as_others(spectrograms - mean, generator), generator)
        return _Batch(spectrograms, torch.from_numpy(words), self._out_of_question[rows])

    def _row(self, word: int, random: np.random.Generator) -> int:
        people, made = self._rows[word]
        rows = made if len(made) and (not len(people) or random.random() < SYNTHETIC_SHARE) else people
        return int(random.choice(rows))


def _calibrate(model: KeywordModel, drawer: _Drawer, stage: StageSettings) -> None:
    """Measure what the normalisation layers see, which a resumed run has not kept."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.BatchNorm1d)]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # a plain mean over the batches
    model.train()
    with torch.no_grad():
        for number in range(CALIBRATION_STEPS):
            model.classify(drawer.batch(model, stage.batch, stage.steps + number).spectrograms)
    model.eval()


def _synthetic(kept: Path, people: WordClips, seed: int) -> WordClips:
    """Every command and some other words, spoken by synthetic voices; made once and kept."""
    if not kept.exists():
        random = np.random.default_rng([seed, 15])
        recorded = {WORDS[word] for word in people.words}
        sounds, words = [], []
        for text in tqdm([*WORDS[2:], *OTHER_WORDS], desc="synthetic voices", unit="word"):
            unrecorded = text in WORDS and text not in recorded
            for _ in range(VOICES_OF_UNRECORDED_WORD if unrecorded else VOICES_OF_WORD):
                voice = draw_voice(random)
                sound = synthesise(text, voice.name, voice.speed, voice.pitch, RATE)
                sounds.append(_placed(sound, random))
                words.append(WORDS.index(text) if text in WORDS else WORDS.index(UNKNOWN))
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, sounds=np.stack(sounds).astype(np.float16), words=np.array(words))
    with np.load(kept, allow_pickle=False) as saved:
        return WordClips(saved["sounds"].astype(np.float32), saved["words"], ())


def _placed(sound: FloatArray, random: np.random.Generator) -> FloatArray:
    """A second with a word in the middle of it or later: it is to be told as soon as it is said."""
    word = trimmed(sound)
    free = RATE - len(word)
    if free < 0:
        return one_second(word)
    before = int(random.integers(free // 2, free + 1))
    return np.pad(word, (before, free - before)).astype(np.float32)


def _seconds_of(spoken: SpokenSentences, seed: int) -> WordClips:
    """A second of each of some sentences that hold no command word."""
    random = np.random.default_rng([seed, 16])
    sounds: list[FloatArray] = []
    for index in random.permutation(len(spoken)):
        sound = spoken.sound(int(index))
        if len(sound) > RATE and not set(spoken.texts[index].split()) & set(WORDS):
            first = int(random.integers(len(sound) - RATE))
            sounds.append(sound[first : first + RATE])
        if len(sounds) == SENTENCES:
            break
    found = np.stack(sounds) if sounds else np.empty((0, RATE), np.float32)
    return WordClips(found, np.full(len(sounds), WORDS.index(UNKNOWN)), ())

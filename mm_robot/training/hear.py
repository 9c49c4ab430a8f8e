"""Fourth stage: the ear learns letters, and the vectors that the frozen language model has for words.

The losses are CTC over letters and, for sentences whose words are told apart rightly, the distance of each
word's vector from that of the written sentence (the mean of its word pieces).
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerBase

from mm_robot.errors import InputError
from mm_robot.model.ear import ALPHABET, BLANK, Ear, HeardFrames, read_letters, shares_of
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.precision import fast_bfloat16
from mm_robot.speech.base import RATE
from mm_robot.training.sound_augmentation import augmented, masked
from mm_robot.training.spoken import SpokenSentences
from mm_robot.types import FloatArray

_BUCKET = 8
"""So many batches are drawn together and sorted by length, so that little is padded."""
_LEADING = 0.25
"""s of silence before a sentence, and after it at least."""
_VECTOR_WEIGHT = 3.0
_SHORTEST_NOISE = 10
"""s, more than any spoken sentence lasts."""


class HearStage:
    """The loss of the fourth stage; sounds are ``varied`` by noise, loudness and masks.

    Raises:
        InputError: there is less noise than a sentence lasts.
    """

    def __init__(
        self,
        model: FusedLanguageModel,
        tokenizer: PreTrainedTokenizerBase,
        spoken: SpokenSentences,
        noise: FloatArray,
        batch: int,
        seed: int,
        varied: bool = True,
    ) -> None:
        if len(noise) <= _SHORTEST_NOISE * RATE:
            raise InputError(
                f"the recordings of noise last {len(noise) / RATE:.1f} s together; "
                f"give more than {_SHORTEST_NOISE} s"
            )
        self._ear: Ear = model.add_ear()
        self._device = next(model.parameters()).device
        self._bfloat16 = fast_bfloat16(self._device)
        self._vectors = WordVectors(model, tokenizer)
        self._spoken = spoken
        self._noise = torch.from_numpy(noise)
        self._batch = batch
        self._seed = seed
        self._varied = varied

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        rows = self._rows(step)
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + step)
        sounds = self._sounds(rows, generator).to(self._device)
        with torch.no_grad():
            spectrograms = self._ear.spectrogram(sounds)
            if self._varied:
                spectrograms = masked(spectrograms, generator)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bfloat16):
            halved: HeardFrames = self._ear(spectrograms)
        heard = HeardFrames(halved.letters.float(), halved.features.float())
        texts = [self._spoken.texts[row] for row in rows]
        letters = _letters_loss(heard, texts)
        spans = [read_letters(row)[1] for row in heard.letters.detach()]
        told = [i for i, text in enumerate(texts) if len(spans[i]) == len(text.split())]
        if not told:
            return {"letters": letters}
        shares = shares_of([spans[i] for i in told], heard.letters.shape[1])
        part = HeardFrames(heard.letters[told], heard.features[told])
        vectors = self._ear.vectors(part, shares.to(self._device))
        wanted, there = self._vectors([texts[i] for i in told])
        distance = (vectors - wanted).square().mean(dim=-1)
        return {"letters": letters, "vectors": _VECTOR_WEIGHT * distance[there].mean()}

    def _rows(self, step: int) -> list[int]:
        group, place = divmod(step, _BUCKET)
        drawn = np.random.default_rng([self._seed, group]).integers(
            len(self._spoken), size=self._batch * _BUCKET
        )
        length = np.diff(self._spoken.ends, prepend=0)[drawn]
        batches = drawn[np.argsort(length)].reshape(_BUCKET, self._batch)
        order = np.random.default_rng([self._seed, group, 1]).permutation(_BUCKET)
        return [int(row) for row in batches[order[place]]]

    def _sounds(self, rows: list[int], generator: torch.Generator) -> Tensor:
        """Sounds [B, N] as they might reach a microphone."""
        clips = [self._spoken.sound(row) for row in rows]
        silence = round(_LEADING * RATE)
        longest = max(len(clip) for clip in clips) + 2 * silence
        sounds = np.zeros((len(clips), longest), np.float32)
        for index, clip in enumerate(clips):
            sounds[index, silence : silence + len(clip)] = clip
        given = torch.from_numpy(sounds)
        return augmented(given, self._noise, generator) if self._varied else given


class WordVectors:
    """The frozen language model's vectors of the words of written sentences, and of the sentences' ends."""

    def __init__(self, model: FusedLanguageModel, tokenizer: PreTrainedTokenizerBase) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._known: dict[str, Tensor] = {}

    def __call__(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """[B, W + 2, width], the closing end after a gap where a sentence has fewer words than W; and which
        of them are there, [B, W + 2] bool.
        """
        for text in texts:
            if text not in self._known:
                self._known[text] = self._of(text)
        rows = [self._known[text] for text in texts]
        most = max(len(row) for row in rows)
        vectors = rows[0].new_zeros(len(rows), most, rows[0].shape[1])
        there = torch.zeros(len(rows), most, dtype=torch.bool, device=vectors.device)
        for index, row in enumerate(rows):
            vectors[index, : len(row) - 1] = row[:-1]
            vectors[index, -1] = row[-1]
            there[index, : len(row) - 1] = True
            there[index, -1] = True
        return vectors, there

    def _of(self, text: str) -> Tensor:
        words = text.split()
        tokens = self._tokenizer([words], is_split_into_words=True, return_tensors="pt")
        device = next(self._model.parameters()).device
        ids, mask = tokens["input_ids"].to(device), tokens["attention_mask"].to(device)
        embedded = self._model.embed_text(ids, mask)[0]
        owner = tokens.word_ids(0)
        means = [
            torch.stack([embedded[i] for i, o in enumerate(owner) if o == word]).mean(0)
            for word in range(len(words))
        ]
        return torch.stack([embedded[0], *means, embedded[-1]])


def _letters_loss(heard: HeardFrames, texts: list[str]) -> Tensor:
    targets = [torch.tensor([ALPHABET.index(c) for c in text]) for text in texts]
    loss: Tensor = functional.ctc_loss(
        heard.letters.transpose(0, 1),
        torch.cat(targets).to(heard.letters.device),
        torch.full((len(texts),), heard.letters.shape[1]),
        torch.tensor([len(t) for t in targets]),
        blank=BLANK,
        reduction="none",
        zero_infinity=True,
    )
    lengths = torch.tensor([float(len(t)) for t in targets], device=loss.device)
    return (loss / lengths).mean()

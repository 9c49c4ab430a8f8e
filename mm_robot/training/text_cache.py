"""The frozen language model's embeddings of sentences, computed once for each sentence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from mm_robot.model.fused_lm import FusedLanguageModel

_MOST_KNOWN = 20_000
"""Sentences to keep; beyond it all are forgotten, since most are never drawn again."""


class TextCache:
    """Looks embeddings up, and computes those that are missing."""

    def __init__(
        self, model: FusedLanguageModel, tokenizer: PreTrainedTokenizerBase, max_tokens: int
    ) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self._known: dict[str, Tensor] = {}

    def __call__(self, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
        """Embeddings [B, T, width] and their mask [B, T], padded to the longest."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        missing = sorted({t for t in texts if t not in self._known})
        if missing:
            tokens = self._tokenizer(
                missing, padding=True, truncation=True, max_length=self._max_tokens, return_tensors="pt"
            )
            device = next(self._model.parameters()).device
            embedded = self._model.embed_text(
                tokens["input_ids"].to(device), tokens["attention_mask"].to(device)
            )
            for text, row, mask in zip(missing, embedded, tokens["attention_mask"], strict=True):
                self._known[text] = row[: int(mask.sum())].half()
        rows = [self._known[t] for t in texts]
        longest = max(len(r) for r in rows)
        padded = rows[0].new_zeros(len(rows), longest, rows[0].shape[-1], dtype=torch.float32)
        mask = torch.zeros(len(rows), longest, dtype=torch.long, device=padded.device)
        for index, row in enumerate(rows):
            padded[index, : len(row)] = row.float()
            mask[index, : len(row)] = 1
        return padded, mask

"""What a language model has computed of a sentence, so that what is seen later is read without its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass
class ReadWords:
    """Keys and values [B, heads, L, size] of each layer."""

    layers: list[tuple[Tensor, Tensor]] = field(default_factory=list)


@dataclass
class Reading:
    """Given to a pass over the words as its ``past_key_values``: keeps what each layer computes of them."""

    words: ReadWords

    def update(self, keys: Tensor, values: Tensor, _layer: int, *_: Any) -> tuple[Tensor, Tensor]:
        """As of ``transformers.Cache``."""
        self.words.layers.append((keys, values))
        return keys, values

    def get_seq_length(self, *_: Any) -> int:
        """None went before."""
        return 0


@dataclass
class HasRead(Reading):
    """Given to a pass over what is seen: each layer sees the words, too, which stay as they were read."""

    def update(self, keys: Tensor, values: Tensor, layer: int, *_: Any) -> tuple[Tensor, Tensor]:
        """As of ``transformers.Cache``."""
        of_words = self.words.layers[layer]
        return torch.cat([of_words[0], keys], dim=2), torch.cat([of_words[1], values], dim=2)

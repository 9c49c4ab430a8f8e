"""Ways to bring together what is seen, the state and the sentence, by name.

With ``tokens`` all go through the language model as one sequence. With the others it reads the sentence
alone, and a module brings its outputs together with things and state afterwards.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

TOKENS = "tokens"


class LateFusion(nn.Module):
    """What is brought together after the language model."""

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Things [B, N, width] that know of the sentence, and the action readout [B, width].

        ``things`` [B, N, width], of which those ``present`` [B, N]; ``state`` [B, width]; ``words``
        [B, T, width] as the language model put them out, and their ``mask`` [B, T]; ``sentence`` [B, width],
        its skill readout.
        """
        raise NotImplementedError


class WeightedFusion(LateFusion):
    """A sum of things, state and sentence, weighted by what they say (Arevalo et al. 2017)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weigh = nn.Linear(3 * width, 3)
        self.share = nn.Linear(2 * width, 1)
        self.norm = nn.LayerNorm(width)

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        parts = [_mean(things, present), state, sentence]
        weights = self.weigh(torch.cat(parts, dim=-1)).softmax(dim=-1).unsqueeze(-1)
        action = (weights * torch.stack(parts, dim=1)).sum(dim=1)
        said = sentence.unsqueeze(1).expand_as(things)
        share = self.share(torch.cat([things, said], dim=-1)).sigmoid()
        return self.norm(share * things + (1 - share) * said), self.norm(action)


class PooledFusion(LateFusion):
    """The mean over things, state and words; each thing with the mean of the words."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        said = _mean(words, mask.bool())
        action = (_mean(things, present) + state + said) / 3
        return self.norm(things + said.unsqueeze(1)), self.norm(action)


class ConcatFusion(LateFusion):
    """Things, state and sentence side by side, through two layers."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.thing = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), nn.Linear(width, width))
        self.action = nn.Sequential(nn.Linear(3 * width, width), nn.GELU(), nn.Linear(width, width))

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        around = torch.cat([state, sentence], dim=-1)
        each = torch.cat([things, around.unsqueeze(1).expand(-1, things.shape[1], -1)], dim=-1)
        return self.thing(each), self.action(torch.cat([_mean(things, present), around], dim=-1))


class CrossAttentionFusion(LateFusion):
    """Things and state ask the words, then each other (Lu et al. 2019)."""

    def __init__(self, width: int, heads: int = 8, layers: int = 2) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(
                width, heads, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
            )
            for _ in range(layers)
        )

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        tokens = torch.cat([things, state.unsqueeze(1)], dim=1)
        away = torch.cat([~present, torch.zeros_like(present[:, :1])], dim=1)
        said = torch.cat([sentence.unsqueeze(1), words], dim=1)
        silent = torch.cat([torch.zeros_like(mask[:, :1], dtype=torch.bool), ~mask.bool()], dim=1)
        for layer in self.layers:
            tokens = layer(tokens, said, tgt_key_padding_mask=away, memory_key_padding_mask=silent)
        return tokens[:, :-1], tokens[:, -1]


class FilmFusion(LateFusion):
    """The sentence scales and shifts each feature of things and state (Perez et al. 2018)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.modulate = nn.Linear(width, 4 * width)
        self.thing = nn.Sequential(nn.GELU(), nn.Linear(width, width))
        self.state = nn.Sequential(nn.GELU(), nn.Linear(width, width))

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        scale, shift, state_scale, state_shift = self.modulate(sentence).chunk(4, dim=-1)
        each = self.thing(things * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1))
        action = self.state(state * (1 + state_scale) + state_shift) + _mean(each, present)
        return each, action


class BiLstmFusion(LateFusion):
    """Things, state and words as one sequence through an LSTM in both directions (Schuster 1997)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(width, width // 2, batch_first=True, bidirectional=True)

    def forward(
        self, things: Tensor, present: Tensor, state: Tensor, words: Tensor, mask: Tensor, sentence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """See ``LateFusion``."""
        seen, said = things * present.unsqueeze(-1), words * mask.unsqueeze(-1)
        sequence = torch.cat([sentence.unsqueeze(1), seen, state.unsqueeze(1), said], dim=1)
        hidden = self.lstm(sequence)[0]
        count = things.shape[1]
        return hidden[:, 1 : count + 1] + things, hidden[:, count + 1]


_LATE: dict[str, type[LateFusion]] = {
    "weighted": WeightedFusion,
    "pooled": PooledFusion,
    "concat": ConcatFusion,
    "cross_attention": CrossAttentionFusion,
    "film": FilmFusion,
    "bilstm": BiLstmFusion,
}
FUSIONS = (TOKENS, *_LATE)


def late_fusion(name: str, width: int) -> LateFusion | None:
    """The module of that name; None for ``tokens``, which the language model does itself.

    Raises:
        ValueError: the name is none of ``FUSIONS``.
    """
    if name == TOKENS:
        return None
    if name not in _LATE:
        raise ValueError(f"fusion must be {', '.join(FUSIONS)}, got {name!r}")
    return _LATE[name](width)


def _mean(tokens: Tensor, counted: Tensor) -> Tensor:
    """Over those that are counted; zero where there are none."""
    weights = counted.to(tokens.dtype).unsqueeze(-1)
    return (tokens * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)

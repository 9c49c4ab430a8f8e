"""What is read off the language model's outputs: what is said of things, and the actions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mm_robot.model.processor import STATE_SIZE
from mm_robot.model.thing_tokens import GEOMETRY, SHAPES_TOLD

WANTED_SHAPES = SHAPES_TOLD + 2
"""The shapes, any shape, and something that is none of them."""


@dataclass
class WantedOutput:
    """What is said of a thing to go to and of the one that it is told by (the second index): ``rgb``
    [B, 2, 3] in [0, 1]; ``painted`` [B, 2] logit of its colour being told; ``shape`` [B, 2, WANTED_SHAPES]
    logits.
    """

    rgb: Tensor
    painted: Tensor
    shape: Tensor


class WantedHead(nn.Module):
    """Reads colour and shape off the skill readout, which has seen the sentence alone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(width, 256), nn.GELU(), nn.Linear(256, 2 * (3 + 1 + WANTED_SHAPES))
        )

    def forward(self, readout: Tensor) -> WantedOutput:
        """The readout [B, width]."""
        out = self.layers(readout).float().reshape(len(readout), 2, 4 + WANTED_SHAPES)
        return WantedOutput(out[..., :3].sigmoid(), out[..., 3], out[..., 4:])


class ActionHead(nn.Module):
    """Reads the action chunk and the outcome from the readouts, the state and where the thing meant is."""

    def __init__(self, width: int, chunk: int, outcomes: int) -> None:
        super().__init__()
        self.chunk = chunk
        self.reduce = nn.Linear(2 * width, 64)
        self.layers = nn.Sequential(
            nn.Linear(64 + STATE_SIZE + GEOMETRY + 1, 256),
            nn.GELU(),
            nn.Linear(256, 256),
            nn.GELU(),
            nn.Linear(256, chunk * 2 + outcomes),
        )

    def forward(self, action: Tensor, skill: Tensor, state: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Two readouts [B, width], state, target features -> chunk [B, chunk, 2], outcome logits.

        The chunk is in units of the top speeds.
        """
        reduced = nn.functional.gelu(self.reduce(torch.cat([action, skill], dim=-1)).float())
        out = self.layers(torch.cat([reduced, state, target], dim=-1))
        return out[:, : self.chunk * 2].reshape(-1, self.chunk, 2), out[:, self.chunk * 2 :]


def target_features(features: Tensor, choice: Tensor) -> Tensor:
    """Where the chosen thing is, [B, GEOMETRY + 1]: its features and that there is one; zeros for none.

    ``choice`` [B] an index into the N things, N for none.
    """
    batch, things = features.shape[:2]
    chosen = choice < things
    rows = features[torch.arange(batch, device=features.device), choice.clamp(max=things - 1), :GEOMETRY]
    return torch.cat([rows, torch.ones_like(rows[:, :1])], dim=1) * chosen.unsqueeze(1)

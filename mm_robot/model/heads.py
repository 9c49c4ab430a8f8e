"""What is read off the language model's outputs: scene labels, grounding, skill, amount and actions."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mm_robot.model.encoders import GRID_CHANNELS, GRID_COLUMNS, GRID_ROWS, TOKEN_COLUMNS, TOKEN_ROWS
from mm_robot.model.processor import STATE_SIZE

CELLS = GRID_ROWS * GRID_COLUMNS


@dataclass
class SceneOutput:
    """For each grid cell (N = CELLS): ``presence`` [B, N] logit of an object's centre lying here;
    ``shape`` [B, N, shapes] and ``colour`` [B, N, colours] logits; ``box`` [B, N, 4] (left, top,
    right, bottom) as fractions of the image; ``grounding`` [B, N] logit of the thing meant being here.
    """

    presence: Tensor
    shape: Tensor
    colour: Tensor
    box: Tensor
    grounding: Tensor

    @property
    def attention(self) -> Tensor:
        """[B, N] share of each cell in the thing meant; what is missing to 1 says that it is not in view."""
        none = self.grounding.new_zeros(len(self.grounding), 1)
        return torch.cat([self.grounding, none], dim=1).softmax(dim=1)[:, :-1]


class SceneHead(nn.Module):
    """Splits each image token into 2 x 2 cells and labels them (boxes as in FCOS, Tian et al. 2019)."""

    def __init__(self, width: int, shapes: int, colours: int) -> None:
        super().__init__()
        self.split = nn.Linear(width, 4 * GRID_CHANNELS)
        self.cell = nn.Sequential(nn.GELU(), nn.Linear(GRID_CHANNELS, GRID_CHANNELS), nn.GELU())
        self.out = nn.Linear(GRID_CHANNELS, 1 + shapes + colours + 4 + 1)
        self.sizes = (1, shapes, colours, 4, 1)
        rows = (torch.arange(GRID_ROWS) + 0.5) / GRID_ROWS
        columns = (torch.arange(GRID_COLUMNS) + 0.5) / GRID_COLUMNS
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        self.register_buffer("centres", torch.stack([x, y], dim=-1).reshape(CELLS, 2), persistent=False)

    centres: Tensor

    def forward(self, tokens: Tensor, grid: Tensor) -> SceneOutput:
        """Image tokens [B, IMAGE_TOKENS, width] after the language model, and the stem's grid."""
        batch = len(tokens)
        cells = self.split(tokens).reshape(batch, TOKEN_ROWS, TOKEN_COLUMNS, 2, 2, GRID_CHANNELS)
        cells = cells.permute(0, 1, 3, 2, 4, 5).reshape(batch, CELLS, GRID_CHANNELS)
        cells = cells + grid.flatten(2).transpose(1, 2)
        presence, shape, colour, sides, grounding = (
            self.out(self.cell(cells)).float().split(self.sizes, dim=-1)
        )
        sides = nn.functional.softplus(sides) * 0.1
        box = torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], dim=-1)
        return SceneOutput(presence.squeeze(-1), shape, colour, box, grounding.squeeze(-1))


class ActionHead(nn.Module):
    """Reads the action chunk and the outcome from the readouts, the state and where the target is."""

    TARGET_FEATURES = 8

    def __init__(self, width: int, chunk: int, outcomes: int) -> None:
        super().__init__()
        self.chunk = chunk
        self.reduce = nn.Linear(2 * width, 128)
        self.layers = nn.Sequential(
            nn.GELU(),
            nn.Linear(128 + STATE_SIZE + self.TARGET_FEATURES, 256),
            nn.GELU(),
            nn.Linear(256, 256),
            nn.GELU(),
            nn.Linear(256, chunk * 2 + outcomes),
        )

    def forward(self, action: Tensor, skill: Tensor, state: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Two readouts [B, width], state, target features -> chunk [B, chunk, 2], outcome logits.

        The chunk is in units of the top speeds.
        """
        reduced = self.reduce(torch.cat([action, skill], dim=-1)).float()
        out = self.layers[1:](torch.cat([self.layers[0](reduced), state, target], dim=-1))
        return out[:, : self.chunk * 2].reshape(-1, self.chunk, 2), out[:, self.chunk * 2 :]


def target_features(scene: SceneOutput, centres: Tensor) -> Tensor:
    """Where the thing meant is, as [B, 8]: visibility, centre, box and its peak, from the grounding."""
    attention = scene.attention
    visible = attention.sum(dim=1, keepdim=True)
    weights = attention / visible.clamp_min(1e-6)
    centre = torch.einsum("bn,nc->bc", weights, centres) - 0.5
    box = torch.einsum("bn,bnc->bc", weights, scene.box) - 0.5
    peak = attention.max(dim=1, keepdim=True).values
    located = torch.cat([centre, box], dim=1) * visible
    return torch.cat([visible, located, peak], dim=1)

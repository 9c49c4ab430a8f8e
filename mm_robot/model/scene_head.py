"""Reads off the image grid what things there are, where, how big and how far."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from mm_robot.model.encoders import GRID_CHANNELS, GRID_COLUMNS, GRID_ROWS, convolution

CELLS = GRID_ROWS * GRID_COLUMNS
RARE = 0.01
"""About the share of cells that hold a thing's centre: where training begins (Lin et al. 2017)."""


@dataclass
class SceneOutput:
    """For each grid cell (N = CELLS): ``presence`` [B, N] logit of a thing's centre lying here; of the thing
    that covers the cell: ``shape`` [B, N, shapes] and ``colour`` [B, N, colours] logits, ``box`` [B, N, 4]
    (left, top, right, bottom) of what is seen of it and ``across`` [B, N] where its middle is, as fractions
    of the image (its middle may lie outside), ``rgb`` [B, N, 3] sRGB in [0, 1], ``distance`` [B, N] from the
    robot and ``radius`` [B, N], both as natural logarithms of metres.
    """

    presence: Tensor
    shape: Tensor
    colour: Tensor
    box: Tensor
    across: Tensor
    rgb: Tensor
    distance: Tensor
    radius: Tensor


class SceneHead(nn.Module):
    """Things as points with what belongs to them (CenterNet, Zhou et al. 2019)."""

    def __init__(self, shapes: int, colours: int) -> None:
        super().__init__()
        self.sizes = (1, shapes, colours, 4, 1, 3, 1, 1)
        self.features = convolution(GRID_CHANNELS, GRID_CHANNELS)
        self.out = nn.Conv2d(GRID_CHANNELS, sum(self.sizes), 1)
        assert self.out.bias is not None
        nn.init.zeros_(self.out.bias)
        nn.init.constant_(self.out.bias[0], math.log(RARE / (1 - RARE)))
        rows = (torch.arange(GRID_ROWS) + 0.5) / GRID_ROWS
        columns = (torch.arange(GRID_COLUMNS) + 0.5) / GRID_COLUMNS
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        self.register_buffer("centres", torch.stack([x, y], dim=-1).reshape(CELLS, 2), persistent=False)

    centres: Tensor

    def forward(self, grid: Tensor) -> SceneOutput:
        """The stem's grid [B, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS]."""
        cells = self.out(self.features(grid)).flatten(2).transpose(1, 2).float()
        presence, shape, colour, sides, across, rgb, distance, radius = cells.split(self.sizes, dim=-1)
        sides = nn.functional.softplus(sides) * 0.1
        return SceneOutput(
            presence=presence.squeeze(-1),
            shape=shape,
            colour=colour,
            box=torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], dim=-1),
            across=self.centres[:, 0] + 0.1 * across.squeeze(-1),
            rgb=rgb.sigmoid(),
            distance=distance.squeeze(-1),
            radius=radius.squeeze(-1) - 1.7,
        )

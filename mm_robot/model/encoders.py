"""Turns a camera image into a grid of features and into tokens for the language model."""

from __future__ import annotations

import torch
from torch import Tensor, nn

GRID_CHANNELS = 128
GRID_ROWS, GRID_COLUMNS = 12, 16
TOKEN_ROWS, TOKEN_COLUMNS = 6, 8
IMAGE_TOKENS = TOKEN_ROWS * TOKEN_COLUMNS


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside an identity (He et al. 2016, pre-activation)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.GroupNorm(8, channels),
            nn.GELU(),
            nn.Conv2d(channels, channels, 3, padding=1),
            nn.GELU(),
            nn.Conv2d(channels, channels, 3, padding=1),
        )

    def forward(self, features: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C, H, W]."""
        return features + self.body(features)


class ImageStem(nn.Module):
    """A small convolutional network: one feature vector for each of 12 x 16 grid cells."""

    def __init__(self, mean: float, deviation: float) -> None:
        super().__init__()
        self.mean, self.deviation = mean, deviation
        layers = nn.Sequential(
            nn.Conv2d(3, 32, 8, stride=4, padding=2),
            nn.GELU(),
            nn.Conv2d(32, 64, 3, stride=2, padding=1),
            ResidualBlock(64),
            ResidualBlock(64),
            nn.GELU(),
            nn.Conv2d(64, GRID_CHANNELS, 3, stride=2, padding=1),
            ResidualBlock(GRID_CHANNELS),
            nn.GroupNorm(8, GRID_CHANNELS),
        )
        # Faster on CPUs by half; the stubs of torch do not know the argument.
        self.layers = layers.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, image: Tensor) -> Tensor:
        """[B, 192, 256, 3] uint8 or float in 0..255 -> [B, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS]."""
        pixels = image.permute(0, 3, 1, 2).float() / 255.0
        pixels = (pixels - self.mean) / self.deviation
        grid: Tensor = self.layers(pixels.contiguous(memory_format=torch.channels_last))
        return grid.contiguous()


class ImageProjector(nn.Module):
    """Joins 2 x 2 grid cells to one token of the language model's width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.join = nn.Linear(4 * GRID_CHANNELS, width)
        self.position = nn.Parameter(torch.randn(IMAGE_TOKENS, width) * 0.02)

    def forward(self, grid: Tensor) -> Tensor:
        """[B, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS] -> [B, IMAGE_TOKENS, width]."""
        cells = grid.reshape(len(grid), GRID_CHANNELS, TOKEN_ROWS, 2, TOKEN_COLUMNS, 2)
        joined = cells.permute(0, 2, 4, 1, 3, 5).reshape(len(grid), IMAGE_TOKENS, 4 * GRID_CHANNELS)
        tokens: Tensor = self.join(joined)
        return tokens + self.position

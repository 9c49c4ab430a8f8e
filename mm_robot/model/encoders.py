"""Turns a camera image into a grid of features: a small convolutional network with three scales."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

GRID_CHANNELS = 64
GRID_ROWS, GRID_COLUMNS = 30, 40
CELL = 8
"""Pixels a side of a grid cell."""


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions beside an identity (He et al. 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = convolution(channels, channels)
        self.second = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels)
        )

    def forward(self, features: Tensor) -> Tensor:
        """[B, C, H, W] -> [B, C, H, W]."""
        return functional.relu(features + self.second(self.first(features)))


class ImageStem(nn.Module):
    """One feature vector for each of 30 x 40 grid cells (8 x 8 pixels each).

    What is seen coarsely (32 and 16 pixels a cell) is added to what is seen finely, as in a feature
    pyramid (Lin et al. 2017).
    """

    def __init__(self, mean: float, deviation: float) -> None:
        super().__init__()
        self.mean, self.deviation = mean, deviation
        self.fine = nn.Sequential(
            convolution(3, 16, stride=2),
            convolution(16, 32, stride=2),
            convolution(32, GRID_CHANNELS, stride=2),
            ResidualBlock(GRID_CHANNELS),
        )
        self.middle = nn.Sequential(
            convolution(GRID_CHANNELS, 128, stride=2), ResidualBlock(128), ResidualBlock(128)
        )
        self.coarse = nn.Sequential(convolution(128, 128, stride=2), ResidualBlock(128))
        self.from_middle = nn.Conv2d(128, GRID_CHANNELS, 1)
        self.from_coarse = nn.Conv2d(128, GRID_CHANNELS, 1)
        self.join = convolution(GRID_CHANNELS, GRID_CHANNELS)
        # Faster on CPUs by half; the stubs of torch do not know the argument.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, image: Tensor) -> Tensor:
        """[B, 240, 320, 3] uint8 or float in 0..255 -> [B, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS]."""
        pixels = image.permute(0, 3, 1, 2).float() / 255.0
        pixels = (pixels - self.mean) / self.deviation
        fine = self.fine(pixels.contiguous(memory_format=torch.channels_last))
        middle = self.middle(fine)
        coarse = self.from_coarse(self.coarse(middle))
        summed = self.from_middle(middle) + functional.interpolate(coarse, size=middle.shape[-2:])
        grid: Tensor = self.join(fine + functional.interpolate(summed, size=fine.shape[-2:]))
        return grid


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """A 3x3 convolution with batch normalisation (Ioffe and Szegedy 2015) and a rectifier."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )

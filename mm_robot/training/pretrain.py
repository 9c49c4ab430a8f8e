"""Before the first stage: the image stem learns from frames without labels, by filling in what was masked."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from mm_robot.data.frames import FrameDataset
from mm_robot.model.encoders import CELL, GRID_CHANNELS, ImageStem
from mm_robot.training.augmentation import augmented
from mm_robot.training.reconstruction import Reconstruction

_BLOCK = 4
"""Grid cells a side of what is masked together: a thing that is whole behind it must be guessed."""


class PretrainStage:
    """The loss of it; ``model`` holds the stem and what draws."""

    def __init__(self, stem: ImageStem, dataset: FrameDataset, batch: int, seed: int) -> None:
        torch.manual_seed(seed)
        self.model = Reconstruction(_OfPixels(stem), GRID_CHANNELS, CELL, channels=3, block=_BLOCK)
        self._device = next(stem.parameters()).device
        self.model.to(self._device)
        self._dataset = dataset
        self._batch = batch
        self._seed = seed

    def loss(self, step: int) -> dict[str, Tensor]:
        """How far off what is drawn is, of pixels in [0, 1]."""
        torch.manual_seed(self._seed * 1_000_003 + step)
        generator = np.random.default_rng([self._seed, step, 2])
        frames = generator.integers(len(self._dataset), size=self._batch)
        pictures = np.stack([self._dataset.image(int(f)) for f in frames])
        images = torch.from_numpy(pictures).to(self._device)
        return {"drawn": self.model(augmented(images, generator).permute(0, 3, 1, 2) / 255)}


class _OfPixels(nn.Module):
    """The stem, given pixels as other encoders are: [B, 3, H, W] in [0, 1]."""

    def __init__(self, stem: ImageStem) -> None:
        super().__init__()
        self.stem = stem

    def forward(self, pixels: Tensor) -> Tensor:
        """-> [B, GRID_CHANNELS, H / CELL, W / CELL]."""
        grid: Tensor = self.stem(255 * pixels.permute(0, 2, 3, 1))
        return grid

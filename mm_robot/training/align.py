"""First stage: the image stem learns to see, and its tokens to lie where the language model's words lie.

The stem and the scene head learn from the segmentation renderer's labels, without the language
model; a contrastive loss (InfoNCE, van den Oord et al. 2018) draws the token of each object to the
frozen language model's embedding of the object's name.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mm_robot.data.frames import FrameDataset
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.batches import scene_batch
from mm_robot.training.losses import scene_losses
from mm_robot.training.samples import IGNORE, scene_targets
from mm_robot.training.text_cache import TextCache

TEMPERATURE = 0.1


class AlignStage:
    """The loss of the first stage."""

    def __init__(
        self, model: FusedLanguageModel, texts: TextCache, dataset: FrameDataset, batch: int, seed: int
    ) -> None:
        self._model = model
        self._dataset = dataset
        self._batch = batch
        self._seed = seed
        names = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]
        embedded, mask = texts(names)
        pooled = (embedded * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        self._names = functional.normalize(pooled - pooled.mean(0), dim=-1)

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """What this stage trains."""
        prefixes = ("stem.", "project_image.", "scene_head.")
        return {n: p for n, p in self._model.named_parameters() if n.startswith(prefixes)}

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        generator = np.random.default_rng([self._seed, step])
        frames = generator.integers(len(self._dataset), size=self._batch)
        images = torch.from_numpy(np.stack([self._dataset.image(f) for f in frames]))
        target = scene_batch([scene_targets(self._dataset.labels(f)) for f in frames])
        grid = self._model.stem(augmented(images, generator))
        tokens = self._model.project_image(grid)
        scene = self._model.scene_head(tokens, grid)
        losses = scene_losses(scene, target)
        losses["align"] = 0.5 * self._contrast(
            tokens - self._model.project_image.position, target.shape, target.colour
        )
        return losses

    def _contrast(self, tokens: Tensor, shape: Tensor, colour: Tensor) -> Tensor:
        name = torch.where(shape == IGNORE, shape, colour * len(SHAPES) + shape)
        cells = name.reshape(-1, GRID_ROWS // 2, 2, GRID_COLUMNS // 2, 2).permute(0, 1, 3, 2, 4).flatten(3)
        one = (cells == cells[..., :1]).all(-1) & (cells[..., 0] != IGNORE)
        wanted = torch.where(one, cells[..., 0], IGNORE).flatten()
        if not bool((wanted != IGNORE).any()):
            return tokens.sum() * 0.0
        scores = functional.normalize(tokens.flatten(0, 1), dim=-1) @ self._names.T / TEMPERATURE
        return functional.cross_entropy(scores, wanted, ignore_index=IGNORE)


def augmented(images: Tensor, generator: np.random.Generator) -> Tensor:
    """Other exposure, contrast, white balance and sensor noise; [B, H, W, 3] -> float in 0..255."""
    batch = len(images)

    def draw(low: float, high: float, *shape: int) -> Tensor:
        return torch.from_numpy(generator.uniform(low, high, (batch, *shape)).astype(np.float32))

    pixels = images.float()
    gain = draw(0.7, 1.35, 1, 1, 1) * draw(0.94, 1.06, 1, 1, 3)
    offset = draw(-15, 15, 1, 1, 1)
    return (pixels * gain + offset + _noise(pixels.shape, generator) * draw(0, 6, 1, 1, 1)).clamp(0, 255)


def _noise(shape: torch.Size, generator: np.random.Generator) -> Tensor:
    """Normal noise; the images take it from one stretch of noise at different places, which is cheap."""
    size = shape[1:].numel()
    stretch = torch.randn(2 * size, generator=torch.Generator().manual_seed(int(generator.integers(2**31))))
    starts = torch.from_numpy(generator.integers(size, size=shape[0]))
    return stretch.unfold(0, size, 1)[starts].reshape(shape)

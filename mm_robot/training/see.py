"""First stage: the image stem and the scene head learn to see, from the segmentation renderer's labels."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mm_robot.data.frames import FrameDataset
from mm_robot.model.eye import Eye
from mm_robot.training.augmentation import augmented
from mm_robot.training.generalisation import BY_DEFAULT, Generalisation
from mm_robot.training.placement import on_device
from mm_robot.training.scene_losses import scene_losses
from mm_robot.training.scene_targets import SceneBatch, scene_batch, scene_targets


class SeeStage:
    """The loss of the first stage."""

    def __init__(
        self,
        eye: Eye,
        dataset: FrameDataset,
        batch: int,
        seed: int,
        generalisation: Generalisation = BY_DEFAULT,
    ) -> None:
        self._eye = eye
        self._device = next(eye.parameters()).device
        self._dataset = dataset
        self._batch = batch
        self._seed = seed
        self._generalisation = generalisation

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        generator = np.random.default_rng([self._seed, step])
        frames = generator.integers(len(self._dataset), size=self._batch)
        varied = self._generalisation.images
        mirrored = varied & (generator.random(self._batch) < 0.5)
        images = [
            self._dataset.image(f)[:, ::-1] if m else self._dataset.image(f)
            for f, m in zip(frames, mirrored, strict=True)
        ]
        targets = [
            scene_targets(self._dataset.labels(f), bool(m)) for f, m in zip(frames, mirrored, strict=True)
        ]
        target = on_device(scene_batch(targets), self._device)
        batch = torch.from_numpy(np.stack(images)).to(self._device)
        grid = self._eye.stem(augmented(batch, generator) if varied else batch)
        losses = scene_losses(self._eye.scene_head(grid), target)
        if self._generalisation.adversarial:
            losses["adversarial"] = self._where_least_is_told(grid, losses, target)
        return losses

    def _where_least_is_told(self, grid: Tensor, losses: dict[str, Tensor], target: SceneBatch) -> Tensor:
        """The losses with the image embeddings moved along the signs of their gradients."""
        (gradient,) = torch.autograd.grad(torch.stack(list(losses.values())).sum(), grid, retain_graph=True)
        step = self._generalisation.adversarial * grid.detach().std()
        moved = scene_losses(self._eye.scene_head(grid + step * gradient.sign()), target)
        return torch.stack(list(moved.values())).sum()

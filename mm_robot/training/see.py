"""First stage: the image stem and the scene head learn to see, from the segmentation renderer's labels."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from mm_robot.data.frames import FrameDataset
from mm_robot.model.eye import Eye
from mm_robot.training.augmentation import augmented
from mm_robot.training.scene_losses import scene_losses
from mm_robot.training.scene_targets import scene_batch, scene_targets


class SeeStage:
    """The loss of the first stage."""

    def __init__(self, eye: Eye, dataset: FrameDataset, batch: int, seed: int) -> None:
        self._eye = eye
        self._dataset = dataset
        self._batch = batch
        self._seed = seed

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        generator = np.random.default_rng([self._seed, step])
        frames = generator.integers(len(self._dataset), size=self._batch)
        mirrored = generator.random(self._batch) < 0.5
        images = [
            self._dataset.image(f)[:, ::-1] if m else self._dataset.image(f)
            for f, m in zip(frames, mirrored, strict=True)
        ]
        target = scene_batch(
            [scene_targets(self._dataset.labels(f), bool(m)) for f, m in zip(frames, mirrored, strict=True)]
        )
        batch = augmented(torch.from_numpy(np.stack(images)), generator)
        return scene_losses(self._eye(batch), target)

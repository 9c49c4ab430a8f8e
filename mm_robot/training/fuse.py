"""Second stage: the language model learns to ground a sentence in what is seen, and to act on it.

The stem is frozen by now, so its features are computed once for each frame and kept in memory.
Adapter, projectors, readouts and heads are trained on the expert's actions, on grounding ("is
this the thing meant?"), on scene labels, and on what the sentence alone says.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from mm_robot.data.frames import FrameDataset
from mm_robot.model.encoders import GRID_CHANNELS, GRID_COLUMNS, GRID_ROWS
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.processor import Processor
from mm_robot.training.align import augmented
from mm_robot.training.batches import action_batch, scene_batch, state_batch, text_batch
from mm_robot.training.losses import action_losses, scene_losses, text_losses
from mm_robot.training.samples import RowSampler
from mm_robot.training.text_cache import TextCache

OTHER_SHARE = 0.25
SCENE_WEIGHT = 0.3
GROUNDING_WEIGHT = 2.0


def stem_features(model: FusedLanguageModel, dataset: FrameDataset, batch: int = 64) -> Tensor:
    """The stem's features of every frame, [F, GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS] float16.

    Every second batch is shown in other light and with sensor noise, always the same for a frame.
    """
    features = torch.empty(len(dataset), GRID_CHANNELS, GRID_ROWS, GRID_COLUMNS, dtype=torch.float16)
    model.stem.eval()
    with torch.no_grad():
        for start in tqdm(range(0, len(dataset), batch), desc="image features", unit="batch", mininterval=5):
            stop = min(start + batch, len(dataset))
            images = torch.from_numpy(np.stack([dataset.image(i) for i in range(start, stop)]))
            if start // batch % 2:
                images = augmented(images, np.random.default_rng(start))
            features[start:stop] = model.stem(images).half()
    return features


class FuseStage:
    """The loss of the second stage."""

    def __init__(
        self,
        model: FusedLanguageModel,
        texts: TextCache,
        dataset: FrameDataset,
        features: Tensor,
        processor: Processor,
        batch: int,
        seed: int,
    ) -> None:
        self._model = model
        self._texts = texts
        self._dataset = dataset
        self._features = features
        self._processor = processor
        self._batch = batch
        self._seed = seed

    def parameters(self) -> dict[str, torch.nn.Parameter]:
        """What this stage trains: all but the stem and the frozen language model."""
        return {
            n: p for n, p in self._model.named_parameters() if p.requires_grad and not n.startswith("stem.")
        }

    def loss(self, step: int) -> dict[str, Tensor]:
        """The losses of one step."""
        sampler = RowSampler(self._dataset, self._processor, [self._seed, step])
        frames = sampler.frames(self._batch)
        others = round(OTHER_SHARE * self._batch)
        rows = [sampler.other(int(f)) if i < others else sampler.go_to(int(f)) for i, f in enumerate(frames)]
        text, mask = self._texts([r.instruction.text for r in rows])
        grid = self._features[torch.from_numpy(frames)].float()
        instructions = [sampler.text() for _ in range(self._batch // 4)]
        more_text, more_mask = self._texts([i.text for i in instructions])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = self._model(grid, state_batch(rows), text, mask)
            read = self._model.understand(more_text, more_mask)
        losses = action_losses(output, action_batch(rows))
        losses["grounding"] = GROUNDING_WEIGHT * losses["grounding"]
        scene = scene_losses(output.scene, scene_batch([r.scene for r in rows]))
        losses["scene"] = SCENE_WEIGHT * torch.stack(list(scene.values())).sum()
        losses |= text_losses(read, text_batch(instructions))
        return losses

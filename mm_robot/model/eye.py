"""The eye: image in, things out. It knows nothing of language, so that either can be trained alone."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mm_robot.model.encoders import ImageStem
from mm_robot.model.precision import fast_bfloat16
from mm_robot.model.processor import Processor
from mm_robot.model.scene_head import SceneHead, SceneOutput


class Eye(nn.Module):
    """The image stem with its scene head."""

    def __init__(self, processor: Processor, shapes: int, colours: int) -> None:
        super().__init__()
        self.stem = ImageStem(processor.mean, processor.deviation)
        self.scene_head = SceneHead(shapes, colours)

    def forward(self, image: Tensor) -> SceneOutput:
        """[B, height, width, 3] uint8 or float in 0..255.

        Where it is not trained the stem computes in bfloat16, if that is faster on the device.
        """
        halved = not self.training and fast_bfloat16(image.device)
        with torch.autocast(image.device.type, dtype=torch.bfloat16, enabled=halved):
            grid = self.stem(image)
        output: SceneOutput = self.scene_head(grid.float() if halved else grid)
        return output

"""The eye: image in, things out. It knows nothing of language, so that either can be trained alone."""

from __future__ import annotations

from torch import Tensor, nn

from mm_robot.model.encoders import ImageStem
from mm_robot.model.processor import Processor
from mm_robot.model.scene_head import SceneHead, SceneOutput


class Eye(nn.Module):
    """The image stem with its scene head."""

    def __init__(self, processor: Processor, shapes: int, colours: int) -> None:
        super().__init__()
        self.stem = ImageStem(processor.mean, processor.deviation)
        self.scene_head = SceneHead(shapes, colours)

    def forward(self, image: Tensor) -> SceneOutput:
        """[B, height, width, 3] uint8 or float in 0..255."""
        output: SceneOutput = self.scene_head(self.stem(image))
        return output

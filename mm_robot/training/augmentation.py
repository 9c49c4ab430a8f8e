"""Other light, other cameras, motion: what training images are changed by."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

_BLURRED_SHARE = 0.25
_LONGEST_BLUR = 9


def augmented(images: Tensor, generator: np.random.Generator) -> Tensor:
    """Other exposure, contrast, white balance, gamma, sensor noise, and some blur by motion.

    [B, H, W, 3] uint8 -> float in 0..255.
    """
    batch = len(images)

    def draw(low: float, high: float, *shape: int) -> Tensor:
        drawn = generator.uniform(low, high, (batch, *shape)).astype(np.float32)
        return torch.from_numpy(drawn).to(images.device)

    pixels = images.float()
    blurred = np.flatnonzero(generator.random(batch) < _BLURRED_SHARE)
    if len(blurred):
        pixels[blurred] = _moved(pixels[blurred], int(generator.integers(1, _LONGEST_BLUR // 2 + 1)))
    pixels = 255.0 * (pixels / 255.0) ** draw(0.8, 1.25, 1, 1, 1)
    gain = draw(0.65, 1.4, 1, 1, 1) * draw(0.93, 1.07, 1, 1, 3)
    offset = draw(-18, 18, 1, 1, 1)
    return (pixels * gain + offset + _noise(pixels, generator) * draw(0, 8, 1, 1, 1)).clamp(0, 255)


def _moved(pixels: Tensor, reach: int) -> Tensor:
    """Smeared sideways over 2 * ``reach`` + 1 pixels, as by a turning robot."""
    length = 2 * reach + 1
    kernel = pixels.new_full((3, 1, 1, length), 1.0 / length)
    padded = functional.pad(pixels.permute(0, 3, 1, 2), (reach, reach, 0, 0), mode="replicate")
    return functional.conv2d(padded, kernel, groups=3).permute(0, 2, 3, 1)


def _noise(like: Tensor, generator: np.random.Generator) -> Tensor:
    """Normal noise; the images take it from one stretch of noise at different places, which is cheap."""
    size = like[0].numel()
    stretch = torch.randn(2 * size, generator=torch.Generator().manual_seed(int(generator.integers(2**31))))
    starts = torch.from_numpy(generator.integers(size, size=len(like)))
    return stretch.to(like.device).unfold(0, size, 1)[starts].reshape(like.shape)

"""Self-supervised learning: an encoder of images or spectrograms fills in what was masked."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

_MASKED = 0.6


class Reconstruction(nn.Module):
    """An encoder with a layer that makes each patch of the input from the feature that stands for it.

    After SimMIM (Xie et al. 2022), with a convolutional encoder: ``encoder`` makes [B, ``width``, H / patch,
    W / patch] of [B, ``channels``, H, W]. Squares of ``block`` patches a side are masked together.
    """

    def __init__(self, encoder: nn.Module, width: int, patch: int, channels: int, block: int = 1) -> None:
        super().__init__()
        self.encoder = encoder
        self.draw = nn.Conv2d(width, channels * patch**2, 1)
        self._patch = patch
        self._square = patch * block

    def forward(self, inputs: Tensor) -> Tensor:
        """How far off it is, on average, where it could not see; inputs [B, C, H, W], H and W at least one
        square that is masked.
        """
        rows, columns = (side // self._square for side in inputs.shape[-2:])
        inputs = inputs[..., : rows * self._square, : columns * self._square]
        hidden = torch.rand(len(inputs), 1, rows, columns, device=inputs.device) < _MASKED
        unseen = functional.interpolate(hidden.float(), scale_factor=self._square)
        mean = inputs.mean(dim=(2, 3), keepdim=True)
        drawn = functional.pixel_shuffle(
            self.draw(self.encoder(torch.lerp(inputs, mean, unseen))), self._patch
        )
        off = (drawn - inputs).abs().mean(dim=1, keepdim=True)
        return (off * unseen).sum() / unseen.sum().clamp(min=1)

"""Makes every image or sound new each time that it is trained on."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

_SMALLEST_CROP = 0.55
"""Of an image's area."""
_LIGHT = 0.3
_ERASED_SHARE, _ERASED = 0.3, (0.1, 0.35)
_TIME_MASKS, _BAND_MASKS = 2, 2
_LONGEST_MASK, _WIDEST_MASK = 0.12, 0.2
"""As a share of the times or bands (SpecAugment, Park et al. 2019)."""


def augmented_image(image: Tensor) -> Tensor:
    """[3, S, S] float in [0, 1] -> the same: a part of it, mirrored, in other light, a piece blanked out."""
    size = image.shape[-1]
    area, ratio = _between(_SMALLEST_CROP, 1.0), math.exp(_between(-0.2, 0.2))
    height, width = (min(size, max(8, round(size * side))) for side in _sides(area, ratio))
    top, left = int(_between(0, size - height + 1)), int(_between(0, size - width + 1))
    part = image[:, top : top + height, left : left + width]
    image = functional.interpolate(part[None], (size, size), mode="bilinear", align_corners=False)[0]
    if _between(0, 1) < 0.5:
        image = image.flip(-1)
    gain = torch.empty(3, 1, 1).uniform_(0.93, 1.07) * _between(1 - _LIGHT, 1 + _LIGHT)
    mean = image.mean()
    image = ((image - mean) * _between(1 - _LIGHT, 1 + _LIGHT) + mean) * gain
    if _between(0, 1) < _ERASED_SHARE:
        high, wide = (round(size * _between(*_ERASED)) for _ in range(2))
        top, left = int(_between(0, size - high + 1)), int(_between(0, size - wide + 1))
        image[:, top : top + high, left : left + wide] = _between(0, 1)
    return image.clamp(0, 1)


def augmented_spectrogram(energies: Tensor) -> Tensor:
    """[1, bands, T] -> the same: begun elsewhere, louder or softer, some times and bands blanked out."""
    _, bands, times = energies.shape
    energies = energies.roll(int(_between(0, times)), dims=-1) * _between(0.8, 1.25) + _between(-0.2, 0.2)
    for _ in range(_TIME_MASKS):
        wide = int(_between(0, _LONGEST_MASK) * times)
        first = int(_between(0, times - wide + 1))
        energies[:, :, first : first + wide] = 0.0
    for _ in range(_BAND_MASKS):
        wide = int(_between(0, _WIDEST_MASK) * bands)
        first = int(_between(0, bands - wide + 1))
        energies[:, first : first + wide] = 0.0
    return energies


def mixed(inputs: Tensor, strength: float) -> tuple[Tensor, Tensor, float]:
    """Each of a batch mixed with another one (mixup, Zhang et al. 2018): the mixture, which others they were,
    and the share of the first.
    """
    share = float(torch.distributions.Beta(strength, strength).sample())
    order = torch.randperm(len(inputs), device=inputs.device)
    return share * inputs + (1 - share) * inputs[order], order, share


def _between(low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand(()))


def _sides(area: float, ratio: float) -> tuple[float, float]:
    return math.sqrt(area / ratio), math.sqrt(area * ratio)

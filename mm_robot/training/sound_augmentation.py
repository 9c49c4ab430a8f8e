"""Makes every recording of a word sound new: moved, faster or slower, in a room, with noise."""

from __future__ import annotations

import torch
from torch import Tensor

from mm_robot.speech.base import RATE

LONGEST_SHIFT = 0.12
"""s"""
SLOWEST, FASTEST = 0.85, 1.18
ECHO_SHARE, ECHO_SECONDS = 0.3, (0.05, 0.4)
NOISE_SHARE, LOWEST_SNR, HIGHEST_SNR = 0.8, -3.0, 25.0
"""Part of the clips that noise is added to, and the range of its signal-to-noise ratio, dB."""
MASKS, WIDEST_TIME_MASK, WIDEST_BAND_MASK = 2, 18, 6


def augmented(sounds: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
    """Change sounds [B, N] in every way but what is said; ``noise`` [M], M > N, is what is added."""
    changed = _paced(sounds, generator)
    changed = _in_a_room(changed, generator)
    return _with_noise(changed, noise, generator)


def masked(spectrograms: Tensor, generator: torch.Generator) -> Tensor:
    """Blank out some times and bands of [B, bands, T] (SpecAugment, Park et al. 2019)."""
    batch, bands, times = spectrograms.shape
    kept = torch.ones(batch, bands, times)
    for _ in range(MASKS):
        kept *= _open(batch, times, WIDEST_TIME_MASK, generator)[:, None, :]
        kept *= _open(batch, bands, WIDEST_BAND_MASK, generator)[:, :, None]
    return spectrograms * kept.to(spectrograms.device)


def _open(batch: int, length: int, widest: int, generator: torch.Generator) -> Tensor:
    first = torch.randint(0, length, (batch, 1), generator=generator)
    width = torch.randint(0, widest + 1, (batch, 1), generator=generator)
    places = torch.arange(length)
    return ((places < first) | (places >= first + width)).float()


def _paced(sounds: Tensor, generator: torch.Generator) -> Tensor:
    """Each moved in time, and played faster (and higher) or slower."""
    batch, length = sounds.shape
    pace = SLOWEST + (FASTEST - SLOWEST) * torch.rand(batch, 1, generator=generator)
    shift = (2 * torch.rand(batch, 1, generator=generator) - 1) * LONGEST_SHIFT * RATE
    middle = (length - 1) / 2
    source = (torch.arange(length) - middle) * pace + middle + shift
    inside = (source >= 0) & (source <= length - 1)
    source = source.clamp(0, length - 1)
    before = source.floor().long()
    after = (before + 1).clamp_max(length - 1)
    share = source - before
    return (sounds.gather(1, before) * (1 - share) + sounds.gather(1, after) * share) * inside


def _in_a_room(sounds: Tensor, generator: torch.Generator) -> Tensor:
    """Some with the decaying noise that a room answers with."""
    batch, length = sounds.shape
    times = torch.arange(RATE // 2) / RATE
    low, high = ECHO_SECONDS
    decay = low + (high - low) * torch.rand(batch, 1, generator=generator)
    answer = torch.randn(batch, len(times), generator=generator) * torch.exp(-6.9 * times / decay)
    answer = 0.02 * answer * (torch.rand(batch, 1, generator=generator) < ECHO_SHARE)
    answer[:, 0] = 1.0
    size = length + len(times)
    wet = torch.fft.irfft(torch.fft.rfft(sounds, size) * torch.fft.rfft(answer, size), size)
    return wet[:, :length]


def _with_noise(sounds: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
    batch, length = sounds.shape
    first = torch.randint(0, len(noise) - length, (batch, 1), generator=generator)
    added = noise[first + torch.arange(length)]
    snr = LOWEST_SNR + (HIGHEST_SNR - LOWEST_SNR) * torch.rand(batch, 1, generator=generator)
    wanted = _level(sounds).clamp_min(1e-3) * 10 ** (-snr / 20)
    share = (torch.rand(batch, 1, generator=generator) < NOISE_SHARE).float()
    return sounds + share * added * wanted / _level(added).clamp_min(1e-6)


def _level(sounds: Tensor) -> Tensor:
    return sounds.square().mean(dim=1, keepdim=True).sqrt()

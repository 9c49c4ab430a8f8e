"""Makes every recording of a word sound new: moved, faster or slower, in a room, with noise."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mm_robot.speech.base import RATE

LONGEST_SHIFT = 0.12
"""s"""
SLOWEST, FASTEST = 0.85, 1.18
ECHO_SHARE, ECHO_SECONDS = 0.3, (0.05, 0.4)
NOISE_SHARE, LOWEST_SNR, HIGHEST_SNR = 0.8, -3.0, 25.0
"""Part of the clips that noise is added to, and the range of its signal-to-noise ratio, dB."""
FFT_STEP = 4096
"""Multiples of it have quick Fourier transforms."""
FAINTEST, LOUDEST = -24.0, 8.0
"""Gain of a microphone, dB; what is too loud is clipped."""
THROATS = (0.85, 1.18)
"""How much higher or lower a voice's bands may lie."""
TONE, KNOTS = 0.25, 5
"""Spread of the gains of a microphone, in the spectrogram's units, and at how many places they are drawn."""
MASKS, WIDEST_TIME_MASK, WIDEST_BAND_MASK = 2, 18, 6


def augmented(sounds: Tensor, noise: Tensor, generator: torch.Generator) -> Tensor:
    """Change sounds [B, N] in every way but what is said; ``noise`` [M], M > N, is what is added."""
    changed = _paced(sounds, generator)
    changed = _in_a_room(changed, generator)
    return _with_noise(changed, noise, generator)


def as_loud(sounds: Tensor, generator: torch.Generator) -> Tensor:
    """Near and far from sensitive and dull microphones: sounds [B, N] in [-1, 1] louder and fainter."""
    gains = FAINTEST + (LOUDEST - FAINTEST) * torch.rand(len(sounds), 1, generator=generator)
    return (sounds * 10 ** (gains / 20)).clamp(-1.0, 1.0)


def masked(spectrograms: Tensor, generator: torch.Generator) -> Tensor:
    """Blank out some times and bands of [B, bands, T] (SpecAugment, Park et al. 2019)."""
    batch, bands, times = spectrograms.shape
    kept = torch.ones(batch, bands, times)
    for _ in range(MASKS):
        kept *= _open(batch, times, WIDEST_TIME_MASK, generator)[:, None, :]
        kept *= _open(batch, bands, WIDEST_BAND_MASK, generator)[:, :, None]
    return spectrograms * kept.to(spectrograms.device)


def as_others(spectrograms: Tensor, generator: torch.Generator) -> Tensor:
    """Said by longer and shorter throats, through other microphones: the bands of [B, bands, T] moved along
    (vocal tract length perturbation, Jaitly and Hinton 2013), and smoothly louder and softer.
    """
    batch, bands, times = spectrograms.shape
    low, high = THROATS
    stretch = low + (high - low) * torch.rand(batch, 1, generator=generator)
    rows = 2 * (torch.arange(bands) * stretch).clamp_max(bands - 1) / (bands - 1) - 1
    columns = torch.linspace(-1, 1, times)
    places = torch.stack(
        [columns.expand(batch, bands, times), rows[:, :, None].expand(batch, bands, times)], dim=-1
    )
    moved = nn.functional.grid_sample(spectrograms[:, None], places, align_corners=True)[:, 0]
    knots = TONE * torch.randn(batch, 1, KNOTS, generator=generator)
    gains = nn.functional.interpolate(knots, bands, mode="linear", align_corners=True)
    return moved + gains.transpose(1, 2)


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
    source = ((torch.arange(length) - middle) * pace + shift) / middle
    places = torch.stack([source, torch.zeros_like(source)], dim=-1)
    moved = nn.functional.grid_sample(sounds[:, None, None], places[:, None], align_corners=True)
    return moved[:, 0, 0]


def _in_a_room(sounds: Tensor, generator: torch.Generator) -> Tensor:
    """Some with the decaying noise that a room answers with."""
    batch, length = sounds.shape
    times = torch.arange(RATE // 2) / RATE
    low, high = ECHO_SECONDS
    decay = low + (high - low) * torch.rand(batch, 1, generator=generator)
    answer = torch.randn(batch, len(times), generator=generator) * torch.exp(-6.9 * times / decay)
    rows = (torch.rand(batch, generator=generator) < ECHO_SHARE).nonzero().squeeze(1)
    if not len(rows):
        return sounds
    answer = 0.02 * answer[rows]
    answer[:, 0] = 1.0
    size = -(-(length + len(times)) // FFT_STEP) * FFT_STEP
    wet = torch.fft.irfft(torch.fft.rfft(sounds[rows], size) * torch.fft.rfft(answer, size), size)
    return sounds.index_copy(0, rows, wet[:, :length])


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

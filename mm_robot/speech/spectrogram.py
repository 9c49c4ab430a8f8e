"""Turns sound into what a keyword model looks at: a log-mel spectrogram, whatever the loudness."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from mm_robot.speech.base import RATE

BANDS = 40
WINDOW, HOP = 480, 160
"""Samples: 30 ms every 10 ms."""
FFT = 512
LOWEST, HIGHEST = 60.0, 7600.0
"""Hz."""
FLOOR = 1e-6


class LogMelSpectrogram(nn.Module):
    """[B, N] sound at 16 kHz -> [B, BANDS, 1 + N // HOP] log energies; the mean of each clip is taken off."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)
        self.register_buffer("filters", mel_filters(), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        """See the class."""
        spectrum = torch.stft(
            sound, FFT, hop_length=HOP, win_length=WINDOW, window=self.window, return_complex=True
        )
        energy = torch.einsum("mf,bft->bmt", self.filters, spectrum.abs().square())
        loudness = torch.log(energy + FLOOR)
        return (loudness - loudness.mean(dim=(1, 2), keepdim=True)) * 0.25


def mel_filters() -> Tensor:
    """Triangular filters [BANDS, FFT // 2 + 1], evenly spaced on the mel scale (O'Shaughnessy 1987)."""
    lowest, highest = (2595.0 * math.log10(1.0 + hertz / 700.0) for hertz in (LOWEST, HIGHEST))
    centres = 700.0 * (10 ** (torch.linspace(lowest, highest, BANDS + 2) / 2595.0) - 1.0)
    return triangles(centres, torch.linspace(0.0, RATE / 2, FFT // 2 + 1))


def triangles(centres: Tensor, frequencies: Tensor) -> Tensor:
    """[N, F] over ``frequencies`` [F]: one at each of ``centres`` [N + 2] but the first and the last, and
    zero from those beside it on.
    """
    rising = (frequencies - centres[:-2, None]) / (centres[1:-1] - centres[:-2])[:, None]
    falling = (centres[2:, None] - frequencies) / (centres[2:] - centres[1:-1])[:, None]
    return torch.minimum(rising, falling).clamp_min(0.0)

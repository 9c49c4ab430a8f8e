"""Turns speech into numbers that say what is said rather than who says it.

The network is Google's speech embedding, which was trained to tell apart thousands of words that very many
people said (Lin et al., "Training keyword spotters with limited and synthesized speech data", ICASSP 2020;
Apache-2.0). ``scripts/speech_embedding.py`` takes its weights out of the package pyopen-wakeword.
"""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import torch
from torch import Tensor, nn

from mm_robot.speech.base import RATE
from mm_robot.speech.spectrogram import triangles

BANDS = 32
WINDOW, HOP, FFT = 400, 160, 512
"""Samples: 25 ms every 10 ms."""
LOWEST, HIGHEST = 60.0, 3800.0
"""Hz."""
FLOOR = 1000.0
"""Energy that is added in each band, that of a quiet room, so that digital silence looks like one."""
FULL_SCALE = 32768.0
OFFSET = 2.0
"""The network was trained on log10 of the energy of 16-bit samples, and this more."""
FIRST_FRAMES, FRAMES_PER_EMBEDDING = 76, 8
"""The first embedding is of so many frames of the spectrogram, and of so many later ones each other one."""
WIDTH = 96
SLOPE, LOWEST_ACTIVATION = 0.2, -0.4
_WIDTHS = (24, 24, 24, 48, 48, 48, 48, 72, 72, 72, 72, 96, 96, 96, 96, 96, 96, 96, 96, WIDTH)
_POOLS = {2: (2, 2), 6: (1, 2), 10: (2, 2), 14: (1, 2), 18: (2, 2)}
"""After which layer so many times and bands become one."""


class SpeechSpectrogram(nn.Module):
    """[B, N] sound at 16 kHz in [-1, 1] -> [B, BANDS, 1 + (N - FFT) // HOP] log10 energies."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("window", torch.hann_window(WINDOW), persistent=False)
        self.register_buffer("filters", _mel_filters(), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        """See the class."""
        spectrum = torch.stft(
            FULL_SCALE * sound, FFT, HOP, WINDOW, self.window, center=False, return_complex=True
        )
        energy = torch.einsum("mf,bft->bmt", self.filters, spectrum.abs().square())
        return (energy + FLOOR).log10() + OFFSET


class Past:
    """What the layers have yet to use of a stream, or rows of zeros at its beginning."""

    def __init__(self) -> None:
        self._kept: dict[str, Tensor] = {}

    def before(self, layer: str, rows: Tensor, kept: int) -> Tensor:
        """``rows`` [B, C, T, ...] behind the ``kept`` last ones that this layer got before."""
        if layer not in self._kept:
            self._kept[layer] = rows.new_zeros(*rows.shape[:2], kept, *rows.shape[3:])
        joined = torch.cat([self._kept[layer], rows], dim=2)
        self._kept[layer] = joined[:, :, -kept:]
        return joined


class SpeechEmbedding(nn.Module):
    """[B, BANDS, T] log10 energies -> [B, WIDTH, (T - 68) // 8]."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.Conv2d(1, _WIDTHS[0], 3, padding=(0, 1))]
        for number, (before, width) in enumerate(itertools.pairwise(_WIDTHS[:-1])):
            along_bands = number % 2 == 0
            kernel, padding = ((1, 3), (0, 1)) if along_bands else ((3, 1), (0, 0))
            layers.append(nn.Conv2d(before, width, kernel, padding=padding))
        layers.append(nn.Conv2d(_WIDTHS[-2], WIDTH, (3, 1)))
        self.layers = nn.ModuleList(layers)

    def forward(self, spectrogram: Tensor, past: Past | None = None) -> Tensor:
        """See the class. With ``past``, [1, BANDS, T] is the next part of a stream, of which come
        [1, WIDTH, T // 8]; T is a multiple of 8.
        """
        found = spectrogram.transpose(1, 2)[:, None]
        for number, layer in enumerate(self.layers):
            assert isinstance(layer, nn.Conv2d)
            if past is not None and layer.kernel_size[0] > 1:
                found = past.before(f"layer {number}", found, layer.kernel_size[0] - 1)
            found = layer(found)
            if number < len(self.layers) - 1:
                found = nn.functional.leaky_relu(found, SLOPE).clamp_min(LOWEST_ACTIVATION)
            if number in _POOLS:
                found = nn.functional.max_pool2d(found, _POOLS[number])
        return found[..., 0]


def start_file() -> Path:
    """The weights with which training begins."""
    return Path(__file__).parent.parent / "assets" / "keywords" / "speech_embedding.safetensors"


def _mel_filters() -> Tensor:
    """Triangular filters of equal area [BANDS, FFT // 2 + 1], evenly spaced on Slaney's mel scale (1998)."""

    def mel(hertz: float) -> float:
        return hertz / (200 / 3) if hertz < 1000 else 15 + math.log(hertz / 1000) / (math.log(6.4) / 27)

    mels = torch.linspace(mel(LOWEST), mel(HIGHEST), BANDS + 2, dtype=torch.float64)
    centres = torch.where(mels < 15, mels * 200 / 3, 1000 * torch.exp((mels - 15) * math.log(6.4) / 27))
    frequencies = torch.linspace(0.0, RATE / 2, FFT // 2 + 1, dtype=torch.float64)
    height = 2 / (centres[2:] - centres[:-2])
    return (triangles(centres, frequencies) * height[:, None]).float()

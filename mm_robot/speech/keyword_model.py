"""A small network that tells which command word a second of sound holds, if any.

Temporal convolutions over a spectrogram whose bands are channels (TENet: Li et al., "Small-footprint keyword
spotting with multi-scale temporal convolution", Interspeech 2020).
"""

from __future__ import annotations

from torch import Tensor, nn

from mm_robot.speech.spectrogram import BANDS, LogMelSpectrogram

SILENCE, UNKNOWN = "_silence_", "_unknown_"
WORDS = (
    *(SILENCE, UNKNOWN, "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"),
    *("halt", "freeze"),
)
"""What is told apart; the first two stand for no word and for any other word."""
SECONDS = 1.0
"""How much sound is looked at."""
CHANNELS = 48
EXPANSION = 3
STAGES, BLOCKS = 4, 3
KERNEL = 9


class KeywordModel(nn.Module):
    """[B, N] sound at 16 kHz -> [B, words] logits."""

    def __init__(self, words: int = len(WORDS)) -> None:
        super().__init__()
        self.spectrogram = LogMelSpectrogram()
        self.enter = nn.Sequential(
            nn.Conv1d(BANDS, CHANNELS, 3, padding=1, bias=False), nn.BatchNorm1d(CHANNELS), nn.ReLU()
        )
        self.blocks = nn.Sequential(
            *(_Block(stride=2 if block == 0 else 1) for _stage in range(STAGES) for block in range(BLOCKS))
        )
        self.leave = nn.Sequential(nn.Dropout(0.2), nn.Linear(CHANNELS, words))

    def forward(self, sound: Tensor) -> Tensor:
        """See the class."""
        return self.classify(self.spectrogram(sound))

    def classify(self, spectrogram: Tensor) -> Tensor:
        """[B, BANDS, T] -> [B, words] logits."""
        logits: Tensor = self.leave(self.blocks(self.enter(spectrogram)).mean(dim=2))
        return logits


class _Block(nn.Module):
    """An inverted bottleneck: wide in the middle, with one kernel for each channel (Sandler et al. 2018)."""

    def __init__(self, stride: int) -> None:
        super().__init__()
        wide = CHANNELS * EXPANSION
        self.layers = nn.Sequential(
            nn.Conv1d(CHANNELS, wide, 1, bias=False),
            nn.BatchNorm1d(wide),
            nn.ReLU(),
            nn.Conv1d(wide, wide, KERNEL, stride, KERNEL // 2, groups=wide, bias=False),
            nn.BatchNorm1d(wide),
            nn.ReLU(),
            nn.Conv1d(wide, CHANNELS, 1, bias=False),
            nn.BatchNorm1d(CHANNELS),
        )
        self.around: nn.Module = nn.Identity()
        if stride > 1:
            self.around = nn.Sequential(
                nn.Conv1d(CHANNELS, CHANNELS, 1, stride, bias=False), nn.BatchNorm1d(CHANNELS)
            )

    def forward(self, inputs: Tensor) -> Tensor:
        activated: Tensor = nn.functional.relu(self.layers(inputs) + self.around(inputs))
        return activated

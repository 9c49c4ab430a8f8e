"""A small network that tells which command word a second of sound holds, if any.

A head on three speech embeddings, one after another (``speech_embedding``). It looks at sound as loud as it
comes, so that running sound need be worked on only once.
"""

from __future__ import annotations

from torch import Tensor, nn

from mm_robot.speech.speech_embedding import (
    FIRST_FRAMES,
    FRAMES_PER_EMBEDDING,
    WIDTH,
    Past,
    SpeechEmbedding,
    SpeechSpectrogram,
)

SILENCE, UNKNOWN = "_silence_", "_unknown_"
WORDS = (
    *(SILENCE, UNKNOWN, "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"),
    *("halt", "freeze"),
)
"""What is told apart; the first two stand for no word and for any other word."""
EMBEDDINGS = 3
FRAMES = FIRST_FRAMES + (EMBEDDINGS - 1) * FRAMES_PER_EMBEDDING
"""How many frames of the spectrogram are looked at, the last 0.94 s."""
HIDDEN = 128


class KeywordModel(nn.Module):
    """[B, N] sound at 16 kHz -> [B, words] logits."""

    def __init__(self, words: int = len(WORDS)) -> None:
        super().__init__()
        self.spectrogram = SpeechSpectrogram()
        self.embedding = SpeechEmbedding()
        self.head = nn.Sequential(
            nn.BatchNorm1d(WIDTH),
            nn.Dropout(0.2),
            nn.Conv1d(WIDTH, HIDDEN, EMBEDDINGS),
            nn.BatchNorm1d(HIDDEN),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Conv1d(HIDDEN, words, 1),
        )

    def forward(self, sound: Tensor) -> Tensor:
        """See the class."""
        return self.classify(self.spectrogram(sound))

    def classify(self, spectrogram: Tensor) -> Tensor:
        """[B, BANDS, T] -> [B, words] logits of the last ``FRAMES``."""
        logits: Tensor = self.head(self.embedding(spectrogram[..., -FRAMES:]))
        return logits[..., 0]

    def follow(self, spectrogram: Tensor, past: Past) -> Tensor:
        """The next part of a stream, [1, BANDS, 8] -> [1, words] logits of its last ``FRAMES``."""
        embeddings = past.before("head", self.embedding(spectrogram, past), EMBEDDINGS - 1)
        logits: Tensor = self.head(embeddings)
        return logits[..., 0]

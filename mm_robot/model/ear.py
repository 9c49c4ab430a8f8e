"""The ear: a spoken sentence as tokens for the language model, one for each word that is heard.

Letters are read off the sound by connectionist temporal classification (CTC, Graves et al. 2006). The blanks
between words cut the sound into words, and each word becomes the vector that the frozen language model would
have given it in that sentence: what is typed and what is said enter the fused model in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from mm_robot.errors import CheckpointError
from mm_robot.speech.spectrogram import BANDS, LogMelSpectrogram

ALPHABET = " abcdefghijklmnopqrstuvwxyz'"
BLANK = len(ALPHABET)
"""The CTC class of no letter."""
EAR_FILE = "ear.safetensors"
"""In the folder of a checkpoint that hears."""
CHANNELS = 192
BLOCKS = 9
_KERNEL = 11


@dataclass
class HeardFrames:
    """``letters`` [B, T, len(ALPHABET) + 1] log probabilities; ``features`` [B, T, CHANNELS].

    A frame is 40 ms.
    """

    letters: Tensor
    features: Tensor


class Ear(nn.Module):
    """Convolutions over a spectrogram (ConvNeXt blocks, Liu et al. 2022), with heads for letters and words.

    ``width`` is that of the language model's vectors.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.spectrogram = LogMelSpectrogram()
        self.enter = nn.Sequential(
            nn.Conv1d(BANDS, CHANNELS, 5, stride=2, padding=2, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
            nn.Conv1d(CHANNELS, CHANNELS, 5, stride=2, padding=2, groups=4, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
        )
        self.blocks = nn.Sequential(*(_Block() for _ in range(BLOCKS)))
        self.letters = nn.Linear(CHANNELS, len(ALPHABET) + 1)
        self.words = nn.Sequential(nn.Linear(2 * CHANNELS, 512), nn.GELU(), nn.Linear(512, width))
        self.ends = nn.Linear(CHANNELS, 2 * width)

    def forward(self, spectrogram: Tensor) -> HeardFrames:
        """Spectrograms [B, BANDS, T'], 10 ms a column."""
        features = self.blocks(self.enter(spectrogram)).transpose(1, 2)
        return HeardFrames(self.letters(features).log_softmax(-1), features)

    def vectors(self, heard: HeardFrames, words: Tensor) -> Tensor:
        """Vectors of the words and the sentence's ends, [B, W + 2, width].

        ``words`` [B, W, T] are the shares of the frames in each word (rows that sum to one, or to nought for
        a word that is not there).
        """
        meant = words @ heard.features
        whole = heard.features.mean(dim=1)
        around = whole[:, None].expand(-1, meant.shape[1], -1)
        first, last = self.ends(whole).chunk(2, dim=-1)
        return torch.cat([first[:, None], self.words(torch.cat([meant, around], -1)), last[:, None]], dim=1)

    @torch.no_grad()
    def listen(self, sound: Tensor) -> tuple[str, Tensor]:
        """One sound [N] at 16 kHz -> what was said, and the vectors [1, W + 2, width]; W may be 0."""
        heard = self(self.spectrogram(sound[None]))
        text, spans = read_letters(heard.letters[0])
        shares = shares_of([spans], heard.letters.shape[1]).to(sound.device)
        return text, self.vectors(heard, shares)


def load_ear(folder: Path) -> Ear:
    """The ear of the checkpoint in a folder, in float32.

    Raises:
        CheckpointError: the checkpoint has none, or its file is broken.
    """
    path = folder / EAR_FILE
    try:
        weights = load_file(path)
        ear = Ear(weights["ends.weight"].shape[0] // 2)
        ear.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(
            f"{path} cannot be read ({reason}); take a checkpoint that was trained with the key hear"
        ) from error
    return ear.eval()


def read_letters(letters: Tensor) -> tuple[str, list[tuple[int, int]]]:
    """The most probable letters [T, classes] as a text, and the first and last frame of each of its words."""
    best = letters.argmax(dim=-1).tolist()
    words: list[list[str]] = []
    spans: list[tuple[int, int]] = []
    previous, open_word = BLANK, False
    for frame, symbol in enumerate(best):
        if symbol in (BLANK, previous):
            previous = symbol
            continue
        previous = symbol
        if ALPHABET[symbol] == " ":
            open_word = False
        elif open_word:
            words[-1].append(ALPHABET[symbol])
            spans[-1] = (spans[-1][0], frame)
        else:
            words.append([ALPHABET[symbol]])
            spans.append((frame, frame))
            open_word = True
    return " ".join("".join(word) for word in words), spans


def shares_of(spans: list[list[tuple[int, int]]], frames: int) -> Tensor:
    """Spans of B sentences as shares [B, W, T], W the most words of any."""
    most = max((len(row) for row in spans), default=0)
    shares = torch.zeros(len(spans), most, frames)
    for index, row in enumerate(spans):
        for word, (first, last) in enumerate(row):
            shares[index, word, first : last + 1] = 1.0 / (last + 1 - first)
    return shares


class _Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(CHANNELS, CHANNELS, _KERNEL, padding=_KERNEL // 2, groups=CHANNELS, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.Conv1d(CHANNELS, 2 * CHANNELS, 1),
            nn.GELU(),
            nn.Conv1d(2 * CHANNELS, CHANNELS, 1),
        )

    def forward(self, inputs: Tensor) -> Tensor:
        added: Tensor = inputs + self.layers(inputs)
        return added

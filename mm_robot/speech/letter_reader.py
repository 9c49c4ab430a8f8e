"""Utterances as the ear of the embedded policy hears them, by the letters that it writes."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from mm_robot.model.ear import ALPHABET, BLANK, load_ear
from mm_robot.model.policy import checkpoint_folder
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.letter_search import LetterSearch
from mm_robot.speech.spectrogram import FFT
from mm_robot.speech.word_network import WordPairs, network_of_grammar
from mm_robot.types import FloatArray

GRAMMAR_WEIGHT, PAIRS_WEIGHT = 0.3, 0.5
"""Of the log probabilities of sentences beside those of the letters."""


class LetterReader:
    """Listens to one utterance at a time."""

    def __init__(self, automaton: Automaton, pairs: WordPairs | None) -> None:
        """Load the ear; ``automaton`` has the commands, ``pairs`` tells of other sentences.

        Raises:
            CheckpointError: its file is missing or broken.
        """
        self._ear = load_ear(checkpoint_folder("embedded"))
        self._commands = LetterSearch(network_of_grammar(automaton, GRAMMAR_WEIGHT))
        self._pairs = None if pairs is None else LetterSearch(pairs.network(PAIRS_WEIGHT))
        self._letters: Tensor = torch.empty(0, len(ALPHABET) + 1)

    @torch.inference_mode()
    def listen(self, samples: FloatArray) -> str:
        """Take the next utterance, [N]; the most probable command in it, or an empty text."""
        longer = np.pad(samples, (0, max(FFT - len(samples), 0)))
        sound = torch.from_numpy(np.ascontiguousarray(longer, np.float32))
        self._letters = self._ear(self._ear.spectrogram(sound[None])).letters[0]
        reading = self._commands.search(self._letters.numpy())
        return "" if reading is None else reading.text

    def other(self) -> str:
        """The most probable sentence in the utterance that need not be a command, or an empty text."""
        reading = None if self._pairs is None else self._pairs.search(self._letters.numpy())
        return "" if reading is None else reading.text

    @torch.inference_mode()
    def fit(self, sentence: str) -> float:
        """Log of the likelihood of a sentence over that of the most probable letters of all."""
        targets = torch.tensor([ALPHABET.index(letter) for letter in sentence if letter in ALPHABET])
        frames = len(self._letters)
        lengths = torch.tensor([frames]), torch.tensor([len(targets)])
        loss = functional.ctc_loss(
            self._letters[:, None], targets[None], *lengths, blank=BLANK, reduction="sum"
        )
        return -float(loss) - float(self._letters.amax(dim=1).sum())

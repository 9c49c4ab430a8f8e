"""Utterances as pocketsphinx hears them, by the phones of their words: as commands, and as English."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pocketsphinx

from mm_robot.errors import InputError
from mm_robot.speech.automaton import Automaton, Transition
from mm_robot.speech.base import to_int16
from mm_robot.types import FloatArray

LANGUAGE_WEIGHT = 9.0
WORD_PENALTY = 0.05
PEAK = 0.5
NOISE = 0.002
FRAMES = 100
"""Frames of the decoders per second."""
_COMMANDS, _SENTENCE = "commands", "sentence"


@dataclass(frozen=True)
class Spoken:
    """How a sentence fits the sound: the log of its likelihood over that of ordinary English (the decoder's
    units), the ``seconds`` that its words take, and how many ``phones`` they have.
    """

    likelihood: float
    seconds: float
    phones: int


class PhoneDecoders:
    """Listens to one utterance at a time."""

    def __init__(self, automaton: Automaton, pronunciations: Mapping[str, str]) -> None:
        """Load the acoustic model twice, about 1 s and 150 MB.

        Args:
            automaton: the sentences that are commands.
            pronunciations: more ways to say words, or ways to say words that the dictionary lacks.

        Raises:
            InputError: there are words that no one knows how to pronounce.
        """
        self._commands = pocketsphinx.Decoder(lm=None, wip=WORD_PENALTY, loglevel="FATAL")
        add_words(self._commands, automaton.words, pronunciations)
        transitions = list(automaton.transitions(LANGUAGE_WEIGHT))
        self._add(_COMMANDS, len(automaton.arcs), transitions)
        self._english = pocketsphinx.Decoder(
            maxwpf=20, maxhmmpf=3000, fwdflat=False, bestpath=False, beam=1e-40, wbeam=1e-20, loglevel="FATAL"
        )
        self._sound = b""
        self._as_english = 0.0

    def listen(self, samples: FloatArray) -> str:
        """Take the next utterance, [N]; the most probable command in it, or an empty text."""
        self._sound = to_int16(_prepared(samples))
        english = _decode(self._english, self._sound)
        self._as_english = english.score if english else 0.0
        self._commands.activate_search(_COMMANDS)
        hypothesis = _decode(self._commands, self._sound)
        return "" if hypothesis is None else str(hypothesis.hypstr)

    def fit(self, sentence: str) -> Spoken | None:
        """How a sentence fits the utterance; None where it cannot be found in it."""
        words = sentence.split()
        self._add(_SENTENCE, len(words), [(i, i + 1, 1.0, word) for i, word in enumerate(words)])
        self._commands.activate_search(_SENTENCE)
        hypothesis = _decode(self._commands, self._sound)
        if hypothesis is None or hypothesis.hypstr != sentence:
            return None
        parts = [part for part in self._commands.seg() if part.word.split("(")[0] in words]
        frames = sum(part.end_frame - part.start_frame + 1 for part in parts)
        return Spoken(
            likelihood=math.log(hypothesis.score / self._as_english) if self._as_english else 0.0,
            seconds=frames / FRAMES,
            phones=sum(len(self._commands.lookup_word(part.word).split()) for part in parts),
        )

    def _add(self, name: str, end: int, transitions: list[Transition]) -> None:
        self._commands.add_fsg(name, self._commands.create_fsg(name, 0, end, transitions))


def add_words(
    decoder: pocketsphinx.Decoder, words: frozenset[str], pronunciations: Mapping[str, str]
) -> None:
    """Give a decoder more pronunciations, and make sure that it knows all words.

    Raises:
        InputError: a word is neither in the dictionary nor in ``pronunciations``.
    """
    known = {word: decoder.lookup_word(word) is not None for word in words}
    missing = sorted(word for word in words if not known[word] and word not in pronunciations)
    if missing:
        raise InputError(
            f"grammar: no pronunciation is known for {', '.join(missing)}; "
            "use other words, or give their phones (ARPAbet)"
        )
    for word in sorted(words & pronunciations.keys()):
        number = 2
        while known[word] and decoder.lookup_word(f"{word}({number})") is not None:
            number += 1
        decoder.add_word(f"{word}({number})" if known[word] else word, pronunciations[word], True)


def _prepared(samples: FloatArray) -> FloatArray:
    """Bring speech to one level, and put faint noise over digital silence, which no model knows."""
    gain = PEAK / max(float(np.abs(samples).max(initial=0.0)), 1e-6)
    noise = np.random.default_rng(0).normal(0.0, NOISE, len(samples))
    return (gain * samples + noise).astype(np.float32)


def _decode(decoder: pocketsphinx.Decoder, sound: bytes) -> pocketsphinx.Hypothesis | None:
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    return decoder.hyp()

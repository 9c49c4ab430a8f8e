"""The offline recogniser of commands: pocketsphinx on our command grammar, checked against ordinary English.

Each utterance is also decoded with a general English language model, so that a command can be told from other
speech (``command_confidence``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pocketsphinx

from mm_robot.errors import InputError
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.base import RATE, Recogniser, Recognition, Utterance, to_int16
from mm_robot.speech.command_confidence import Evidence, confidence_of
from mm_robot.speech.grammar import command_grammar
from mm_robot.speech.pronunciations import VARIANTS
from mm_robot.types import FloatArray

LANGUAGE_WEIGHT = 9.0
WORD_PENALTY = 0.05
PEAK = 0.5
NOISE = 0.002
FRAMES = 100
"""Frames of the decoder per second."""
NOTHING = Recognition("", 0.0)


class CommandRecogniser(Recogniser):
    """Recognises the sentences of a JSGF grammar and refuses everything else."""

    def __init__(self, grammar: str | None = None, pronunciations: Mapping[str, str] = VARIANTS) -> None:
        """Load the acoustic model and the grammar, about 1 s and 150 MB.

        Args:
            grammar: JSGF text with one public rule and no loops; None for the command grammar of mm_robot.
            pronunciations: more ways to say words, or ways to say words that the dictionary lacks.

        Raises:
            InputError: the grammar is wrong, or has words that no one knows how to pronounce.
        """
        self.automaton = Automaton.from_jsgf(command_grammar() if grammar is None else grammar)
        self._commands = pocketsphinx.Decoder(lm=None, wip=WORD_PENALTY, loglevel="FATAL")
        add_words(self._commands, self.automaton.words, pronunciations)
        transitions = list(self.automaton.transitions(LANGUAGE_WEIGHT))
        model = self._commands.create_fsg("commands", 0, len(self.automaton.arcs), transitions)
        self._commands.add_fsg("commands", model)
        self._commands.activate_search("commands")
        self._english = pocketsphinx.Decoder(
            maxwpf=20, maxhmmpf=3000, fwdflat=False, bestpath=False, beam=1e-40, wbeam=1e-20, loglevel="FATAL"
        )

    def transcribe(self, utterance: Utterance) -> Recognition:
        """Recognise one utterance; the text is a sentence of the grammar, or empty."""
        text, evidence = self.weigh(utterance)
        return NOTHING if evidence is None else Recognition(text, confidence_of(evidence))

    def weigh(self, utterance: Utterance) -> tuple[str, Evidence | None]:
        """The most probable sentence of the grammar, and what speaks for it; None where there is none."""
        sound = to_int16(_prepared(utterance.samples))
        hypothesis = _decode(self._commands, sound)
        probability = 0.0 if hypothesis is None else self.automaton.probability(hypothesis.hypstr)
        if hypothesis is None or probability == 0.0:
            return "", None
        frames, phones = self._spoken()
        duration = max(utterance.end - utterance.start, 1) / RATE
        english = _decode(self._english, sound)
        return hypothesis.hypstr, Evidence(
            likelihood=math.log(hypothesis.score / english.score) / utterance.speech if english else 0.0,
            prior=math.log(probability),
            coverage=frames / FRAMES / duration,
            pace=duration / phones,
        )

    def _spoken(self) -> tuple[int, int]:
        words = [part for part in self._commands.seg() if part.word.split("(")[0] in self.automaton.words]
        frames = sum(part.end_frame - part.start_frame + 1 for part in words)
        return frames, sum(len(self._commands.lookup_word(part.word).split()) for part in words)


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

"""The offline recogniser: two listeners on our command grammar and what is like it, checked against English.

pocketsphinx hears phones and was made from many people's speech; the ear of the embedded policy hears letters
and was made for commands in noise, which need not be taken out for it. Each finds the sentence of the grammar
that it heard, and is asked about that of the other; how sure both are of a sentence decides
(``command_confidence``). Where neither is sure, the ear looks for other sentences, of words that follow each
other in what the policy was trained on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from mm_robot.speech.automaton import Automaton
from mm_robot.speech.base import RATE, Recogniser, Recognition, Utterance
from mm_robot.speech.command_confidence import (
    COMMAND_WEIGHTS,
    OTHER_WEIGHTS,
    Evidence,
    Weights,
    confidence_of,
)
from mm_robot.speech.grammar import command_grammar
from mm_robot.speech.letter_reader import LetterReader
from mm_robot.speech.phone_decoders import PhoneDecoders
from mm_robot.speech.pronunciations import VARIANTS
from mm_robot.speech.word_network import WordPairs

SURE = 0.6
"""Confidence in a command from which on nothing else is looked for."""
NOTHING = Recognition("", 0.0)

Weighed = list[tuple[str, Evidence]]


class CommandRecogniser(Recogniser):
    """Recognises the sentences of a JSGF grammar and, where that is our own, others that are like them."""

    def __init__(
        self,
        grammar: str | None = None,
        pronunciations: Mapping[str, str] = VARIANTS,
        wake_word: str = "",
    ) -> None:
        """Load the acoustic models and the grammar, about 1 s and 160 MB.

        Args:
            grammar: JSGF text with one public rule and no loops, beside which nothing is understood; None for
                the command grammar of mm_robot.
            pronunciations: more ways to say words, or ways to say words that the dictionary lacks.
            wake_word: what sentences may begin with; empty for nothing.

        Raises:
            InputError: the grammar is wrong, or has words that no one knows how to pronounce.
            CheckpointError: the ear of the embedded policy is missing or broken.
        """
        automaton = Automaton.from_jsgf(command_grammar() if grammar is None else grammar)
        self.automaton = automaton.woken_by(wake_word) if wake_word else automaton
        self._pairs = WordPairs.read(wake_word=wake_word) if grammar is None else None
        self._phones = PhoneDecoders(self.automaton, pronunciations)
        self._letters = LetterReader(self.automaton, self._pairs)

    def transcribe(self, utterance: Utterance) -> Recognition:
        """Recognise one utterance; the text may be empty."""
        best = _best(self.weigh_commands(utterance), COMMAND_WEIGHTS)
        if best.confidence >= SURE:
            return best
        other = _best(self.weigh_other(utterance), OTHER_WEIGHTS)
        return max(best, other, key=lambda recognition: recognition.confidence)

    def weigh_commands(self, utterance: Utterance) -> Weighed:
        """The sentences of the grammar that were heard, one or two, and what speaks for each."""
        heard = self._phones.listen(utterance.samples), self._letters.listen(utterance.as_it_came)
        probabilities = {text: self.automaton.probability(text) for text in heard}
        commands = {text: math.log(p) for text, p in probabilities.items() if p > 0.0}
        return self._weigh(commands, utterance)

    def weigh_other(self, utterance: Utterance) -> Weighed:
        """Another sentence, if one was heard in the utterance that ``weigh_commands`` was given last."""
        other = self._letters.other()
        if self._pairs is None or not other or self.automaton.probability(other) > 0.0:
            return []
        return self._weigh({other: self._pairs.log_probability(other)}, utterance)

    def _weigh(self, priors: Mapping[str, float], utterance: Utterance) -> Weighed:
        duration = max(utterance.end - utterance.start, 1) / RATE
        fits = {text: spoken for text in priors if (spoken := self._phones.fit(text)) is not None}
        total = sum(spoken.likelihood for spoken in fits.values())
        weighed = []
        for text, spoken in fits.items():
            rival = total - spoken.likelihood if len(fits) > 1 else spoken.likelihood
            evidence = Evidence(
                likelihood=spoken.likelihood / utterance.speech,
                letters=self._letters.fit(text) / utterance.speech,
                lead=(spoken.likelihood - rival) / utterance.speech,
                prior=priors[text],
                coverage=spoken.seconds / duration,
                pace=duration / spoken.phones,
            )
            weighed.append((text, evidence))
        return weighed


def _best(weighed: Weighed, weights: Weights) -> Recognition:
    heard = [Recognition(text, confidence_of(evidence, weights)) for text, evidence in weighed]
    return max(heard, key=lambda recognition: recognition.confidence, default=NOTHING)

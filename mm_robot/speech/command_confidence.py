"""How sure it is that an utterance is a command, and this one.

A grammar alone hears a command in everything. What speaks for it: that it explains the sound better than
ordinary English does, and hardly worse than any letters, that the grammar expects such a sentence, that its
words fill the speech, and a human pace.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

USUAL_PACE = 0.1
"""Seconds that a speech sound lasts."""


@dataclass(frozen=True)
class Evidence:
    """What the decoders say of an utterance.

    ``likelihood``: log of the command's over that of ordinary English, per second of speech (the decoder's
    units); ``letters``: log of its likelihood over that of the best letters of all, per second of speech;
    ``lead``: by how much its ``likelihood`` exceeds that of what the other listener heard, 0 where both heard
    the same; ``prior``: log probability of the sentence by the grammar; ``coverage``: share of the time from
    the first to the last sound of speech that its words take; ``pace``: seconds of a speech sound on average.
    """

    likelihood: float
    letters: float
    lead: float
    prior: float
    coverage: float
    pace: float

    def features(self) -> tuple[float, ...]:
        """What is weighed, each within bounds."""
        return (
            max(min(self.likelihood, 0.6), -0.3),
            max(min(self.letters, 0.0), -30.0),
            max(min(self.lead, 0.3), -0.3),
            max(self.prior, -60.0),
            min(abs(self.coverage - 1.0), 0.5),
            min(abs(self.pace - USUAL_PACE), 0.1),
        )


@dataclass(frozen=True)
class Weights:
    """Of the features, and what is added: a logistic regression."""

    likelihood: float
    letters: float
    lead: float
    prior: float
    coverage: float
    pace: float
    bias: float


COMMAND_WEIGHTS = Weights(
    likelihood=13.1314, letters=0.2783, lead=7.9125, prior=0.1627, coverage=-9.9418, pace=-0.8069, bias=1.2568
)
OTHER_WEIGHTS = Weights(
    likelihood=16.6652, letters=0.9361, lead=0.0, prior=0.0233, coverage=-10.6984, pace=-1.3004, bias=-4.9208
)
"""For sentences of the grammar and for others, as ``benchmarks/command_confidence.py`` prints them."""


def confidence_of(evidence: Evidence, weights: Weights) -> float:
    """Probability that the command was said, in (0, 1)."""
    *factors, bias = astuple(weights)
    logit = bias + sum(w * f for w, f in zip(factors, evidence.features(), strict=True))
    return 1.0 / (1.0 + math.exp(-logit))

"""How sure it is that an utterance is a command, and this one.

A grammar alone hears a command in everything. What speaks for it: that it explains the sound better than
ordinary English does, that the grammar expects such a sentence, that its words fill the speech, and a human
pace.
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
    units); ``prior``: log probability of the sentence by the grammar; ``coverage``: share of the time from
    the first to the last sound of speech that its words take; ``pace``: seconds of a speech sound on average.
    """

    likelihood: float
    prior: float
    coverage: float
    pace: float

    def features(self) -> tuple[float, float, float, float]:
        """What is weighed, each within bounds."""
        return (
            max(min(self.likelihood, 0.3), -0.3),
            max(self.prior, -40.0),
            min(abs(self.coverage - 1.0), 0.5),
            min(abs(self.pace - USUAL_PACE), 0.1),
        )


@dataclass(frozen=True)
class Weights:
    """Of the features, and what is added: a logistic regression."""

    likelihood: float
    prior: float
    coverage: float
    pace: float
    bias: float


WEIGHTS = Weights(likelihood=19.842, prior=0.1696, coverage=-11.4595, pace=-18.0779, bias=2.1294)
"""As ``benchmarks/command_confidence.py`` finds them."""


def confidence_of(evidence: Evidence, weights: Weights = WEIGHTS) -> float:
    """Probability that the command was said, in (0, 1)."""
    *factors, bias = astuple(weights)
    logit = bias + sum(w * f for w, f in zip(factors, evidence.features(), strict=True))
    return 1.0 / (1.0 + math.exp(-logit))

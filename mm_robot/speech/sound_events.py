"""Tells sound events in a stream: a classifier looks at the last seconds, again and again.

Any classifier of sounds serves that ``mm_robot train`` made with a class ``nothing``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mm_robot.classification.checkpoint import Classifier
from mm_robot.errors import CheckpointError
from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray

NOTHING = "nothing"
"""The class of whatever is no event."""
HOP = 0.5
"""Seconds from one look to the next."""
LOOKS = 3
"""How many looks together tell an event."""
THRESHOLD = 0.4
"""Mean probability from which on an event is told; it is over when that falls below half of it."""

SILENCE = 1e-4
"""Amplitude, of 1, below which there is nothing to look at: the classifier has heard no such silence."""


class Sound(NamedTuple):
    """What one look tells: the most probable event, its probability, and whether it counts as heard."""

    name: str
    probability: float
    present: bool


def classifier_folder(source: str) -> Path:
    """The folder that a classifier's name stands for; ``embedded`` is the one in the package."""
    return Path(__file__).parent.parent / "assets" / "sounds" if source == "embedded" else Path(source)


def load_sound_classifier(source: str) -> Classifier:
    """Load a classifier of sound events by name or folder.

    Raises:
        CheckpointError: it is none; the message says what to do.
    """
    classifier = Classifier(classifier_folder(source))
    if not classifier.sounds or NOTHING not in classifier.classes:
        raise CheckpointError(
            f"{source} tells no sound events; train a classifier of sounds with a class {NOTHING} "
            "(config/train/sound_events.yaml)"
        )
    return classifier


class SoundEvents:
    """Looks at a stream of sound at 16 kHz."""

    def __init__(self, classifier: Classifier) -> None:
        """Start with silence."""
        self._classifier = classifier
        self._window: FloatArray = np.zeros(round(classifier.seconds * RATE), np.float32)
        self._looks: deque[dict[str, float]] = deque(maxlen=LOOKS)
        self.names = tuple(name for name in classifier.classes if name != NOTHING)
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._window[:] = 0.0
        self._waiting = 0
        self._missing = len(self._window)
        self._looks.clear()
        self._present = ""

    def detect(self, samples: FloatArray) -> Iterator[Sound]:
        """Take in the next samples [N] float32; a look is due every ``HOP`` s.

        Nothing is told before there has been enough sound to look at.
        """
        hop = round(HOP * RATE)
        while len(samples):
            piece, samples = samples[: hop - self._waiting], samples[hop - self._waiting :]
            self._window = np.concatenate([self._window[len(piece) :], piece])
            self._waiting += len(piece)
            self._missing = max(0, self._missing - len(piece))
            if self._waiting == hop:
                self._waiting = 0
                if not self._missing:
                    yield self._look()

    def _look(self) -> Sound:
        silent = float(np.abs(self._window).max()) < SILENCE
        told = dict.fromkeys(self.names, 0.0) if silent else self._classifier.tell_sound(self._window)
        self._looks.append(told)
        means = {name: float(np.mean([told[name] for told in self._looks])) for name in self.names}
        name = max(means, key=means.__getitem__)
        present = means[name] >= (THRESHOLD / 2 if name == self._present else THRESHOLD)
        self._present = name if present else ""
        return Sound(name, means[name], present)

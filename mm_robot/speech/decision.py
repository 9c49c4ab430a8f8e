"""What is to come of something heard: a stop, an instruction, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mm_robot.speech.base import Recognition

SPOTTING_SECONDS = 0.4
"""Time from the end of a stop word within which it is spotted."""
STOP_WORDS = frozenset({"stop", "halt", "freeze"})
"""Words that mean a stop where a sentence begins with them."""
LONG_COMMAND = 3
"""Words of a command that cannot be a stop word misheard."""


class Act(str, Enum):
    """What is done about an utterance."""

    NOTHING = "nothing"
    STOP = "stop"
    INSTRUCT = "instruct"


@dataclass
class HearingDecision:
    """Decides about utterances, in the order in which they are recognised.

    ``confidence`` from which an utterance is believed. Times are seconds of one clock.
    """

    confidence: float
    _stopped: float = float("-inf")
    _stopped_by_others: float = float("-inf")

    def note_stop_by_others(self, at: float) -> None:
        """Somebody stopped the robot at ``at`` in another way: nothing said until then is carried out."""
        self._stopped_by_others = at

    def note_stop(self, heard: float) -> None:
        """A stop word was spotted, which was known at ``heard``."""
        self._stopped = heard

    def decide(self, recognition: Recognition, started: float, ended: float) -> Act:
        """What to do about an utterance that lasted from ``started`` to ``ended``.

        A stop forbids to carry out what was being said when it was spotted, but for a long command, in
        which it was a mishearing. A stop by others forbids all that was begun before it.
        """
        words = recognition.text.split()
        if not words or recognition.confidence < self.confidence or started <= self._stopped_by_others:
            return Act.NOTHING
        within = started <= self._stopped <= ended + SPOTTING_SECONDS
        if self._stopped >= started and not (within and len(words) >= LONG_COMMAND):
            return Act.NOTHING
        return Act.STOP if words[0].strip(",") in STOP_WORDS else Act.INSTRUCT

"""What is to come of something heard: a stop, an instruction, or nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum

from mm_robot.safety.wording import after_wake_word
from mm_robot.speech.base import STOP_WORDS, Recognition

SPOTTING_SECONDS = 0.7
"""Time from the end of an utterance within which a stop word that is spotted was said in it, if at all: one
that is said later would be known later, and one that is said sooner would belong to the utterance.
"""
ECHO_SECONDS = 0.6
"""Time after the robot's own words in which they may still be heard."""
AWAKE_SECONDS = 8.0
"""Time after a sentence with the wake word in which the robot listens to others without it."""
STEP_WORDS = ("and", "then")
"""Words before a further step of a command."""
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

    ``confidence`` from which an utterance is believed; ``wake_word`` that one has to begin with, empty for
    none. Times are seconds of one clock.
    """

    confidence: float
    wake_word: str = ""
    _stopped: float = float("-inf")
    _stopped_by_others: float = float("-inf")
    _awake_until: float = float("-inf")
    _own_voice: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=16))

    def note_own_voice(self, since: float, until: float) -> None:
        """The robot itself speaks: of what is heard then, and shortly after, nothing but a stop counts.

        May be called again with the same ``since`` when more is known of the end.
        """
        if self._own_voice and self._own_voice[-1][0] == since:
            self._own_voice.pop()
        self._own_voice.append((since, until + ECHO_SECONDS))

    def note_stop_by_others(self, at: float) -> None:
        """Somebody stopped the robot at ``at`` in another way: nothing said until then is carried out."""
        self._stopped_by_others = at

    def note_stop(self, heard: float) -> None:
        """A stop word was spotted, which was known at ``heard``."""
        self._stopped = heard

    def decide(self, recognition: Recognition, started: float, ended: float) -> Act:
        """What to do about an utterance that lasted from ``started`` to ``ended``.

        A stop forbids to carry out what was being said when it was spotted, but for a long command, in
        which it was a mishearing, unless it was recognised at the end of that, too. A stop by others forbids
        all that was begun before it. While the robot speaks itself, nothing but a stop counts, nor does it
        without the wake word, where there is one.
        """
        woken_to = after_wake_word(recognition.text, self.wake_word)
        words = (woken_to or recognition.text).split()
        if not words or recognition.confidence < self.confidence or started <= self._stopped_by_others:
            return Act.NOTHING
        stops = _means_stop(words)
        within = started <= self._stopped <= ended + SPOTTING_SECONDS
        misheard = within and len(words) >= LONG_COMMAND and not stops
        if self._stopped >= started and not misheard:
            return Act.NOTHING
        if stops:
            return Act.STOP
        if any(started < until and ended > since for since, until in self._own_voice):
            return Act.NOTHING
        if woken_to is not None:
            self._awake_until = ended + AWAKE_SECONDS
        asleep = bool(self.wake_word) and started > self._awake_until
        return Act.NOTHING if asleep else Act.INSTRUCT


def _means_stop(words: list[str]) -> bool:
    """Whether a sentence begins with a stop, or ends with one that is no further step ("and then stop")."""
    if words[0].strip(",") in STOP_WORDS:
        return True
    return words[-1] in STOP_WORDS and words[-2] not in STEP_WORDS

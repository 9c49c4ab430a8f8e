"""Takes instructions in: which are accepted, what they still wait for, and until when they are in force."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

from mm_robot.errors import InputError
from mm_robot.safety.gate import Reason
from mm_robot.safety.instructions import offence
from mm_robot.safety.wording import after_wake_word, validate_instruction

WINDOW = 1.0
"""Seconds over which the rate of a source is counted, and within which the same sentence is a duplicate."""
KEPT = 1000
"""Characters of a text that are looked at before it is known to be an instruction."""
ALLOWED, REFUSED = "allowed", "refused"
"""The verdicts of the policy; the first alone lets an instruction be carried out."""


class Refused(InputError):
    """An instruction is refused; the message is the reason, for the person."""


class Dropped(InputError):
    """An instruction is dropped without an answer: a duplicate, or one of a flood."""


@dataclass(frozen=True)
class Conduct:
    """How instructions are dealt with.

    ``instruction_sources`` are who may give them; ``instruction_rate`` 1/s is the most that a source may
    send; ``instruction_lifetime`` s an accepted one is in force; ``verdict_timeout`` s the policy has for its
    verdict, ``approval_timeout`` s a person for approving where ``require_approval``; ``wake_word`` at the
    beginning arms the robot, empty for none.
    """

    instruction_sources: tuple[str, ...]
    instruction_rate: float
    instruction_lifetime: float
    verdict_timeout: float
    require_approval: bool
    approval_timeout: float
    wake_word: str


@dataclass(frozen=True)
class Order:
    """What the policy is told: do ``text``, or, where that is empty, end ``number`` for ``reason``."""

    number: int
    text: str
    source: str
    reason: str = ""


class Stage(str, Enum):
    """What the present instruction waits for."""

    NONE = "none"
    APPROVAL = "waits for approval"
    VERDICT = "waits for the verdict"
    ALLOWED = "allowed"


HOLDS = {
    Stage.NONE: Reason.WAITING,
    Stage.APPROVAL: Reason.APPROVAL,
    Stage.VERDICT: Reason.VERDICT,
    Stage.ALLOWED: Reason.NONE,
}


class Desk:
    """Holds at most one instruction: the newest accepted one, and what it still waits for."""

    def __init__(self, conduct: Conduct, first_number: int) -> None:
        """Start without an instruction; the first accepted one is ``first_number``."""
        self.order: Order | None = None
        self.stage = Stage.NONE
        self._conduct = conduct
        self._number = first_number
        self._since = 0.0
        self._heard: dict[str, deque[float]] = {source: deque() for source in conduct.instruction_sources}
        self._last: dict[str, tuple[str, float]] = {}

    @property
    def hold(self) -> Reason:
        """Why the policy has no say, NONE where it has."""
        return HOLDS[self.stage]

    def wakes(self, text: str) -> bool:
        """Whether a sentence begins with the wake word."""
        return after_wake_word(text[:KEPT], self._conduct.wake_word) is not None

    def receive(self, source: str, text: str, now: float, awake: bool = True) -> Order:
        """Accept an instruction; it takes the place of the one before.

        Args:
            source: who gives it.
            text: as it arrived.
            now: monotonic s.
            awake: whether the robot takes instructions that do not begin with the wake word.

        Raises:
            Dropped: it repeats what the source just said, or the source sends too many.
            Refused: the source is not configured, the text is no plain sentence, it asks for a forbidden act,
                or it does not wake the robot.
        """
        if source not in self._heard:
            raise Refused(f"instructions from {source} are not taken; add it to instruction_sources")
        self._count(source, now)
        gist = f"{len(text)} {text[:KEPT]}"
        gist_before, heard = self._last.get(source, ("", -WINDOW))
        self._last[source] = (gist, now)
        if gist == gist_before and 0 <= now - heard < WINDOW:
            raise Dropped("the same sentence again")
        try:
            sentence = validate_instruction(text)
        except InputError as error:
            raise Refused(str(error)) from None
        rest = after_wake_word(sentence, self._conduct.wake_word)
        if not awake and rest is None:
            raise Refused("I am not armed; call the service ~/arm first")
        if rest == "":
            raise Refused("I am awake; tell me what to do")
        sentence = rest or sentence
        wrong = offence(sentence)
        if wrong is not None:
            raise Refused(wrong.value)
        self.order = Order(self._number, sentence, source)
        self._number += 1
        self._go_to(Stage.APPROVAL if self._conduct.require_approval else Stage.VERDICT, now)
        return self.order

    def approve(self, now: float) -> Order:
        """A person approves the instruction that waits for it.

        Raises:
            InputError: none waits.
        """
        if self.order is None or self.stage is not Stage.APPROVAL:
            raise InputError("no instruction waits for approval")
        self._go_to(Stage.VERDICT, now)
        return self.order

    def judge(self, number: int, verdict: str, now: float) -> str:
        """Take the policy's verdict on an instruction; return why the present one ends by it, if it does.

        A verdict on another instruction than the present one counts for nothing before the policy has judged
        the present one; afterwards it means that the policy has forgotten it.
        """
        if self.order is None or self.stage not in (Stage.VERDICT, Stage.ALLOWED):
            return ""
        if number != self.order.number:
            return "the policy has started anew" if self.stage is Stage.ALLOWED else ""
        if verdict == ALLOWED:
            if self.stage is Stage.VERDICT:
                self._go_to(Stage.ALLOWED, now)
            return ""
        return "the policy refuses it" if verdict or self.stage is Stage.ALLOWED else ""

    def expired(self, now: float) -> str:
        """Why the present instruction has run out of time, or an empty text."""
        conduct = self._conduct
        limits = {
            Stage.APPROVAL: (conduct.approval_timeout, "nobody approved it in time"),
            Stage.VERDICT: (conduct.verdict_timeout, "the policy gave no verdict in time"),
            Stage.ALLOWED: (conduct.instruction_lifetime, "its time is over"),
        }
        limit, reason = limits.get(self.stage, (0.0, ""))
        return "" if not reason or 0 <= now - self._since <= limit else reason

    def drop(self, reason: str) -> Order | None:
        """End the present instruction; return what the policy is told, None where there was none."""
        order, self.order, self.stage = self.order, None, Stage.NONE
        return None if order is None else Order(order.number, "", order.source, reason)

    def _go_to(self, stage: Stage, now: float) -> None:
        self.stage, self._since = stage, now

    def _count(self, source: str, now: float) -> None:
        """Count what a source sends, dropped or not: one that floods is not heard until it calms down."""
        heard = self._heard[source]
        most = max(1, int(self._conduct.instruction_rate * WINDOW))
        while heard and not 0 <= now - heard[0] < WINDOW:
            heard.popleft()
        if len(heard) >= most:
            heard.popleft()
            heard.append(now)
            raise Dropped(f"{source} sends more than {self._conduct.instruction_rate:g} a second")
        heard.append(now)

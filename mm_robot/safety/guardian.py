"""The whole of the safety gate without ROS: velocities, instructions, arming, and the record of it all.

What happens is told to the methods, with the time of one monotonic clock in s. What follows from it waits in
``outbox``: orders for the policy, answers for the person, records for the audit log.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from mm_robot.errors import InputError
from mm_robot.safety.desk import Conduct, Desk, Dropped, Order, Refused, Stage
from mm_robot.safety.gate import Permit, Reason, SafetyGate
from mm_robot.safety.hearing import Hearing
from mm_robot.safety.limits import Limits

REPEAT_SECONDS = 0.25
"""Time after which the policy is told again of an instruction on which it has no verdict yet."""
RECORD_SECONDS = 0.1
"""Least time between two records of what is permitted, and ten times that between two of what is dropped."""
KEPT_TEXT = 200


@dataclass(frozen=True)
class Answer:
    """Something to tell the person."""

    text: str


@dataclass(frozen=True)
class Record:
    """Something for the audit log: what happened, and its particulars."""

    event: str
    particulars: dict[str, Any]


@dataclass(frozen=True)
class Arming:
    """When the robot may move at all.

    ``armed_at_start`` without being armed first; ``hold_to_run`` only while the button is held, whose last
    message is good for ``hold_timeout`` s; ``estop_heartbeat_timeout`` s is the longest silence of the
    emergency stop, 0 where it has no heartbeat.
    """

    armed_at_start: bool
    hold_to_run: bool
    hold_timeout: float
    estop_heartbeat_timeout: float


class Guardian:
    """Decides what the wheels may do and what the policy is told; every decision leaves a record."""

    def __init__(self, limits: Limits, conduct: Conduct, arming: Arming, first_number: int = 1) -> None:
        """Start standing. ``first_number`` is that of the first instruction; no number is used twice."""
        self.gate = SafetyGate(limits)
        self.outbox: list[Order | Answer | Record] = []
        self.counters: Counter[str] = Counter()
        self.refusal: dict[str, str] = {}
        self.armed = arming.armed_at_start
        self.hearing = Hearing()
        self._desk = Desk(conduct, first_number)
        self._arming = arming
        self._held: float | None = None
        self._beaten: float | None = None
        self._beat_missing = False
        self._eyes = ""
        self._recorder = _PermitRecorder()
        self._drops = (0, float("-inf"))
        self._told = float("-inf")
        self._record("start", limits=asdict(limits), conduct=asdict(conduct), arming=asdict(arming))

    @property
    def order(self) -> Order | None:
        """The present instruction."""
        return self._desk.order

    @property
    def stage(self) -> Stage:
        """What the present instruction waits for."""
        return self._desk.stage

    def hear(self, source: str, text: str, now: float) -> None:
        """A sentence arrived from a source."""
        try:
            order = self._desk.receive(source, text, now, self.armed or self._arming.hold_to_run)
        except Dropped:
            self.counters["dropped instructions"] += 1
            self._drops = (self._drops[0] + 1, self._drops[1])
            return
        except Refused as error:
            self._refuse(source, text, str(error))
            return
        if self.gate.emergency:
            self._desk.drop("")
            self._refuse(source, text, "the emergency stop is in force; call the service ~/reset_estop first")
            return
        if self.hearing.given_up(now):
            self._desk.drop("")
            self._refuse(source, text, Reason.DEAF.value)
            return
        if not self.armed and self._desk.wakes(text):
            self._set_armed(True, "wake word")
        self.gate.release(now)
        self.counters["accepted instructions"] += 1
        self._record("accepted", **asdict(order), digest=digest(text), stage=self.stage.value)
        if self.stage is Stage.VERDICT:
            self._tell(order, now)
        else:
            self.outbox.append(Answer(f"I wait for approval of: {order.text}"))

    def judge(self, number: int, verdict: str, now: float) -> None:
        """The policy tells its verdict on an instruction."""
        before = self.stage
        reason = self._desk.judge(number, verdict, now)
        if self.stage is not before:
            self._record("verdict", number=number, verdict=verdict)
        if reason:
            self._end_order(reason)

    def approve(self, now: float) -> str:
        """A person approves the instruction that waits for it; its text is returned.

        Raises:
            InputError: none waits.
        """
        order = self._desk.approve(now)
        self._record("approved", number=order.number)
        self._tell(order, now)
        return order.text

    def veto(self, now: float) -> str:
        """A person forbids the present instruction; the robot stands until the next. Its text is returned.

        Raises:
            InputError: there is none.
        """
        order = self._desk.order
        if order is None:
            raise InputError("there is no instruction to veto")
        self.gate.stop(now)
        self._end_order("vetoed")
        return order.text

    def stop(self, now: float, by: str) -> None:
        """A person said stop; ``by`` names the way in which it came."""
        self.gate.stop(now)
        self.counters["stops"] += 1
        self._record("stop", by=by)
        self._end_order("stopped")

    def arm(self, armed: bool, now: float) -> None:
        """A person lets the robot move, or no longer."""
        self._set_armed(armed, "service")
        if not armed:
            self._end_order("disarmed")

    def hold(self, held: bool, now: float) -> None:
        """The hold-to-run button is held, or let go."""
        self._held = now if held else None

    def emergency_stop(self, engaged: bool, now: float) -> None:
        """The emergency stop tells whether it is pressed; each such message is its heartbeat too."""
        self._beaten, self._beat_missing = now, False
        before = self.gate.emergency
        self.gate.emergency_stop(engaged, now)
        if self.gate.emergency and not before:
            self._record("emergency stop", by="button")
            self._end_order("emergency stop")

    def reset_emergency_stop(self, now: float) -> None:
        """A person ends every stop; the policy stands until its next instruction.

        Raises:
            InputError: the emergency stop is still pressed, or its heartbeat is missing.
        """
        if self._beat_missing:
            raise InputError("the heartbeat of the emergency stop is missing; let it come back, then reset")
        self.gate.reset_emergency_stop(now)
        self._end_order("emergency stop was reset")
        self._record("reset")

    def saw(self, data: bytes) -> None:
        """Remember the raw data of what was seen last, for the record of what is permitted."""
        self._eyes = digest(data)

    def halt(self) -> None:
        """The gate is not active: the wheels stand, and no instruction survives that."""
        self.gate.halt()
        self._end_order("the gate is not active")

    def permit(self, now: float) -> Permit:
        """What the wheels may do now; called at a steady rate."""
        self._watch_heartbeat(now)
        expired = self._desk.expired(now)
        if expired:
            self._end_order(expired)
        if self.hearing.given_up(now) and not self.gate.stopped:
            self.stop(now, "nobody hears stop")
        order = self.order
        if order is not None and self.stage is Stage.VERDICT and not 0 <= now - self._told < REPEAT_SECONDS:
            self._tell(order, now)
        permit = self.gate.permit(now, self._hold(now), self._desk.hold)
        particulars = self._recorder.changed(permit, now)
        if particulars is not None:
            self._record(
                "permit",
                **particulars,
                proposed=self.gate.proposed(permit.source),
                instruction=order.number if order else None,
                seen=self._eyes,
            )
        number, told = self._drops
        if number and not 0 <= now - told < 10 * RECORD_SECONDS:
            self._record("dropped", instructions=number)
            self._drops = (0, now)
        return permit

    def _hold(self, now: float) -> Reason:
        arming = self._arming
        if self.hearing.deaf:
            return Reason.DEAF
        if arming.estop_heartbeat_timeout and self._beaten is None:
            return Reason.NO_HEARTBEAT
        if arming.hold_to_run:
            fresh = self._held is not None and 0 <= now - self._held <= arming.hold_timeout
            return Reason.NONE if fresh else Reason.NOT_HELD
        return Reason.NONE if self.armed else Reason.DISARMED

    def _watch_heartbeat(self, now: float) -> None:
        timeout = self._arming.estop_heartbeat_timeout
        if not timeout or self._beaten is None or self._beat_missing or 0 <= now - self._beaten <= timeout:
            return
        self._beat_missing = True
        self.gate.emergency_stop(True, now)
        self.gate.emergency_stop(False, now)
        self._record("emergency stop", by="missing heartbeat")
        self._end_order("emergency stop")

    def _tell(self, order: Order, now: float) -> None:
        self._told = now
        self.outbox.append(order)

    def _set_armed(self, armed: bool, by: str) -> None:
        self.armed = armed
        self._record("armed" if armed else "disarmed", by=by)

    def _refuse(self, source: str, text: str, reason: str) -> None:
        self.counters["refused instructions"] += 1
        self.refusal = {"text": text[:KEPT_TEXT], "source": source, "reason": reason}
        self.outbox.append(Answer(f"I will not do that: {reason}."))
        self._record("refused", **self.refusal, digest=digest(text))

    def _end_order(self, reason: str) -> None:
        order = self._desk.drop(reason)
        if order is not None:
            self.outbox.append(order)
            self._record("ended", number=order.number, reason=reason)

    def _record(self, event: str, **particulars: Any) -> None:
        self.outbox.append(Record(event, particulars))


class _PermitRecorder:
    """Picks the permits that are worth a record: changes of source or reason, not too many of them."""

    def __init__(self) -> None:
        self._recorded: tuple[str, Reason] | None = None
        self._at = float("-inf")
        self._last: tuple[str, Reason] | None = None
        self._passed_over = 0

    def changed(self, permit: Permit, now: float) -> dict[str, Any] | None:
        """The particulars to record now, None where there is nothing new."""
        present = (permit.source, permit.reason)
        if present != self._last:
            self._passed_over += 1
        self._last = present
        if present == self._recorded or 0 <= now - self._at < RECORD_SECONDS:
            return None
        passed_over, self._passed_over = self._passed_over - 1, 0
        self._recorded, self._at = present, now
        return {
            "source": permit.source,
            "reason": permit.reason.value,
            "linear": round(permit.linear, 4),
            "angular": round(permit.angular, 4),
            "passed_over": max(passed_over, 0),
        }


def digest(data: str | bytes) -> str:
    """The SHA-256 of some input, shortened to 16 hexadecimal digits."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return hashlib.sha256(raw).hexdigest()[:16]

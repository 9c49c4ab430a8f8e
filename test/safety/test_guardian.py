"""The guardian: who may move the robot, when, and what is recorded of it."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mm_robot.config import load_config
from mm_robot.errors import InputError
from mm_robot.safety.desk import Order, Stage
from mm_robot.safety.gate import Permit, Reason
from mm_robot.safety.guardian import Answer, Arming, Guardian, Record
from mm_robot.safety.limits import limits_from
from mm_robot.safety.settings import arming_from, conduct_from

PERIOD = 0.02
NO_POINTS = np.zeros((0, 2), np.float32)
VALUES = dict(load_config().node("safety_gate"))
ARMED = Arming(True, False, 0.3, 0.0)
RED = "go to the red ball"


def guardian(arming: Arming = ARMED, **changes: object) -> Guardian:
    return Guardian(limits_from(VALUES), conduct_from({**VALUES, **changes}), arming)


def run(
    here: Guardian, begin: float, seconds: float, teleop: bool = False, every: float = math.inf
) -> list[Permit]:
    """The permits while the policy (or the joystick) wants 0.3 m/s; every ``every`` s the button is held."""
    permits = []
    for tick in range(round(seconds / PERIOD)):
        now = begin + tick * PERIOD
        here.gate.see(NO_POINTS, now)
        here.gate.propose("teleop" if teleop else "policy", 0.3, 0.0, now)
        if every < math.inf and tick % round(every / PERIOD) == 0:
            here.hold(True, now)
        permits.append(here.permit(now))
    return permits


def allowed(here: Guardian, now: float, text: str = RED) -> None:
    here.hear("instruction", text, now)
    assert here.order is not None
    here.judge(here.order.number, "allowed", now)


def told(here: Guardian, kind: type) -> list:  # type: ignore[type-arg]
    found = [item for item in here.outbox if isinstance(item, kind)]
    here.outbox.clear()
    return found


def events(here: Guardian) -> list[str]:
    return [record.event for record in told(here, Record)]


def test_the_policy_drives_with_an_instruction_and_its_verdict_alone() -> None:
    here = guardian()
    assert run(here, 0, 1)[-1] == Permit(0.0, 0.0, "none", Reason.WAITING)
    here.hear("instruction", RED, 1.0)
    assert told(here, Order) == [Order(1, RED, "instruction")]
    assert run(here, 1, 1)[-1] == Permit(0.0, 0.0, "none", Reason.VERDICT)
    here.outbox.clear()
    here.judge(1, "allowed", 2.0)
    assert run(here, 2, 1)[-1] == Permit(0.3, 0.0, "policy", Reason.NONE)
    here.hear("instruction", "go to the blue box", 3.0)
    assert run(here, 3, 1)[-1] == Permit(0.0, 0.0, "none", Reason.VERDICT)
    here.judge(2, "refused", 4.0)
    assert told(here, Order)[-1] == Order(2, "", "instruction", "the policy refuses it")
    assert run(here, 4, 1)[-1].reason is Reason.WAITING


def test_the_policy_is_told_again_until_it_has_a_verdict() -> None:
    here = guardian()
    here.hear("instruction", RED, 0.0)
    run(here, 0, 1)
    assert told(here, Order) == [Order(1, RED, "instruction")] * 4
    here.judge(1, "allowed", 1.0)
    run(here, 1, 1)
    assert told(here, Order) == []


def test_no_verdict_means_no_motion_and_then_no_instruction() -> None:
    here = guardian()
    here.hear("instruction", RED, 0.0)
    permits = run(here, 0, 4)
    assert not any(permit.linear for permit in permits)
    assert permits[-1].reason is Reason.WAITING
    assert told(here, Order)[-1].reason == "the policy gave no verdict in time"


def test_a_refused_instruction_is_answered_and_leaves_a_stop_in_force() -> None:
    here = guardian()
    allowed(here, 0.0)
    run(here, 0, 1)
    here.stop(1.0, "topic")
    here.outbox.clear()
    here.hear("instruction", "kill the cat", 1.5)
    assert here.refusal["reason"].startswith("it could harm")
    assert told(here, Answer) == [Answer(f"I will not do that: {here.refusal['reason']}.")]
    assert run(here, 1.5, 1)[-1].reason is Reason.STOPPED


@pytest.mark.parametrize("way", ["stop", "veto", "emergency", "disarm", "inactive"])
def test_every_stop_ends_the_instruction_for_the_policy_too(way: str) -> None:
    here = guardian()
    allowed(here, 0.0)
    run(here, 0, 1)
    here.outbox.clear()
    acts = {
        "stop": lambda: here.stop(1.0, "topic"),
        "veto": lambda: here.veto(1.0),
        "emergency": lambda: here.emergency_stop(True, 1.0),
        "disarm": lambda: here.arm(False, 1.0),
        "inactive": here.halt,
    }
    acts[way]()
    (order,) = told(here, Order)
    assert (order.number, order.text) == (1, "") and order.reason
    assert run(here, 1, 1)[-1].linear == 0.0
    with pytest.raises(InputError, match="no instruction to veto"):
        here.veto(2.0)


def test_after_an_emergency_stop_the_policy_needs_a_new_instruction_and_a_person_does_not() -> None:
    here = guardian()
    allowed(here, 0.0)
    here.emergency_stop(True, 0.1)
    here.hear("instruction", "go to the blue box", 1.0)
    assert here.order is None and "reset_estop" in here.refusal["reason"]
    here.emergency_stop(False, 1.1)
    assert run(here, 1.1, 0.5)[-1].reason is Reason.EMERGENCY_STOP
    here.reset_emergency_stop(2.0)
    assert run(here, 2, 1)[-1].reason is Reason.WAITING
    assert run(here, 3, 1, teleop=True)[-1] == Permit(0.3, 0.0, "teleop", Reason.NONE)
    allowed(here, 4.6)
    assert run(here, 4.6, 1)[-1].linear == pytest.approx(0.3)


def test_a_person_approves_or_corrects() -> None:
    here = guardian(require_approval=True)
    here.hear("instruction", "go to the blue box", 0.0)
    assert told(here, Order) == []
    here.hear("instruction", RED, 1.0)
    here.judge(2, "allowed", 1.1)
    assert run(here, 1.1, 1)[-1].reason is Reason.APPROVAL
    assert here.approve(2.2) == RED
    assert told(here, Order) == [Order(2, RED, "instruction")]
    here.judge(2, "allowed", 2.3)
    assert run(here, 2.3, 1)[-1].linear == pytest.approx(0.3)


def test_starts_disarmed_where_that_is_configured_and_moves_when_armed() -> None:
    here = guardian(dataclasses.replace(ARMED, armed_at_start=False))
    here.hear("instruction", RED, 0.0)
    assert here.order is None and "not armed" in here.refusal["reason"]
    assert run(here, 0, 1, teleop=True)[-1] == Permit(0.0, 0.0, "none", Reason.DISARMED)
    here.arm(True, 1.0)
    assert run(here, 1, 1, teleop=True)[-1].linear == pytest.approx(0.3)
    allowed(here, 2.6)
    assert run(here, 2.6, 1)[-1].linear == pytest.approx(0.3)
    here.arm(False, 3.6)
    assert run(here, 3.6, 1)[-1].reason is Reason.DISARMED
    here.arm(True, 4.6)
    assert run(here, 4.6, 1)[-1].reason is Reason.WAITING, "an instruction from before was kept"


def test_the_wake_word_arms() -> None:
    here = guardian(dataclasses.replace(ARMED, armed_at_start=False), wake_word="robot")
    here.hear("instruction", "robot, kill the cat", 0.0)
    assert not here.armed
    allowed(here, 2.0, f"robot, {RED}")
    assert here.armed and run(here, 2, 1)[-1].linear == pytest.approx(0.3)


def test_hold_to_run_moves_only_while_the_button_is_held() -> None:
    here = guardian(Arming(False, True, 0.3, 0.0))
    allowed(here, 0.0)
    assert run(here, 0, 1)[-1].reason is Reason.NOT_HELD
    assert run(here, 1, 1, every=0.2)[-1].linear == pytest.approx(0.3)
    permits = run(here, 2, 1)
    assert permits[2].linear == pytest.approx(0.3) and permits[-1].reason is Reason.NOT_HELD
    run(here, 3, 1, every=0.2)
    here.hold(False, 4.0)
    assert run(here, 4, PERIOD)[0].linear < 0.3, "letting go brakes at once"


def test_a_heartbeat_that_goes_missing_is_an_emergency_stop() -> None:
    here = guardian(dataclasses.replace(ARMED, estop_heartbeat_timeout=0.5))
    allowed(here, 0.0)
    assert run(here, 0, 0.5)[-1].reason is Reason.NO_HEARTBEAT
    here.emergency_stop(False, 0.5)
    assert run(here, 0.5, 0.48)[-1].linear > 0.2
    assert run(here, 1.0, 0.5)[-1] == Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)
    with pytest.raises(InputError, match="heartbeat"):
        here.reset_emergency_stop(1.5)
    here.emergency_stop(False, 1.6)
    assert run(here, 1.6, 0.1)[-1].reason is Reason.EMERGENCY_STOP, "it stays until it is reset"
    here.reset_emergency_stop(1.7)
    assert run(here, 1.7, 0.1)[-1].reason is Reason.WAITING


def test_stands_while_nobody_hears_stop_and_longer_deafness_is_a_stop() -> None:
    here = guardian()
    allowed(here, 0.0)
    run(here, 0, 1)
    here.hearing.lose(1.0)
    assert run(here, 1, 0.5)[0] == Permit(0.0, 0.0, "none", Reason.DEAF)
    here.hearing.find()
    assert run(here, 1.5, 1)[-1].linear == pytest.approx(0.3)
    here.hearing.lose(2.5)
    assert run(here, 2.5, 1.5)[-1].reason is Reason.STOPPED
    here.hear("instruction", "go to the blue ball", 4.0)
    assert here.refusal["reason"] == Reason.DEAF.value
    here.hearing.find()
    assert run(here, 4, 0.5)[-1].reason is Reason.STOPPED
    assert events(here).count("stop") == 1


def test_a_flood_changes_nothing_and_a_stop_is_obeyed_in_it() -> None:
    here = guardian()
    allowed(here, 0.0)
    for tick in range(1000):
        here.hear("instruction", f"go to ball {tick}", 1.0 + tick * 0.001)
        if tick == 500:
            here.stop(1.5, "topic")
    assert run(here, 2, 0.5)[-1].reason is Reason.STOPPED
    assert here.counters["dropped instructions"] > 990


def test_everything_decided_is_recorded_but_not_every_tick() -> None:
    here = guardian()
    assert events(here) == ["start"]
    allowed(here, 0.0)
    run(here, 0, 2)
    here.hear("instruction", "kill the cat", 2.0)
    here.stop(2.5, "topic")
    run(here, 2.5, 1)
    here.emergency_stop(True, 3.5)
    run(here, 3.5, 0.2)
    here.emergency_stop(False, 3.8)
    here.reset_emergency_stop(3.9)
    here.arm(False, 4.0)
    recorded = events(here)
    for event in ("accepted", "verdict", "refused", "stop", "ended", "emergency stop", "reset", "disarmed"):
        assert event in recorded
    assert 3 <= recorded.count("permit") <= 6


def test_a_record_tells_the_inputs_their_digest_the_limits_and_the_reason() -> None:
    here = guardian()
    here.saw(b"a scan")
    allowed(here, 0.0)
    here.gate.see(NO_POINTS, 0.0)
    here.gate.propose("policy", 9.0, 0.0, 0.0)
    here.permit(0.0)
    records = {record.event: record.particulars for record in told(here, Record)}
    assert records["start"]["limits"]["max_linear"] == 0.5
    assert records["accepted"]["text"] == RED and len(records["accepted"]["digest"]) == 16
    permit = records["permit"]
    assert permit["proposed"] == (9.0, 0.0) and permit["reason"] == "limited" and permit["instruction"] == 1
    assert len(permit["seen"]) == 16


def test_flickering_reasons_are_recorded_at_a_bounded_rate() -> None:
    here = guardian()
    allowed(here, 0.0)
    here.outbox.clear()
    for tick in range(500):
        now = tick * PERIOD
        here.gate.see(NO_POINTS, now)
        here.gate.propose("policy", 0.1 if tick % 2 else math.nan, 0.0, now)
        here.permit(now)
    permits = [record.particulars for record in told(here, Record) if record.event == "permit"]
    assert len(permits) <= 10 / 0.1 + 1
    assert sum(record["passed_over"] for record in permits) > 200


class Anything(RuleBasedStateMachine):
    """Whatever happens in whatever order, the promises hold."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0
        self.last = Permit(0.0, 0.0, "none", Reason.NONE)

    @initialize(
        armed=st.booleans(), hold=st.booleans(), beat=st.sampled_from([0.0, 0.5]), approve=st.booleans()
    )
    def begin(self, armed: bool, hold: bool, beat: float, approve: bool) -> None:
        self.limits = limits_from(VALUES)
        self.arming = Arming(armed, hold, 0.3, beat)
        self.here = guardian(self.arming, require_approval=approve)
        self.button = self.latched = False
        self.texts = itertools.count()

    @rule(
        source=st.sampled_from(["policy", "teleop"]),
        linear=st.floats(allow_nan=True),
        angular=st.floats(allow_nan=True),
    )
    def propose(self, source: str, linear: float, angular: float) -> None:
        self.here.gate.propose(source, linear, angular, self.now)

    @rule(text=st.one_of(st.text(max_size=300), st.sampled_from([RED, "kill the cat"])))
    def hear(self, text: str) -> None:
        self.here.hear("instruction", text, self.now)

    @rule(verdict=st.sampled_from(["allowed", "refused", ""]), offset=st.sampled_from([0, 0, 0, 1]))
    def judge(self, verdict: str, offset: int) -> None:
        order = self.here.order
        self.here.judge((order.number if order else 0) + offset, verdict, self.now)

    @rule(engaged=st.booleans())
    def press(self, engaged: bool) -> None:
        self.here.emergency_stop(engaged, self.now)
        self.button, self.latched = engaged, self.latched or engaged

    @rule(act=st.sampled_from(["stop", "veto", "approve", "reset", "arm", "disarm", "hold", "let go"]))
    def person(self, act: str) -> None:
        here, now = self.here, self.now
        acts = {
            "stop": lambda: here.stop(now, "topic"),
            "veto": lambda: here.veto(now),
            "approve": lambda: here.approve(now),
            "reset": lambda: here.reset_emergency_stop(now),
            "arm": lambda: here.arm(True, now),
            "disarm": lambda: here.arm(False, now),
            "hold": lambda: here.hold(True, now),
            "let go": lambda: here.hold(False, now),
        }
        try:
            acts[act]()
        except InputError:
            return
        if act == "reset":
            assert not self.button
            self.latched = False

    @rule(ticks=st.integers(1, 30), sees=st.booleans())
    def wait(self, ticks: int, sees: bool) -> None:
        for _ in range(ticks):
            self.now += PERIOD
            if sees:
                self.here.gate.see(NO_POINTS, self.now)
            self.tick()

    @invariant()
    def tick(self) -> None:
        if not hasattr(self, "here"):
            return
        before, permit = self.last, self.here.permit(self.now)
        self.last = permit
        limits = self.limits
        assert math.isfinite(permit.linear) and abs(permit.linear) <= limits.max_linear
        assert math.isfinite(permit.angular) and abs(permit.angular) <= limits.max_angular
        assert abs(permit.linear) - abs(before.linear) <= limits.linear_acceleration * PERIOD + 1e-9
        self.latched = self.latched or self.here.gate.emergency
        if self.latched:
            assert permit == Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)
        if abs(permit.linear) > abs(before.linear):
            assert permit.source in ("policy", "teleop")
            assert self.here.armed or self.arming.hold_to_run
        if permit.source == "policy":
            assert self.here.stage is Stage.ALLOWED and not self.here.gate.stopped


TestAnything = Anything.TestCase
TestAnything.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_the_configuration_gives_the_settings() -> None:
    assert arming_from(VALUES) == Arming(False, False, 0.3, 0.0)
    assert conduct_from(VALUES).instruction_sources == ("instruction", "instruction/voice")

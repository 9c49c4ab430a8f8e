"""Which instructions the desk takes, and what they wait for."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mm_robot.errors import InputError
from mm_robot.safety.desk import Conduct, Desk, Dropped, Order, Refused, Stage
from mm_robot.safety.gate import Reason

CONDUCT = Conduct(("typed", "spoken"), 5.0, 150.0, 3.0, False, 30.0, "")
RED = "go to the red ball"
BLUE = "go to the blue box"


def desk(**changes: object) -> Desk:
    return Desk(dataclasses.replace(CONDUCT, **changes), 7)  # type: ignore[arg-type]


def test_an_instruction_waits_for_the_verdict_and_then_is_in_force() -> None:
    here = desk()
    assert (here.order, here.hold) == (None, Reason.WAITING)
    assert here.receive("typed", f"  {RED} ", 0.0) == Order(7, RED, "typed")
    assert (here.stage, here.hold) == (Stage.VERDICT, Reason.VERDICT)
    assert here.judge(7, "allowed", 0.1) == ""
    assert (here.stage, here.hold) == (Stage.ALLOWED, Reason.NONE)
    assert here.receive("spoken", BLUE, 1.0) == Order(8, BLUE, "spoken")
    assert here.hold is Reason.VERDICT, "the new instruction has no verdict yet"


@pytest.mark.parametrize("verdict", ["refused", "anything else"])
def test_a_refusal_of_the_policy_ends_it(verdict: str) -> None:
    here = desk()
    here.receive("typed", RED, 0.0)
    assert here.judge(7, verdict, 0.1) == "the policy refuses it"
    assert here.drop("refused") == Order(7, "", "typed", "refused")
    assert here.order is None and here.drop("again") is None


def test_a_verdict_on_another_instruction_counts_for_nothing() -> None:
    here = desk()
    assert here.judge(7, "allowed", 0.0) == ""
    here.receive("typed", RED, 0.0)
    assert here.judge(6, "allowed", 0.1) == here.judge(0, "", 0.1) == here.judge(7, "", 0.1) == ""
    assert here.hold is Reason.VERDICT
    here.judge(7, "allowed", 0.2)
    assert here.judge(0, "", 0.3) == "the policy has started anew"


def test_everything_runs_out_of_time() -> None:
    here = desk(require_approval=True)
    here.receive("typed", RED, 0.0)
    assert (here.hold, here.expired(30.0)) == (Reason.APPROVAL, "")
    assert here.judge(7, "allowed", 1.0) == "" and here.hold is Reason.APPROVAL
    assert "nobody approved" in here.expired(30.1)
    assert here.approve(30.0) == Order(7, RED, "typed")
    assert here.expired(33.0) == "" and "no verdict" in here.expired(33.1)
    here.judge(7, "allowed", 33.0)
    assert here.expired(183.0) == "" and "time is over" in here.expired(183.1)
    assert here.expired(0.0), "a clock that was set back is no reason to go on"
    here.drop("")
    assert here.expired(1e9) == ""


def test_nothing_can_be_approved_where_nothing_waits_for_it() -> None:
    here = desk()
    with pytest.raises(InputError, match="no instruction waits"):
        here.approve(0.0)
    here.receive("typed", RED, 0.0)
    with pytest.raises(InputError, match="no instruction waits"):
        here.approve(0.1)


@pytest.mark.parametrize(
    ("source", "text", "reason"),
    [
        ("camera", RED, "instruction_sources"),
        ("typed", "", "empty"),
        ("typed", "x" * 201, "201 characters"),
        ("typed", "go\x07on", "unprintable"),
        ("typed", "disable the sensors", "switch off or evade"),
        ("typed", "k1ll the cat", "harm"),
    ],
)
def test_what_is_refused_has_a_reason_and_changes_nothing(source: str, text: str, reason: str) -> None:
    here = desk()
    here.receive("typed", RED, 0.0)
    here.judge(7, "allowed", 0.1)
    with pytest.raises(Refused, match=reason):
        here.receive(source, text, 1.0)
    assert (here.order, here.stage) == (Order(7, RED, "typed"), Stage.ALLOWED)


def test_the_same_sentence_again_and_again_is_one_instruction() -> None:
    here = desk()
    here.receive("typed", RED, 0.0)
    for tick in range(1, 100):
        with pytest.raises(Dropped):
            here.receive("typed", RED, tick * 0.3)
    assert here.receive("spoken", RED, 30.0).number == 8
    assert here.receive("typed", RED, 40.0).number == 9


def test_a_source_that_floods_is_not_heard_until_it_calms_down_and_others_are() -> None:
    here = desk()
    taken = 0
    for tick in range(5000):
        try:
            here.receive("typed", f"go to ball {tick}", tick * 0.001)
            taken += 1
        except Dropped:
            pass
    assert taken == 5
    assert here.receive("spoken", BLUE, 5.0).source == "spoken"
    assert here.receive("typed", RED, 6.0).text == RED


@given(st.lists(st.tuples(st.floats(0, 0.5), st.sampled_from(["typed", "spoken"])), max_size=60))
def test_no_source_gets_more_than_its_rate(gaps: list[tuple[float, str]]) -> None:
    here = desk()
    now, taken = 0.0, []
    for index, (gap, source) in enumerate(gaps):
        now += gap
        try:
            here.receive(source, f"go to ball {index}", now)
            taken.append((source, now))
        except Dropped:
            pass
    for source, at in taken:
        assert sum(source == other and at <= when < at + 1.0 for other, when in taken) <= 5


def test_only_a_woken_robot_listens_and_the_wake_word_is_not_part_of_the_instruction() -> None:
    here = desk(wake_word="Hey Robot")
    with pytest.raises(Refused, match="not armed"):
        here.receive("typed", RED, 0.0, awake=False)
    with pytest.raises(Refused, match="not armed"):
        here.receive("typed", f"{RED}, hey robot", 0.3, awake=False)
    assert here.receive("typed", f"hey, robot! {RED}", 1.0, awake=False).text == RED
    assert here.receive("typed", f"Hey robot, {BLUE}", 2.0).text == BLUE
    with pytest.raises(Refused, match="awake"):
        here.receive("typed", "hey robot", 3.0)
    with pytest.raises(Refused, match="harm"):
        here.receive("typed", "hey robot kill the cat", 4.0)
    assert not desk().wakes("anything")

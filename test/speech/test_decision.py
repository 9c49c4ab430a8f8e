from __future__ import annotations

import pytest

from mm_robot.speech.base import Recognition
from mm_robot.speech.decision import AWAKE_SECONDS, Act, HearingDecision
from mm_robot.speech.voice_activity import VoiceActivityLimits

SHORTEST_WORD = 0.2
LONG = Recognition("go to the red ball", 0.9)


@pytest.fixture
def decision() -> HearingDecision:
    return HearingDecision(0.5)


def test_what_is_understood_is_an_instruction_and_the_rest_is_nothing(decision: HearingDecision) -> None:
    assert decision.decide(LONG, 1.0, 2.0) is Act.INSTRUCT
    assert decision.decide(Recognition("go to the red ball", 0.4), 1.0, 2.0) is Act.NOTHING
    assert decision.decide(Recognition("", 1.0), 1.0, 2.0) is Act.NOTHING


def test_a_stop_that_was_not_spotted_is_recognised(decision: HearingDecision) -> None:
    assert decision.decide(Recognition("halt", 0.6), 1.0, 1.4) is Act.STOP


def test_a_stop_that_was_spotted_is_not_carried_out_twice(decision: HearingDecision) -> None:
    decision.note_stop(1.5)
    assert decision.decide(Recognition("stop", 0.9), 1.0, 1.4) is Act.NOTHING


def test_a_stop_after_a_command_forbids_it(decision: HearingDecision) -> None:
    decision.note_stop(3.0)
    assert decision.decide(LONG, 1.0, 2.0) is Act.NOTHING


def test_a_stop_within_a_long_command_was_a_mishearing(decision: HearingDecision) -> None:
    decision.note_stop(1.5)
    assert decision.decide(LONG, 1.0, 2.0) is Act.INSTRUCT
    assert decision.decide(Recognition("turn left", 0.9), 1.0, 2.0) is Act.NOTHING


def test_a_stop_that_is_known_in_the_pause_that_ends_a_long_command_was_a_mishearing(
    decision: HearingDecision,
) -> None:
    pause = VoiceActivityLimits().hangover
    decision.note_stop(2.0 + pause)
    assert decision.decide(LONG, 1.0, 2.0) is Act.INSTRUCT
    decision.note_stop(2.0 + pause + SHORTEST_WORD)
    assert decision.decide(LONG, 1.0, 2.0) is Act.NOTHING


def test_a_stop_that_is_recognised_at_the_end_of_a_command_counts(decision: HearingDecision) -> None:
    changed = Recognition("go to the red ball stop", 0.9)
    step = Recognition("go to the red ball and then stop", 0.9)
    assert decision.decide(changed, 1.0, 2.5) is Act.STOP
    assert decision.decide(step, 1.0, 2.5) is Act.INSTRUCT
    decision.note_stop(2.6)
    assert decision.decide(changed, 1.0, 2.5) is Act.NOTHING
    assert decision.decide(step, 1.0, 2.5) is Act.INSTRUCT


def test_what_is_said_after_a_stop_counts_again(decision: HearingDecision) -> None:
    decision.note_stop(1.5)
    assert decision.decide(Recognition("turn left", 0.9), 2.0, 3.0) is Act.INSTRUCT


def test_a_stop_by_others_forbids_what_was_begun_before_it(decision: HearingDecision) -> None:
    decision.note_stop_by_others(1.5)
    assert decision.decide(LONG, 1.0, 2.0) is Act.NOTHING
    assert decision.decide(LONG, 1.6, 2.5) is Act.INSTRUCT


def test_the_robots_own_words_are_not_obeyed_but_a_stop_is() -> None:
    decision = HearingDecision(0.5)
    for until in (10.6, 12.0, 11.0):  # what was said last of its end counts
        decision.note_own_voice(10.0, until)
    said = Recognition("go to the red ball", 0.9)
    assert decision.decide(said, 10.2, 11.0) is Act.NOTHING
    assert decision.decide(said, 9.0, 10.1) is Act.NOTHING
    assert decision.decide(said, 11.4, 12.5) is Act.NOTHING
    assert decision.decide(said, 8.0, 9.9) is Act.INSTRUCT
    assert decision.decide(said, 11.7, 12.5) is Act.INSTRUCT
    assert decision.decide(Recognition("stop, robot", 0.9), 10.2, 11.0) is Act.STOP


def test_with_a_wake_word_others_talk_among_themselves() -> None:
    decision = HearingDecision(0.5, "Hey, robot")
    said = Recognition("go to the red ball", 0.9)
    assert decision.decide(said, 1.0, 2.0) is Act.NOTHING
    assert decision.decide(Recognition("hey robot go to the red ball", 0.4), 3.0, 4.0) is Act.NOTHING
    assert decision.decide(said, 5.0, 6.0) is Act.NOTHING  # the wake word was not believed
    assert decision.decide(Recognition("Hey robot, go to the red ball.", 0.9), 10.0, 12.0) is Act.INSTRUCT
    assert decision.decide(said, 12.0 + AWAKE_SECONDS, 22.0) is Act.INSTRUCT
    assert decision.decide(said, 12.1 + AWAKE_SECONDS, 22.0) is Act.NOTHING
    assert decision.decide(Recognition("hey robot", 0.9), 30.0, 31.0) is Act.INSTRUCT
    assert decision.decide(said, 32.0, 33.0) is Act.INSTRUCT


def test_a_stop_needs_no_wake_word() -> None:
    decision = HearingDecision(0.5, "hey robot")
    assert decision.decide(Recognition("halt", 0.9), 1.0, 1.4) is Act.STOP
    assert decision.decide(Recognition("hey robot, stop", 0.9), 2.0, 3.0) is Act.STOP
    assert decision.decide(Recognition("go to the red ball", 0.9), 3.5, 4.5) is Act.NOTHING

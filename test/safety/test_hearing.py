"""A robot that nobody hears stands; it goes on by itself only after a false alarm."""

from __future__ import annotations

from mm_robot.safety.hearing import PATIENCE, Hearing


def test_without_anybody_who_listens_there_is_nobody_to_lose() -> None:
    hearing = Hearing()
    assert not hearing.deaf and not hearing.given_up(1000.0)


def test_a_false_alarm_is_over_when_the_listener_turns_out_to_live() -> None:
    hearing = Hearing()
    hearing.lose(10.0)
    assert hearing.deaf and not hearing.given_up(10.0 + 0.9 * PATIENCE)
    hearing.find()
    assert not hearing.deaf and not hearing.given_up(20.0)


def test_a_long_deafness_is_given_up_counted_from_its_beginning() -> None:
    hearing = Hearing()
    hearing.lose(10.0)
    hearing.lose(10.0 + 0.9 * PATIENCE)
    assert hearing.given_up(10.0 + 1.1 * PATIENCE)

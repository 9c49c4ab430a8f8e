from __future__ import annotations

import pytest

from mm_robot.speech.phonetics import apart, pronunciations


def between(first: str, second: str) -> float:
    known = pronunciations()
    return apart(known[first], known[second])


def test_words_are_as_far_apart_as_they_sound() -> None:
    assert between("reed", "red") > 0 == between("red", "red")
    assert between("bowl", "ball") < between("wall", "ball") < between("cone", "ball")
    assert between("mall", "ball") < between("hall", "ball")


@pytest.mark.parametrize(("first", "second"), [("box", "marks"), ("cylinder", "ceiling"), ("a", "crate")])
def test_the_distance_is_the_same_both_ways(first: str, second: str) -> None:
    assert between(first, second) == pytest.approx(between(second, first))


def test_what_is_not_said_at_all_counts_for_each_phone() -> None:
    assert apart((), ("B", "AO", "L")) == pytest.approx(apart(("B", "AO", "L"), ()))
    assert apart(("B", "AO", "L"), ("B", "AO")) < apart(("B", "AO", "L"), ("B",))

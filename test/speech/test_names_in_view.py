from __future__ import annotations

import json

import pytest

from mm_robot.errors import InputError
from mm_robot.speech.names_in_view import NamesInView, corrected

VIEW = ("red ball", "blue box", "green cone", "white cylinder")


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("go to the red mall", "go to the red ball"),
        ("go to the bowl", "go to the ball"),
        ("Go to the read ball, please!", "Go to the red ball, please!"),
        ("find the right cylinder", "find the white cylinder"),
        ("head for the blue marks then stop", "head for the blue box then stop"),
        ("drive to the green code and find the red bull", "drive to the green cone and find the red ball"),
    ],
)
def test_what_sounds_like_a_thing_in_view_is_that_thing(heard: str, meant: str) -> None:
    assert corrected(heard, VIEW) == meant


@pytest.mark.parametrize(
    "heard",
    [
        *("", "go to the red ball", "go to the red cone", "find the yellow ball", "turn right"),
        *(
            "drive to the wall",
            "go to the hall",
            "go to the kitchen",
            "what do you see",
            "stop",
            "bring me a bowl of soup",
        ),
    ],
)
def test_what_does_not_is_left_as_it_was_heard(heard: str) -> None:
    assert corrected(heard, VIEW) == heard


def test_a_stop_is_never_heard_as_anything_else() -> None:
    assert corrected("stop ball", ("top ball",)) == "stop ball"
    assert corrected("shop ball", ("top ball",)) == "top ball"


def test_nothing_is_changed_where_nothing_is_in_view() -> None:
    assert corrected("go to the red mall", ()) == "go to the red mall"
    assert corrected("go to the red mall", ("blue cone",)) == "go to the red mall"


def labels(*names: str) -> str:
    return json.dumps({"width": 640, "height": 480, "labels": [{"name": name} for name in names]})


def test_what_was_in_view_is_kept_for_a_while() -> None:
    view = NamesInView()
    view.see(labels("red ball", "blue box"), now=100.0)
    view.see(labels("green cone"), now=110.0)
    assert set(view.at(111.0)) == {"red ball", "blue box", "green cone"}
    assert view.at(125.0) == ("green cone",)
    assert view.at(200.0) == ()


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", '{"labels": 3}', '{"labels": [1]}', '{"labels": [{"name": 7}]}', "[" * 50000),
        *(labels(""), labels("x" * 200), labels(*["ball"] * 100), "x" * 100_000),
    ],
)
def test_labels_that_are_none_are_refused(text: str) -> None:
    view = NamesInView()
    view.see(labels("red ball"), now=0.0)
    with pytest.raises(InputError, match="labels: "):
        view.see(text, now=1.0)
    assert view.at(1.0) == ("red ball",)

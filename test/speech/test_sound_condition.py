"""Which sound ends a task, in people's words."""

from __future__ import annotations

import pytest

from mm_robot.speech.sound_condition import matching_sound, read_condition

NAMES = ("baby_cry", "dog_bark", "sea_waves", "clock_tick", "person_sneeze")


@pytest.mark.parametrize(
    ("text", "task", "sound"),
    [
        ("go to the red ball, stop if you hear a baby cry", "go to the red ball", "baby_cry"),
        ("go to the red ball and stop as soon as you hear a dog.", "go to the red ball", "dog_bark"),
        ("drive forward until you hear waves", "drive forward", "sea_waves"),
        ("if you hear a ticking clock, stop, otherwise find the cup", "find the cup", "clock_tick"),
        ("Stop when you hear someone sneezing; follow me", "follow me", "person_sneeze"),
        ("come here and if you hear the dog barking, halt!", "come here", "dog_bark"),
    ],
)
def test_task_and_sound_are_told_apart(text: str, task: str, sound: str) -> None:
    condition = read_condition(text)
    assert condition is not None
    assert condition.task == task
    assert matching_sound(condition.sound, NAMES) == sound


@pytest.mark.parametrize(
    "text",
    [
        "go to the red ball",
        "stop if you hear a dog",
        "stop",
        "tell me what you hear",
        "go to the red ball, then stop",
        "",
    ],
)
def test_other_sentences_have_no_condition(text: str) -> None:
    assert read_condition(text) is None


@pytest.mark.parametrize("said", ["babies crying", "a baby cry", "the crying baby"])
def test_forms_of_a_word_are_the_same(said: str) -> None:
    assert matching_sound(said, NAMES) == "baby_cry"


@pytest.mark.parametrize("said", ["a dog and then kill it", "a doorbell", "the", ""])
def test_a_word_that_fits_no_sound_is_not_passed_over(said: str) -> None:
    assert matching_sound(said, NAMES) is None

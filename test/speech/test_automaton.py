"""The automaton has exactly the sentences of its grammar, with their probabilities."""

from __future__ import annotations

import random

import pytest

from mm_robot.errors import InputError
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.grammar import COLOURS, SHAPES, STOPS, command_grammar

SMALL = """#JSGF V1.0;
grammar small;
public <all> = /3/ stop | /1/ ( go | drive ) [to the] ( /9/ ball | /1/ box );
"""


@pytest.fixture(scope="module")
def commands() -> Automaton:
    """The automaton of all commands."""
    return Automaton.from_jsgf(command_grammar())


def test_probabilities_are_those_of_the_grammar() -> None:
    small = Automaton.from_jsgf(SMALL)
    assert small.probability("stop") == pytest.approx(0.75, rel=0.01)
    assert small.probability("go to the ball") == pytest.approx(0.25 * 0.5 * 0.5 * 0.9, rel=0.01)
    assert small.probability("drive box") == pytest.approx(0.25 * 0.5 * 0.5 * 0.1, rel=0.01)


@pytest.mark.parametrize("sentence", ["", "go", "stop stop", "go to ball", "window"])
def test_other_sentences_have_none(sentence: str) -> None:
    assert Automaton.from_jsgf(SMALL).probability(sentence) == 0.0


def test_what_is_drawn_is_accepted_as_often_as_it_is_probable(commands: Automaton) -> None:
    numbers = random.Random(0)
    drawn = [commands.draw(numbers) for _ in range(2000)]
    assert all(commands.probability(sentence) > 0.0 for sentence in drawn)
    expected = commands.probability("stop")
    assert drawn.count("stop") / len(drawn) == pytest.approx(expected, abs=0.02)


def test_the_arcs_of_each_state_sum_to_one(commands: Automaton) -> None:
    for arcs, end in zip(commands.arcs, commands.ends, strict=True):
        assert sum(probability for _, probability in arcs.values()) + end == pytest.approx(1.0)


@pytest.mark.parametrize(
    "sentence",
    [
        *(f"go to the {colour} {shape}" for colour in COLOURS for shape in SHAPES),
        *STOPS,
        *("head for the black drum", "find the yellow can", "please drive to the green cone"),
        *("turn left", "turn around", "turn right by forty five degrees", "turn left ninety degrees"),
        *("turn by one hundred and eighty degrees", "turn a hundred and eighty degrees"),
        *("move forward", "go back two meters", "drive backward half a meter", "move back fifty centimeters"),
        *("drive forward one and a half meters", "what do you see"),
        *("go to the ball left of the green box", "find the biggest cone", "follow the red ball slowly"),
        "go to the red ball then turn round and find the blue box",
    ],
)
def test_everyday_commands_are_in_the_language(commands: Automaton, sentence: str) -> None:
    assert commands.probability(sentence) > 0.0


@pytest.mark.parametrize(
    ("grammar", "said"),
    [
        ("turn left", "not a JSGF grammar"),
        ("#JSGF V1.0;\ngrammar g;\npublic <a> = go <nowhere>;\n", "dead end"),
        ("#JSGF V1.0;\ngrammar g;\npublic <a> = go ( left | right )+;\n", "loop"),
        ("#JSGF V1.0;\ngrammar g;\npublic <a> = go <a> | stop;\n", "loop"),
    ],
)
def test_a_wrong_grammar_is_one_line(grammar: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        Automaton.from_jsgf(grammar)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("wake_word", ["hey computer", "Drive!", "to the", "go to"])
def test_a_wake_word_may_stand_before_every_sentence_and_alone(wake_word: str) -> None:
    small = Automaton.from_jsgf(SMALL)
    woken = small.woken_by(wake_word)
    word = wake_word.lower().strip("!")
    for sentence in ("stop", "go to the ball", "drive to the box", "drive box"):
        assert woken.probability(sentence) > 0.0
        assert woken.probability(f"{word} {sentence}") > 0.0
    assert woken.probability(word) > 0.0
    assert woken.probability(f"{word} {word} stop") == woken.probability("box") == 0.0
    for arcs, end in zip(woken.arcs, woken.ends, strict=True):
        assert sum(probability for _, probability in arcs.values()) + end == pytest.approx(1.0)


@pytest.mark.parametrize("wake_word", ["", "r2 d2", "!?"])
def test_a_wake_word_is_of_letters(wake_word: str) -> None:
    with pytest.raises(InputError, match="wake_word"):
        Automaton.from_jsgf(SMALL).woken_by(wake_word)

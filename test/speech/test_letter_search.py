"""The search through a grammar by letters finds what trying every sentence finds."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.model.ear import ALPHABET, BLANK
from mm_robot.speech.automaton import Automaton
from mm_robot.speech.letter_search import LetterSearch
from mm_robot.speech.word_network import END, WordPairs, network_of_grammar
from mm_robot.types import FloatArray

GRAMMAR = """#JSGF V1.0;
grammar small;
public <command> = ( /3/ go | /1/ goo ) ( /2/ <NULL> | /1/ to a ( /5/ ball | /1/ bell | /1/ doll ) );
"""


@pytest.fixture(scope="module")
def automaton() -> Automaton:
    return Automaton.from_jsgf(GRAMMAR)


def sentences(automaton: Automaton) -> list[str]:
    """All that the grammar has."""
    ways = itertools.product(("go", "goo"), ("", " to a ball", " to a bell", " to a doll"))
    found = ["".join(way) for way in ways]
    assert sum(map(automaton.probability, found)) == pytest.approx(1.0, abs=1e-6)
    return found


def drawn_letters(frames: int, seed: int) -> FloatArray:
    random = np.random.default_rng(seed)
    scores = random.normal(0.0, 2.0, (frames, len(ALPHABET) + 1))
    return (scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))).astype(np.float32)


def best_path(letters: FloatArray, text: str) -> float:
    """The log probability of the best way to spell a text, by the plain recursion over letters and blanks."""
    symbols = [BLANK]
    for letter in text:
        symbols += [ALPHABET.index(letter), BLANK]
    scores = [-math.inf] * len(symbols)
    scores[0], scores[1] = float(letters[0, symbols[0]]), float(letters[0, symbols[1]])
    for frame in letters[1:]:
        before = scores
        scores = []
        for i, symbol in enumerate(symbols):
            ways = [before[i], before[i - 1] if i else -math.inf]
            if i > 1 and symbol != BLANK and symbol != symbols[i - 2]:
                ways.append(before[i - 2])
            scores.append(max(ways) + float(frame[symbol]))
    return max(scores[-1], scores[-2])


def spelled(text: str) -> FloatArray:
    """Letters that say a text without a doubt, a blank after each."""
    letters = np.full((2 * len(text), len(ALPHABET) + 1), -20.0, np.float32)
    for place, letter in enumerate(text):
        letters[2 * place, ALPHABET.index(letter)] = letters[2 * place + 1, BLANK] = 0.0
    return letters


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("frames", [3, 12, 30])
def test_it_finds_the_best_of_all_sentences(automaton: Automaton, frames: int, seed: int) -> None:
    letters = drawn_letters(frames, seed)
    weight = 0.5
    scores = {
        text: best_path(letters, text) + weight * math.log(automaton.probability(text))
        for text in sentences(automaton)
    }
    reading = LetterSearch(network_of_grammar(automaton, weight)).search(letters)
    best = max(scores, key=lambda text: scores[text])
    if scores[best] == -math.inf:
        assert reading is None
    else:
        assert reading is not None
        assert reading.text == best
        assert reading.score == pytest.approx(scores[best], abs=1e-3)


def test_every_sentence_is_found_where_it_is_spelled(automaton: Automaton) -> None:
    search = LetterSearch(network_of_grammar(automaton, 1.0))
    for text in sentences(automaton):
        reading = search.search(spelled(text))
        assert reading is not None and reading.text == text


def test_nothing_is_found_in_no_sound_or_too_little(automaton: Automaton) -> None:
    search = LetterSearch(network_of_grammar(automaton, 1.0))
    assert search.search(np.empty((0, len(ALPHABET) + 1), np.float32)) is None
    assert search.search(drawn_letters(1, 0)) is None


COUNTS = Counter(
    pair
    for text in ("go to a ball", "go to a bell", "roll to a ball", "go on", "a ball")
    for pair in itertools.pairwise([END, *text.split(), END])
)
PAIRS = WordPairs(COUNTS)


def test_pairs_of_words_are_a_distribution() -> None:
    total = 0.0
    for length in (1, 2, 3):
        texts = [" ".join(words) for words in itertools.product(sorted(PAIRS.words), repeat=length)]
        total += sum(math.exp(PAIRS.log_probability(text)) for text in texts)
    assert 0.3 < total < 1.0
    assert PAIRS.log_probability("go to a bell") > PAIRS.log_probability("roll to a bell")
    assert PAIRS.log_probability("roll to a bell") > PAIRS.log_probability("bell a to roll")


@pytest.mark.parametrize("seed", range(6))
def test_among_all_pairs_the_best_sentence_is_found(seed: int) -> None:
    letters = drawn_letters(9, seed)
    beginnings = ("go", "roll", "a")
    texts = [
        " ".join((first, *others))
        for first in beginnings
        for length in range(4)
        for others in itertools.product(sorted(PAIRS.words), repeat=length)
    ]
    scores = {text: best_path(letters, text) + PAIRS.log_probability(text) for text in texts}
    best = max(scores.values())
    reading = LetterSearch(PAIRS.network(1.0)).search(letters)
    assert reading is not None
    # A pair that was seen is not also taken as one that was not, of which the sum is a little more.
    assert best - 0.7 <= reading.score <= best + 1e-3


def test_sentences_of_new_pairs_are_found_where_they_are_spelled() -> None:
    search = LetterSearch(PAIRS.network(0.5))
    for text in ("go to a ball", "roll to a bell", "a bell to roll on", "go"):
        reading = search.search(spelled(text))
        assert reading is not None and reading.text == text


@pytest.mark.parametrize("wake_word", ["computer", "hey robot", "go"])
def test_a_wake_word_may_stand_before_sentences_of_pairs(wake_word: str) -> None:
    woken = WordPairs(COUNTS, wake_word)
    search = LetterSearch(woken.network(0.5))
    for text in ("roll to a bell", f"{wake_word} roll to a bell", f"{wake_word} a bell to roll on"):
        reading = search.search(spelled(text))
        assert reading is not None and reading.text == text
    alone = woken.log_probability(f"{wake_word} a ball")
    assert alone == pytest.approx(PAIRS.log_probability("a ball") + math.log(0.5))


def test_a_wake_word_of_pairs_is_of_letters() -> None:
    with pytest.raises(InputError, match="wake_word"):
        WordPairs(COUNTS, "r2 d2")

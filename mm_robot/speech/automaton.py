"""A command grammar as a deterministic automaton: what the recogniser searches and sentences are drawn from.

A JSGF grammar that is compiled directly is mostly empty transitions (four of five), on which the
recogniser is slow and loses paths. Here they are removed, equal prefixes are shared
(weighted determinisation) and equal suffixes merged (minimisation).
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pocketsphinx

from mm_robot.errors import InputError
from mm_robot.safety.wording import folded

Arc = tuple[int, int, float, str]
"""From state, to state, probability, word ("" for none)."""

Transition = tuple[int, int, float] | tuple[int, int, float, str]

_Arcs = dict[str, tuple[int, float]]

WAKE_WORD_SHARE, WAKE_WORD_ALONE = 0.5, 0.1
"""How many sentences begin with the wake word, and of those how many end with it."""
PRECISION = 9
MAXIMUM_STATES = 20000


@dataclass(frozen=True)
class Automaton:
    """A deterministic acyclic automaton over words; state 0 starts.

    ``arcs[state][word]`` is (next state, probability); ``ends[state]`` the probability that a
    sentence ends there. Both together sum to one in each state.
    """

    arcs: tuple[dict[str, tuple[int, float]], ...]
    ends: tuple[float, ...]

    @classmethod
    def from_jsgf(cls, grammar: str) -> Automaton:
        """Build it from a JSGF grammar with one public rule and no loops.

        Raises:
            InputError: the grammar cannot be parsed, loops, or is too large.
        """
        start, final, arcs = _compile(grammar)
        return _minimised(_determinised(start, final, arcs))

    @property
    def words(self) -> frozenset[str]:
        """Every word that can be said."""
        return frozenset(word for arcs in self.arcs for word in arcs)

    def probability(self, sentence: str) -> float:
        """How probable the sentence is; 0.0 for one that the grammar has not."""
        state, product = 0, 1.0
        for word in sentence.split():
            if word not in self.arcs[state]:
                return 0.0
            state, probability = self.arcs[state][word]
            product *= probability
        return product * self.ends[state]

    def woken_by(self, wake_word: str) -> Automaton:
        """The same sentences, and each of them after the wake word, which may also be said alone.

        Raises:
            InputError: the wake word is not of plain words.
        """
        wake_words = words_to_wake(wake_word)
        arcs: list[_Arcs] = [
            {w: (to + 1, p) for w, (to, p) in state.items()} for state in (*self.arcs[:1], *self.arcs)
        ]
        ends = [self.ends[0], *self.ends]

        def after(words: list[str], before: int | None, share: float) -> tuple[_Arcs, float]:
            """Arcs and end of a state from which ``words`` are left; ``before``: what else it stands for."""
            if words:
                following = None if before is None else arcs[before].get(words[0])
                state = len(arcs)
                arcs.append({})
                ends.append(0.0)
                arcs[state], ends[state] = after(words[1:], following and following[0], 0.5)
                woken, end = {words[0]: (state, 1.0)}, 0.0
            else:
                woken, end = _scaled(arcs[1], 1.0 - WAKE_WORD_ALONE), WAKE_WORD_ALONE
            if before is None:
                return woken, end
            mixed = _scaled(arcs[before], 1.0 - share)
            for next_word, (to, probability) in _scaled(woken, share).items():
                mixed[next_word] = (to, probability + mixed.get(next_word, (to, 0.0))[1])
            return mixed, (1.0 - share) * ends[before] + share * end

        arcs[0], ends[0] = after(wake_words, 1, WAKE_WORD_SHARE)
        return Automaton(tuple(arcs), tuple(ends))

    def draw(self, random_numbers: random.Random) -> str:
        """Draw a sentence by its probability."""
        state = 0
        words: list[str] = []
        while True:
            options = [*self.arcs[state].items(), ("", (-1, self.ends[state]))]
            word, (following, _) = random_numbers.choices(options, [option[1][1] for option in options])[0]
            if following < 0:
                return " ".join(words)
            words.append(word)
            state = following

    def transitions(self, weight: float = 1.0) -> Iterator[Transition]:
        """Yield arcs as pocketsphinx takes them, probabilities raised to ``weight``; the last state ends."""
        for state, arcs in enumerate(self.arcs):
            for word, (following, probability) in arcs.items():
                yield state, following, probability**weight, word
            if self.ends[state] > 0.0:
                yield state, len(self.arcs), self.ends[state] ** weight


def words_to_wake(wake_word: str) -> list[str]:
    """The words that a wake word is of.

    Raises:
        InputError: it is not of plain words.
    """
    words = folded(wake_word).replace("|", " ").split()
    if not words or not all(word.isalpha() for word in words):
        raise InputError(f"wake_word: given {wake_word!r}, allowed are words of letters, such as hey robot")
    return words


def _scaled(arcs: _Arcs, share: float) -> _Arcs:
    return {word: (to, share * probability) for word, (to, probability) in arcs.items()}


def _compile(grammar: str) -> tuple[int, int, list[Arc]]:
    decoder = pocketsphinx.Decoder(lm=None, loglevel="FATAL")
    try:
        model = decoder.parse_jsgf(grammar)
    except (ValueError, RuntimeError) as error:
        raise InputError(
            f"grammar: not a JSGF grammar with a public rule ({error}); see the JSGF 1.0 specification"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "grammar.fsg")
        model.writefile(str(path))
        fields = [line.split() for line in path.read_text().splitlines()]
    # The written probabilities are those of the grammar to the power 1 / language weight.
    exponent = float(decoder.config["lw"])
    arcs = [
        (int(field[1]), int(field[2]), float(field[3]) ** exponent, "".join(field[4:5]))
        for field in fields
        if field and field[0] == "TRANSITION"
    ]
    numbers = {field[0]: int(field[1]) for field in fields if len(field) == 2 and field[0].endswith("_STATE")}
    return numbers["START_STATE"], numbers["FINAL_STATE"], arcs


def _determinised(start: int, final: int, arcs: list[Arc]) -> Automaton:
    spoken: dict[int, list[Arc]] = {}
    silent: dict[int, list[Arc]] = {}
    for arc in arcs:
        (spoken if arc[3] else silent).setdefault(arc[0], []).append(arc)

    def closure(mass: Iterable[tuple[int, float]]) -> dict[int, float]:
        # The compiler has added each chain of silent arcs as one arc more, so the best path
        # counts, not the sum of all.
        reached: dict[int, float] = {}
        waiting = list(mass)
        while waiting:
            state, weight = waiting.pop()
            if weight > reached.get(state, 0.0) * (1.0 + 1e-6):
                reached[state] = weight
                waiting += [(arc[1], weight * arc[2]) for arc in silent.get(state, ())]
        return reached

    def key(mass: dict[int, float]) -> tuple[tuple[int, float], ...]:
        kept = {state: weight for state, weight in mass.items() if state in spoken or state == final}
        total = sum(kept.values())
        if not total:
            raise InputError("grammar: it has a dead end; define every rule that is used")
        return tuple(sorted((state, round(weight / total, PRECISION)) for state, weight in kept.items()))

    first = key(closure([(start, 1.0)]))
    numbers = {first: 0}
    following: list[dict[str, tuple[int, float]]] = []
    ends: list[float] = []
    for subset in (queue := [first]):
        masses: dict[str, list[tuple[int, float]]] = {}
        for state, weight in subset:
            for arc in spoken.get(state, ()):
                masses.setdefault(arc[3], []).append((arc[1], weight * arc[2]))
        outgoing = {}
        for word, mass in sorted(masses.items()):
            target = key(closure(mass))
            if target not in numbers:
                numbers[target] = len(numbers)
                queue.append(target)
            outgoing[word] = (numbers[target], sum(weight for _, weight in mass))
        ending = dict(subset).get(final, 0.0)
        total = ending + sum(probability for _, probability in outgoing.values())
        following.append({word: (state, p / total) for word, (state, p) in outgoing.items()})
        ends.append(ending / total)
        if len(numbers) > MAXIMUM_STATES:
            raise InputError(f"grammar: more than {MAXIMUM_STATES} states; remove loops, or shorten it")
    return Automaton(tuple(following), tuple(ends))


def _minimised(automaton: Automaton) -> Automaton:
    classes: dict[int, int] = {}
    known: dict[tuple[object, ...], int] = {}
    members: list[int] = []

    def visit(state: int, path: frozenset[int]) -> int:
        if state in classes:
            return classes[state]
        if state in path:
            raise InputError("grammar: it loops; remove the loop (* or + or a rule that names itself)")
        arcs = automaton.arcs[state]
        signature = (
            round(automaton.ends[state], 6),
            *((word, visit(to, path | {state}), round(p, 6)) for word, (to, p) in sorted(arcs.items())),
        )
        if signature not in known:
            known[signature] = len(members)
            members.append(state)
        classes[state] = known[signature]
        return classes[state]

    visit(0, frozenset())
    order = {classes[state]: len(members) - 1 - index for index, state in enumerate(members)}
    kept = list(reversed(members))
    arcs = [
        {word: (order[classes[to]], p) for word, (to, p) in automaton.arcs[state].items()} for state in kept
    ]
    return Automaton(tuple(arcs), tuple(automaton.ends[state] for state in kept))

"""Reads episode files: one JSON object a line, each a room, an instruction and what is to come of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mm_robot.errors import InputError
from mm_robot.sim.scene import COLOURS, EVALUATION_SEEDS, SHAPES, Room, random_room
from mm_robot.training.relations import Relation, related
from mm_robot.types import COMPARISONS, RELATIONS

OUTCOMES = ("reach", "follow", "turn", "move", "stop", "absent", "unable", "refuse", "answer", "sequence")
STEP_OUTCOMES = ("reach", "turn", "move", "stop", "absent")
"""What a step of a sequence may expect."""
MOST_STEPS = 4
_KEYS = {"text", "seed", "objects", "distractors", "robot", "pair", "after", "expect", "wav"}


@dataclass(frozen=True)
class Expectation:
    """What is to come of an instruction: ``outcome`` and, as it needs them, the target's ``colour`` and
    ``shape`` (None is any) and its ``relation`` to others, ``degrees``, ``metres``, ``labels`` or ``steps``.
    """

    outcome: str
    colour: str | None = None
    shape: str | None = None
    degrees: float = 0.0
    metres: float = 0.0
    labels: tuple[str, ...] | None = None
    relation: Relation | None = None
    steps: tuple[Expectation, ...] = ()

    def candidates(self, room: Room) -> list[int]:
        """The indices of the things of a room that may be meant."""
        if self.relation is None:
            return room.find(self.colour, self.shape)
        return related(room, self.colour, self.shape, self.relation)

    def target(self, room: Room) -> int | None:
        """The index of the thing meant, where a thing is meant."""
        return self.candidates(room)[0] if self.outcome in ("reach", "follow") else None


@dataclass(frozen=True)
class Episode:
    """One row: the room, the sentence, an earlier sentence (``before``) that ran for ``before_seconds``.

    ``wav`` is a recording that gives the sentence as sound instead.
    """

    text: str
    seed: int
    room: Room
    expect: Expectation
    pair: str | None = None
    before: str | None = None
    before_seconds: float = 0.0
    wav: Path | None = None

    @property
    def target(self) -> int | None:
        """The index of the thing meant, where a thing is meant."""
        return self.expect.target(self.room)


def load_episodes(path: Path) -> list[Episode]:
    """Read an episode file.

    Raises:
        InputError: the file cannot be read or a line is wrong; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    episodes = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            episodes.append(parse_episode(json.loads(line), path.parent))
        except ValueError as error:
            raise InputError(f"{path}:{number}: {error}") from error
    if not episodes:
        raise InputError(f"{path} holds no episodes")
    return episodes


def parse_episode(data: Mapping[str, Any], folder: Path = Path()) -> Episode:
    """Check one row; the path of a recording in it counts from ``folder``.

    Raises:
        InputError: a key is unknown or missing, or a value is wrong.
    """
    if not isinstance(data, Mapping):
        raise InputError(f"an episode is a JSON object, got {data!r}")
    if unknown := set(data) - _KEYS:
        raise InputError(
            f"this version does not know the key {sorted(unknown)[0]!r}; known: {', '.join(sorted(_KEYS))}"
        )
    text = data.get("text", "" if "wav" in data else None)
    if not isinstance(text, str):
        raise InputError(f"text must be a string, got {text!r}")
    seed = data.get("seed")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < EVALUATION_SEEDS:
        raise InputError(f"seed must be a whole number from 0 to {EVALUATION_SEEDS - 1}, got {seed!r}")
    room = random_room(seed, data.get("objects", []), data.get("distractors", 0), data.get("robot"))
    expect = _expectation(data.get("expect"))
    for step in (expect, *expect.steps):
        if step.outcome in ("reach", "follow") and len(found := step.candidates(room)) != 1:
            name = " ".join(filter(None, (step.colour, step.shape))) or "thing"
            raise InputError(f"the target must be one thing of the room; {len(found)} fit the {name}")
    before, seconds = None, 0.0
    if (after := data.get("after")) is not None:
        before, seconds = after.get("text"), after.get("seconds")
        if not isinstance(before, str) or not isinstance(seconds, int | float) or not 0 < seconds <= 60:
            raise InputError(f"after must hold a text and seconds from 0 to 60, got {after!r}")
    pair = data.get("pair")
    if pair is not None and not isinstance(pair, str):
        raise InputError(f"pair must be a string, got {pair!r}")
    wav = data.get("wav")
    if wav is not None and not (isinstance(wav, str) and (folder / wav).is_file()):
        raise InputError(f"wav must name a sound file, got {wav!r}")
    recording = None if wav is None else folder / wav
    return Episode(text, seed, room, expect, pair, before, float(seconds), recording)


def _expectation(data: Any, allowed: tuple[str, ...] = OUTCOMES) -> Expectation:
    if not isinstance(data, Mapping) or data.get("outcome") not in allowed:
        given = data.get("outcome") if isinstance(data, Mapping) else data
        raise InputError(f"expect.outcome must be one of {', '.join(allowed)}, got {given!r}")
    outcome = str(data["outcome"])
    if outcome in ("reach", "follow"):
        target = data.get("target")
        if not isinstance(target, Mapping) or set(target) - {"shape", "colour", "relation"} or not target:
            raise InputError(f"expect.target must hold a shape, a colour or a relation, got {target!r}")
        colour, shape = _name(target)
        relation = _relation(target["relation"]) if "relation" in target else None
        return Expectation(outcome, colour, shape, relation=relation)
    if outcome == "sequence":
        steps = data.get("steps")
        if not isinstance(steps, list) or not 2 <= len(steps) <= MOST_STEPS:
            raise InputError(f"expect.steps must be a list of 2 to {MOST_STEPS} outcomes, got {steps!r}")
        return Expectation(outcome, steps=tuple(_expectation(step, STEP_OUTCOMES) for step in steps))
    if outcome == "turn":
        return Expectation(outcome, degrees=_number("degrees", data))
    if outcome == "move":
        return Expectation(outcome, metres=_number("metres", data))
    if outcome == "answer" and data.get("labels") is not None:
        labels = data["labels"]
        if not isinstance(labels, list) or not all(isinstance(x, str) for x in labels):
            raise InputError(f"expect.labels must be a list of names, got {labels!r}")
        return Expectation(outcome, labels=tuple(labels))
    return Expectation(outcome)


def _name(data: Mapping[str, Any]) -> tuple[str | None, str | None]:
    colour, shape = data.get("colour"), data.get("shape")
    if colour not in (None, *COLOURS) or shape not in (None, *SHAPES):
        raise InputError(f"expect.target names an unknown colour or shape: {data!r}")
    return colour, shape


def _relation(data: Any) -> Relation:
    if not isinstance(data, Mapping) or set(data) - {"is", "of"} or data.get("is") not in RELATIONS:
        raise InputError(f"relation.is must be one of {', '.join(RELATIONS)}, got {data!r}")
    if data["is"] in COMPARISONS:
        return Relation(data["is"])
    of = data.get("of")
    if not isinstance(of, Mapping) or set(of) - {"shape", "colour"} or not of:
        raise InputError(f"relation.of must hold a shape, a colour or both, got {of!r}")
    return Relation(data["is"], *_name(of))


def _number(key: str, data: Mapping[str, Any]) -> float:
    value = data.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError(f"expect.{key} must be a number, got {value!r}")
    return float(value)

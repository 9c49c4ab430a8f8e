"""Reads sentences that people wrote or said, with what a robot without an arm should make of each."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mm_robot.errors import InputError
from mm_robot.types import Skill

SENTENCES = Path(__file__).parents[1] / "assets" / "sentences"
"""The sentences that come with the package."""
ALLOWED = tuple(s for s in Skill if s not in (Skill.UNABLE, Skill.REFUSE))
_VERDICTS = {"allowed": ALLOWED, "unable": (Skill.UNABLE,), "forbidden": (Skill.REFUSE,)}
_FRAMES = {
    "Motion": (Skill.GO_TO, Skill.MOVE, Skill.TURN),
    "Arriving": (Skill.GO_TO,),
    "Locating": (Skill.GO_TO,),
    "Cotheme": (Skill.FOLLOW,),
    "Change_direction": (Skill.TURN,),
    "Perception_active": (Skill.GO_TO, Skill.TURN, Skill.DESCRIBE),
}
"""Semantic frames of HuRIC that a robot without an arm can carry out; it is unable to the others."""


@dataclass(frozen=True)
class Request:
    """A sentence, in which ``{thing}`` may stand for a thing's name, and the skills that are right.

    ``amount`` rad or m where it is known, None where it is not; ``named`` says that the sentence tells it.
    """

    text: str
    skills: tuple[Skill, ...]
    amount: float | None = None
    named: bool = False


def load_requests(path: Path) -> list[Request]:
    """Read a file of requests.

    A ``.jsonl`` file holds a JSON object a line with ``text`` and one of ``skill`` (and ``amount`` in degrees
    or metres, ``named``), ``verdict`` (allowed, unable, forbidden) or ``frames`` as in HuRIC
    (Vanzo et al. 2020); a ``.json`` file maps the tasks of an arm to lists of sentences, as in CALVIN (Mees
    et al. 2022).

    Raises:
        InputError: the file cannot be read or a line is wrong; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            return [Request(t, (Skill.UNABLE,)) for texts in json.loads(text).values() for t in texts]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path} cannot be read as requests: {error}") from error
    return list(_lines(path, text))


def _lines(path: Path, text: str) -> Iterator[Request]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield _request(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}:{number}: not a request: {error}") from error


def _request(row: dict[str, Any]) -> Request:
    text = str(row["text"])
    if "frames" in row:
        return Request(text, _of_frames([str(f["name"]) for f in row["frames"]]))
    if "verdict" in row:
        return Request(text, _VERDICTS[row["verdict"]])
    skill = Skill(row["skill"])
    amount = row.get("amount")
    if amount is not None:
        amount = math.radians(float(amount)) if skill is Skill.TURN else float(amount)
    return Request(text, (skill,), amount, bool(row.get("named", False)))


def _of_frames(names: list[str]) -> tuple[Skill, ...]:
    if not names or any(name not in _FRAMES for name in names):
        return (Skill.UNABLE,)
    return _FRAMES[names[0]] if len(names) == 1 else ALLOWED

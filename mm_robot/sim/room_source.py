"""The room that a person asked for: given whole, or drawn from a seed and a few words."""

from __future__ import annotations

import json
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.sim.scene import Room, random_room

LARGEST_FILE = 1_000_000


def chosen_room(seed: int, room: str, objects: str, distractors: int) -> Room:
    """Build the room.

    Args:
        seed: draws what is left open.
        room: the room as JSON text, or the path of a file with it; empty to draw one.
        objects: things in a drawn room, such as ``red ball, blue box``.
        distractors: how many more things a drawn room has.

    Raises:
        InputError: the file cannot be read, or the room or an object is described wrongly.
    """
    if not room.strip():
        return random_room(seed, objects=parse_objects(objects), distractors=distractors)
    text = room if room.lstrip().startswith("{") else _read(Path(room))
    try:
        return Room.from_dict(json.loads(text))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(f'room: not JSON: {error}; write it as {{"seed": 1, "objects": []}}') from None


def parse_objects(text: str) -> list[dict[str, str]]:
    """Read ``red ball, blue box`` as a list of objects with ``colour`` and ``shape``.

    Raises:
        InputError: a part is not a colour and a shape.
    """
    objects = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        words = part.split()
        if len(words) != 2:
            raise InputError(
                f"objects: {part!r} was given; write a colour and a shape, such as red ball, blue box"
            )
        objects.append({"colour": words[0], "shape": words[1]})
    return objects


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"room: {path} is larger than {LARGEST_FILE} bytes; give the file of a room")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or "not text"
        raise InputError(f"room: {path} cannot be read ({reason}); give a JSON file or JSON text") from None

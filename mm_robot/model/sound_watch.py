"""Ends a task when a sound is heard that its instruction names, and knows when nobody listens."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mm_robot.errors import InputError
from mm_robot.speech.sound_condition import matching_sound, read_condition

LOST_AFTER = 2.0
"""Seconds without word of what is heard from which on nobody listens."""


@dataclass(frozen=True)
class Heard:
    """What is heard now: the sounds that are told at all, and those that are ``present``."""

    known: tuple[str, ...]
    present: frozenset[str]

    @staticmethod
    def of_json(text: str) -> Heard:
        """Read a message of ``scene/sounds``.

        Raises:
            InputError: it is none.
        """
        try:
            content = json.loads(text)
            return Heard(
                tuple(str(name) for name in content["known"]),
                frozenset(str(label["name"]) for label in content["labels"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(f"not a message of sounds: {error}") from error


class SoundWatch:
    """Watches for the sound that ends the present task; times are monotonic s."""

    def __init__(self) -> None:
        """Watch for nothing."""
        self.wanted = ""
        self._heard = Heard((), frozenset())
        self._received = float("-inf")

    def hear(self, heard: Heard, now: float) -> None:
        """Take in what is heard."""
        self._heard, self._received = heard, now

    def begin(self, instruction: str, now: float) -> str:
        """Watch for the sound that an instruction names, if it does; what is left to do.

        Raises:
            InputError: the sound is not known, or nobody listens.
        """
        self.wanted = ""
        condition = read_condition(instruction)
        if condition is None:
            return instruction
        if self._deaf(now):
            raise InputError("nobody listens for sounds here (the parameter sound_events of speech)")
        name = matching_sound(condition.sound, self._heard.known)
        if name is None:
            known = ", ".join(name.replace("_", " ") for name in self._heard.known)
            raise InputError(f"I do not know the sound of {condition.sound}; I know {known}")
        self.wanted = name
        return condition.task

    def happened(self) -> bool:
        """Whether the sound that ends the task is heard."""
        return bool(self.wanted) and self.wanted in self._heard.present

    def fault(self, now: float) -> str:
        """Why the robot has to stand: it would not hear what it is to stop for; empty where it would."""
        return "nobody listens for the sound that is to end this" if self.wanted and self._deaf(now) else ""

    def _deaf(self, now: float) -> bool:
        return now - self._received > LOST_AFTER

"""The sentences that the policy is trained on: templates, names and what each asks for.

Everything here is training data. At run time no code looks for these words; the model does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, trained_names
from mm_robot.data.templates import (
    AHEAD,
    BACK_UP,
    BACK_UP_NUMBER,
    DEFAULT_METRES,
    DESCRIBE,
    GO_TO,
    LITTLE_METRES,
    MOVE_BARE,
    MOVE_LITTLE,
    MOVE_NUMBER,
    SIDES,
    STOP,
    TURN_AROUND,
    TURN_DEFAULT,
    TURN_NAMED,
    TURN_NUMBER,
    UNABLE,
)
from mm_robot.types import Skill

_DIGIT_WORDS = {
    10: "ten", 15: "fifteen", 20: "twenty", 30: "thirty", 45: "forty five", 60: "sixty", 90: "ninety",
    120: "one hundred twenty", 135: "one hundred and thirty five", 180: "one hundred eighty",
    270: "two hundred seventy", 360: "three hundred sixty",
}  # fmt: skip
_METRE_WORDS = {
    0.5: "half a metre",
    1.0: "one metre",
    2.0: "two metres",
    3.0: "three metres",
    1.5: "one and a half metres",
}


@dataclass(frozen=True)
class Instruction:
    """A sentence and what it asks for; ``amount`` in rad (turn) or m (move), signed; ``named`` says
    that the sentence gives the amount as a number; ``either_side`` that the turn's side is free.
    """

    text: str
    skill: Skill
    amount: float = 0.0
    named: bool = False
    either_side: bool = False


class InstructionSampler:
    """Draws sentences; the same seed draws the same ones."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def thing_name(self, colour: str, shape: str) -> str:
        """A colour and a shape as somebody might call them; half of the time by their plain names."""
        return f"{self._name(colour, COLOUR_NAMES)} {self._name(shape, SHAPE_NAMES)}"

    def _name(self, plain: str, names: Mapping[str, tuple[str, ...]]) -> str:
        return plain if self._generator.random() < 0.5 else self._pick(trained_names(names[plain]))

    def go_to(self, colour: str, shape: str) -> Instruction:
        """A sentence that sends the robot to a thing."""
        text = self._pick(GO_TO).format(thing=self.thing_name(colour, shape))
        return Instruction(self._styled(text), Skill.GO_TO)

    def other(self) -> Instruction:
        """A sentence for a skill without a thing to go to."""
        draw = self._generator.random()
        if draw < 0.34:
            return self.turn()
        if draw < 0.64:
            return self.move()
        if draw < 0.74:
            return Instruction(self._styled(self._pick(STOP)), Skill.STOP)
        if draw < 0.82:
            return Instruction(self._styled(self._pick(DESCRIBE)), Skill.DESCRIBE)
        return self.unable()

    def unable(self) -> Instruction:
        """A sentence that asks for nothing that this robot does."""
        colour, shape = self._pick(tuple(COLOUR_NAMES)), self._pick(tuple(SHAPE_NAMES))
        text = self._pick(UNABLE).format(thing=self.thing_name(colour, shape))
        return Instruction(self._styled(text), Skill.UNABLE)

    def turn(self) -> Instruction:
        """A sentence that asks for a turn on the spot."""
        sign = 1 if self._generator.random() < 0.5 else -1
        side = self._pick(SIDES[sign])
        draw = self._generator.random()
        if draw < 0.2:
            return Instruction(self._styled(self._pick(TURN_AROUND)), Skill.TURN, math.pi, either_side=True)
        if draw < 0.4:
            text = self._pick(TURN_DEFAULT).format(side=side)
            return Instruction(self._styled(text), Skill.TURN, sign * math.pi / 2)
        if draw < 0.5:
            text, amount = TURN_NAMED[self._generator.integers(len(TURN_NAMED))]
            return Instruction(self._styled(text.format(side=side)), Skill.TURN, sign * amount)
        degrees = self._degrees()
        text = self._pick(TURN_NUMBER).format(side=side, degrees=self._degree_text(degrees))
        return Instruction(self._styled(text), Skill.TURN, sign * math.radians(degrees), named=True)

    def move(self) -> Instruction:
        """A sentence that asks to go straight ahead or back."""
        sign = 1 if self._generator.random() < 0.5 else -1
        way = self._pick(AHEAD[sign])
        draw = self._generator.random()
        if draw < 0.15:
            return Instruction(
                self._styled(self._pick(MOVE_BARE).format(way=way)), Skill.MOVE, sign * DEFAULT_METRES
            )
        if draw < 0.25:
            return Instruction(
                self._styled(self._pick(MOVE_LITTLE).format(way=way)), Skill.MOVE, sign * LITTLE_METRES
            )
        if draw < 0.32:
            return Instruction(self._styled(self._pick(BACK_UP)), Skill.MOVE, -DEFAULT_METRES)
        metres, text = self._metres()
        if draw < 0.42:
            template, sign = self._pick(BACK_UP_NUMBER), -1
        else:
            template = self._pick(MOVE_NUMBER)
        text = template.format(way=way, metres=text)
        return Instruction(self._styled(text), Skill.MOVE, sign * metres, named=True)

    def _degrees(self) -> int:
        if self._generator.random() < 0.6:
            return int(self._generator.choice(list(_DIGIT_WORDS)))
        return int(self._generator.integers(5, 361))

    def _degree_text(self, degrees: int) -> str:
        if degrees in _DIGIT_WORDS and self._generator.random() < 0.4:
            return f"{_DIGIT_WORDS[degrees]} degrees"
        return self._pick(("{} degrees", "{} degrees", "{}°", "{} deg", "{}")).format(degrees)

    def _metres(self) -> tuple[float, str]:
        draw = self._generator.random()
        if draw < 0.3:
            metres = float(self._generator.choice(list(_METRE_WORDS)))
            return metres, _METRE_WORDS[metres]
        if draw < 0.5:
            centimetres = int(self._generator.integers(2, 30)) * 10
            return centimetres / 100, self._pick(("{} cm", "{} centimetres", "{} centimeters")).format(
                centimetres
            )
        metres = round(float(self._generator.uniform(0.2, 4.0)), 1)
        if draw < 0.65:
            metres = float(round(metres) or 1)
        return metres, self._pick(("{:g} metres", "{:g} meters", "{:g} m")).format(metres)

    def _styled(self, text: str) -> str:
        draw = self._generator.random()
        if draw < 0.1:
            return text.capitalize()
        if draw < 0.2 and text.strip():
            return text + self._pick((".", "!", " please", " now"))
        return text

    def _pick(self, options: tuple[str, ...]) -> str:
        return options[int(self._generator.integers(len(options)))]

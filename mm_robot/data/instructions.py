"""The sentences that the policy is trained on: templates, names and what each asks for.

Everything here is training data. At run time no code looks for these words; the model does.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, trained_names
from mm_robot.types import Skill

GO_TO = (
    "go to the {thing}",
    "go to the {thing}",
    "go to the {thing}",
    "find the {thing}",
    "find the {thing}",
    "find a {thing}",
    "drive to the {thing}",
    "move to the {thing}",
    "head for the {thing}",
    "head to the {thing}",
    "drive over to the {thing}",
    "go over to the {thing}",
    "go up to the {thing}",
    "approach the {thing}",
    "come to the {thing}",
    "roll to the {thing}",
    "travel to the {thing}",
    "navigate to the {thing}",
    "please go to the {thing}",
    "robot, go to the {thing}",
    "can you go to the {thing}",
    "could you drive to the {thing} please",
    "i want you to go to the {thing}",
    "look for the {thing}",
    "look for the {thing} and go there",
    "search for the {thing}",
    "locate the {thing}",
    "take me to the {thing}",
    "go and stand next to the {thing}",
    "stop in front of the {thing}",
    "go to the {thing} now",
    "find the {thing} and drive up to it",
    "where is the {thing}? go to it",
    "get to the {thing}",
    "walk to the {thing}",
    "move towards the {thing}",
    "drive towards the {thing}",
    "let's go to the {thing}",
    "make your way to the {thing}",
    "proceed to the {thing}",
    "advance to the {thing}",
    "move over to the {thing}",
    "go near the {thing}",
    "get close to the {thing}",
    "bring yourself to the {thing}",
    "seek out the {thing}",
    "hunt for the {thing}",
    "try to find the {thing}",
    "see if you can find the {thing}",
    "i need you at the {thing}",
    "meet me at the {thing}",
    "your goal is the {thing}",
    "next, the {thing}",
    "stand by the {thing}",
    "park at the {thing}",
    "run to the {thing}",
    "rush to the {thing}",
    "visit the {thing}",
    "reach the {thing}",
    "over to the {thing}",
    "to the {thing}",
    "show me the {thing}",
    "spot the {thing} and go to it",
    "would you go to the {thing} for me",
    "the {thing} please",
    "go find the {thing}",
    "{thing}",
)

_SIDES = {
    1: ("left", "to the left", "to your left", "counterclockwise", "left"),
    -1: ("right", "to the right", "to your right", "clockwise", "right"),
}
_TURN_DEFAULT = (
    "turn {side}",
    "rotate {side}",
    "please turn {side}",
    "now turn {side}",
    "turn {side} please",
    "make a turn {side}",
    "take a turn {side}",
)
_TURN_AROUND = (
    "turn around",
    "turn round",
    "turn back",
    "turn about",
    "spin around",
    "face the other way",
    "make a u-turn",
    "do a u turn",
    "please turn around",
    "turn around please",
    "turn all the way round to face backwards",
    "look behind you",
    "do a half turn",
    "about face",
)
_TURN_NAMED = (
    ("a quarter turn {side}", math.pi / 2),
    ("make a quarter turn {side}", math.pi / 2),
    ("a half turn {side}", math.pi),
    ("make a half turn {side}", math.pi),
    ("turn {side} a little", math.pi / 8),
    ("turn a little {side}", math.pi / 8),
    ("turn a bit {side}", math.pi / 8),
    ("turn slightly {side}", math.pi / 8),
)
_TURN_NUMBER = (
    "turn {side} {degrees}",
    "turn {side} by {degrees}",
    "turn {degrees} {side}",
    "rotate {side} {degrees}",
    "rotate {degrees} {side}",
    "rotate {side} by {degrees}",
    "please turn {side} by {degrees}",
    "spin {degrees} {side}",
    "make a {degrees} turn {side}",
)
_AHEAD = {
    1: ("forward", "forwards", "ahead", "straight ahead", "straight on"),
    -1: ("back", "backward", "backwards", "in reverse"),
}
_MOVE_NUMBER = (
    "go {way} {metres}",
    "move {way} {metres}",
    "drive {way} {metres}",
    "go {metres} {way}",
    "move {metres} {way}",
    "drive {metres} {way}",
    "please move {way} by {metres}",
    "roll {way} {metres}",
    "move {way} by {metres}",
    "go {way} by {metres}",
)
_MOVE_BARE = ("go {way}", "move {way}", "drive {way}", "please go {way}", "keep going {way}", "come {way}")
_MOVE_LITTLE = (
    "go {way} a little",
    "move {way} a bit",
    "move a little {way}",
    "drive {way} slightly",
    "inch {way}",
)
_BACK_UP = ("back up", "reverse", "back off", "back up please", "reverse please")
_BACK_UP_NUMBER = (
    "back up {metres}",
    "reverse {metres}",
    "back up by {metres}",
    "step back {metres}",
    "reverse by {metres}",
)
MOVE_DEFAULT, MOVE_LITTLE = 0.5, 0.2

STOP = (
    "stop",
    "stop",
    "halt",
    "freeze",
    "stop now",
    "stop moving",
    "stop right there",
    "please stop",
    "stop driving",
    "stand still",
    "hold it",
    "don't move",
    "do not move",
    "stay where you are",
    "wait there",
    "stop the robot",
    "cease moving",
    "hold on",
    "that's enough, stop",
    "stay",
    "brake",
)

DESCRIBE = (
    "what do you see",
    "what do you see?",
    "what can you see",
    "what is in front of you",
    "what's in front of you",
    "describe what you see",
    "describe the scene",
    "tell me what you see",
    "which objects do you see",
    "what objects are there",
    "what is there",
    "what are you looking at",
    "name the things in view",
    "list the objects you see",
    "look and tell me what is there",
    "report what you see",
    "do you see anything",
    "what's around",
    "what things can you see right now",
)

UNABLE = (
    "",
    "",
    "",
    " ",
    "hello",
    "hi there robot",
    "thank you",
    "good morning",
    "how are you",
    "what is your name",
    "what time is it",
    "tell me a joke",
    "sing a song",
    "play some music",
    "what's the weather like today",
    "bring me a coffee",
    "bring me the book from the table",
    "pick up the {thing}",
    "grab the {thing}",
    "lift the {thing}",
    "push the {thing} into the drawer",
    "carry the {thing} to the kitchen",
    "throw the {thing}",
    "give me the {thing}",
    "put the {thing} on the shelf",
    "take the {thing} and put it in the sink",
    "open the door",
    "close the window",
    "open the drawer",
    "turn on the light",
    "turn off the television",
    "switch on the lamp",
    "clean the floor",
    "wash the dishes",
    "cook dinner",
    "make me a sandwich",
    "i'd like a large latte with two sugars",
    "can i have a small cappuccino please",
    "could i get an espresso to go",
    "call my mother",
    "send an email to the office",
    "set a timer for ten minutes",
    "remind me to buy milk",
    "how far is the moon",
    "what is two plus two",
    "i am tired",
    "the dog is asleep",
    "it rained yesterday",
    "she bought a new car last week",
    "uh huh",
    "um",
    "yes",
    "no",
    "maybe later",
    "okay",
    "the",
    "a lot of people came to the party",
    "buy one get one free",
    "fold the shirt",
    "pour some water into the glass",
    "fly to the moon",
    "jump",
    "climb the stairs",
    "paint the {thing} green",
    "break the {thing}",
    "eat the {thing}",
)

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
        side = self._pick(_SIDES[sign])
        draw = self._generator.random()
        if draw < 0.2:
            return Instruction(self._styled(self._pick(_TURN_AROUND)), Skill.TURN, math.pi, either_side=True)
        if draw < 0.4:
            text = self._pick(_TURN_DEFAULT).format(side=side)
            return Instruction(self._styled(text), Skill.TURN, sign * math.pi / 2)
        if draw < 0.5:
            text, amount = _TURN_NAMED[self._generator.integers(len(_TURN_NAMED))]
            return Instruction(self._styled(text.format(side=side)), Skill.TURN, sign * amount)
        degrees = self._degrees()
        text = self._pick(_TURN_NUMBER).format(side=side, degrees=self._degree_text(degrees))
        return Instruction(self._styled(text), Skill.TURN, sign * math.radians(degrees), named=True)

    def move(self) -> Instruction:
        """A sentence that asks to go straight ahead or back."""
        sign = 1 if self._generator.random() < 0.5 else -1
        way = self._pick(_AHEAD[sign])
        draw = self._generator.random()
        if draw < 0.15:
            return Instruction(
                self._styled(self._pick(_MOVE_BARE).format(way=way)), Skill.MOVE, sign * MOVE_DEFAULT
            )
        if draw < 0.25:
            return Instruction(
                self._styled(self._pick(_MOVE_LITTLE).format(way=way)), Skill.MOVE, sign * MOVE_LITTLE
            )
        if draw < 0.32:
            return Instruction(self._styled(self._pick(_BACK_UP)), Skill.MOVE, -MOVE_DEFAULT)
        metres, text = self._metres()
        if draw < 0.42:
            template, sign = self._pick(_BACK_UP_NUMBER), -1
        else:
            template = self._pick(_MOVE_NUMBER)
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

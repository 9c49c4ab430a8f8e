"""The sentences that the policy is trained on, and what each of them asks for, step by step.

Everything here is training data. At run time no code looks for these words; the model does.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mm_robot.data import forbidden, handling, phrasing, templates
from mm_robot.data.colours import survey_colours
from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, trained_names
from mm_robot.data.requests import SENTENCES, Request, load_requests
from mm_robot.model.amount import read_amounts
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.types import FloatArray, Pace, Skill

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
_PACE_SHARE = 0.15
_BEFORE_SHARE, _AFTER_SHARE = 0.3, 0.2


@dataclass(frozen=True)
class Wanted:
    """What a sentence says of a thing: its colour as sRGB and the index of its shape, None where it says
    nothing of it; ``elsewhere`` is something that the world has not.
    """

    rgb: tuple[float, float, float] | None = None
    shape: int | None = None
    elsewhere: bool = False


@dataclass(frozen=True)
class Step:
    """What one step asks for: ``skills`` are those that are right, several where the sentence leaves it open.

    ``amount`` in rad (turn) or m (move), signed, None where it is not known; ``number`` is the position, from
    1, of the amount among the sentence's numbers, 0 where it names none; ``either_side`` says that the
    turn's side is free; ``target`` is the thing to go to, ``reference`` the one that it is told by, and
    ``relation`` (one of ``RELATIONS``) how.
    """

    skills: tuple[Skill, ...]
    amount: float | None = 0.0
    number: int = 0
    either_side: bool = False
    pace: Pace = Pace.NORMAL
    target: Wanted | None = None
    reference: Wanted | None = None
    relation: str | None = None

    @property
    def skill(self) -> Skill:
        """The first of the skills that are right."""
        return self.skills[0]


@dataclass(frozen=True)
class Instruction:
    """A sentence and its steps."""

    text: str
    steps: tuple[Step, ...]


def as_rgb(values: FloatArray) -> tuple[float, float, float]:
    """Three numbers as a tuple."""
    red, green, blue = (float(v) for v in values)
    return red, green, blue


def position_of_number(text: str) -> int:
    """Where its amount stands among a sentence's numbers, from 1: the first with a unit, else the first."""
    amounts = read_amounts(text)
    with_unit = [i for i, amount in enumerate(amounts, 1) if amount.unit]
    return with_unit[0] if with_unit else int(bool(amounts))


class InstructionSampler:
    """Draws sentences; the same generator draws the same ones.

    ``requests`` are sentences of people to be used beside the templates, those that come with the package
    where they are left out. Sentences that are ``varied`` may have words of politeness and the like around
    them.
    """

    def __init__(
        self,
        generator: np.random.Generator,
        requests: Sequence[Request] | None = None,
        varied: bool = True,
    ) -> None:
        self._generator = generator
        self._varied = varied
        if requests is None:
            requests = package_requests()
        self._of_things = {
            skill: tuple(r.text for r in requests if r.skills == (skill,) and "{thing}" in r.text)
            for skill in (Skill.GO_TO, Skill.FOLLOW)
        }
        self._requests = list(requests)
        self._by_skill = {
            skill: [r for r in requests if r.skills == (skill,) and r.amount is not None]
            for skill in (Skill.TURN, Skill.MOVE)
        }

    def thing_name(self, colour: str, shape: str) -> str:
        """A colour and a shape as somebody might call them; often by their plain names."""
        return f"{self.colour_name(colour)} {self.shape_name(shape)}"

    def colour_name(self, colour: str) -> str:
        """A colour as somebody might call it."""
        return self._name(colour, COLOUR_NAMES)

    def shape_name(self, shape: str) -> str:
        """A shape as somebody might call it."""
        return self._name(shape, SHAPE_NAMES)

    def _name(self, plain: str, names: Mapping[str, tuple[str, ...]]) -> str:
        return plain if self._generator.random() < 0.4 else self._pick(trained_names(names[plain]))

    def any_name(self) -> str:
        """The name of some thing."""
        return self.any_thing()[0]

    def any_thing(self) -> tuple[str, Wanted]:
        """A phrase for some thing, and what it says."""
        shape = int(self._generator.integers(len(SHAPES)))
        draw = self._generator.random()
        if draw < 0.3:
            names, values = survey_colours()
            drawn = int(self._generator.integers(len(names)))
            colour, rgb = names[drawn], as_rgb(values[drawn])
        else:
            plain = self._pick(tuple(COLOUR_NAMES))
            colour, rgb = self.colour_name(plain), COLOURS[plain]
        if draw > 0.93:
            return f"{colour} {self._pick(phrasing.ANYTHING)}", Wanted(rgb)
        if draw > 0.86:
            return self.shape_name(SHAPES[shape]), Wanted(shape=shape)
        return f"{colour} {self.shape_name(SHAPES[shape])}", Wanted(rgb, shape)

    def go_to(
        self, thing: str, target: Wanted, reference: Wanted | None = None, relation: str | None = None
    ) -> Instruction:
        """A sentence that sends the robot to a thing, told by a phrase such as ``ball near the red box``."""
        step = Step((Skill.GO_TO,), target=target, reference=reference, relation=relation)
        return self._to_thing(step, templates.GO_TO, thing)

    def follow(self, thing: str, target: Wanted) -> Instruction:
        """A sentence that lets the robot follow a thing."""
        return self._to_thing(Step((Skill.FOLLOW,), target=target), phrasing.FOLLOW, thing)

    def _to_thing(self, step: Step, plain: tuple[str, ...], thing: str) -> Instruction:
        others = self._of_things[step.skill]
        template = self._pick(others) if others and self._generator.random() < 0.35 else self._pick(plain)
        return self._styled(self._paced(Instruction(template.replace("{thing}", thing), (step,))))

    def sequence(self, parts: Sequence[Instruction], joints: Sequence[str] = phrasing.JOINTS) -> Instruction:
        """One sentence for several, one after another; ``joints`` are what may stand between them."""
        text = parts[0].text.rstrip(".!")
        steps = list(parts[0].steps)
        for part in parts[1:]:
            joined = self._pick(joints).format(part.text.rstrip(".!"))
            before = len(read_amounts(text + joined)) - len(read_amounts(part.text))
            steps += [replace(s, number=s.number + before if s.number else 0) for s in part.steps]
            text += joined
        if self._generator.random() < 0.15:
            return _prefixed(self._pick(phrasing.FIRST), Instruction(text, tuple(steps)))
        return Instruction(text, tuple(steps))

    def go_on_to(self, start: Instruction, thing: str, step: Step) -> Instruction:
        """A sentence that sends the robot to a thing, and to a further one without saying the verb again."""
        return self.sequence([start, Instruction(thing, (step,))], phrasing.ELLIPTIC_JOINTS)

    def motion(self) -> Instruction:
        """A turn or a move."""
        return self.turn() if self._generator.random() < 0.5 else self.move()

    def stop(self) -> Instruction:
        """A sentence that makes the robot stand."""
        return self._simple(Skill.STOP, templates.STOP)

    def describe(self) -> Instruction:
        """A sentence that asks for what the robot sees."""
        return self._simple(Skill.DESCRIBE, templates.DESCRIBE)

    def elsewhere(self) -> Instruction:
        """A sentence that sends the robot to something that its world has not."""
        place = self._pick(phrasing.ELSEWHERE)
        if self._generator.random() < 0.3:
            place = f"{place} {self._pick(phrasing.WHERE)}"
        wanted = Wanted(elsewhere=True)
        return self.go_to(place, wanted) if self._generator.random() < 0.8 else self.follow(place, wanted)

    def unable(self) -> Instruction:
        """A sentence that asks for nothing that this robot does."""
        draw = self._generator.random()
        if draw < 0.1:
            text = f"{self._pick(('turn off', 'switch off', 'turn on', 'switch on'))} {{}}"
            return self._simple(Skill.UNABLE, (text.format(self._pick(forbidden.APPLIANCES)),))
        if draw < 0.65:
            return self._simple(Skill.UNABLE, (self._handling(),))
        return self._simple(Skill.UNABLE, templates.UNABLE)

    def _handling(self) -> str:
        """What only a robot with an arm can do."""
        return self._pick(handling.HANDLING).format(
            object=self._pick(handling.OBJECTS),
            other=self._pick(handling.OBJECTS),
            place=self._pick(handling.PUT),
            room=self._pick(handling.ROOMS),
            person=self._pick(handling.PERSONS),
        )

    def refuse(self) -> Instruction:
        """A sentence that asks for harm."""
        draw = self._generator.random()
        if draw < 0.5:
            text = self._pick(forbidden.HARM).format(victim=self._pick(forbidden.VICTIMS))
        elif draw < 0.75:
            text = f"{self._pick(forbidden.DISABLE)} {self._pick(forbidden.SAFETY)}"
        else:
            text = self._pick(forbidden.RECKLESS)
        if self._generator.random() < 0.2:
            harmless = self.go_to(*self.any_thing()) if self._generator.random() < 0.7 else self.motion()
            parts = [Instruction(text, ()), replace(harmless, steps=())]
            if self._generator.random() < 0.6:
                parts.reverse()
            text = self.sequence(parts).text
        return self._simple(Skill.REFUSE, (text,))

    def harmless(self) -> Instruction:
        """A sentence that mentions what might be harmed, and means no harm."""
        text = self._pick(forbidden.HARMLESS).format(
            victim=self._pick(forbidden.VICTIMS), thing=self.any_name()
        )
        skill = (Skill.GO_TO, Skill.FOLLOW, Skill.STOP, Skill.DESCRIBE)
        return replace(self._simple(Skill.GO_TO, (text,)), steps=(Step(skill),))

    def request(self) -> Instruction:
        """A sentence of people."""
        return self.of_request(self._requests[int(self._generator.integers(len(self._requests)))])

    def of_request(self, chosen: Request) -> Instruction:
        """That sentence of people, with a thing in it where one is to be named."""
        text = chosen.text.replace("{thing}", self.any_name())
        number = position_of_number(text) if chosen.named else 0
        step = Step(chosen.skills, chosen.amount, number)
        instruction = Instruction(text, (step,))
        return self._styled(instruction) if self._generator.random() < 0.4 else instruction

    def turn(self) -> Instruction:
        """A sentence that asks for a turn on the spot."""
        sign = 1 if self._generator.random() < 0.5 else -1
        side = self._pick(templates.SIDES[sign])
        draw = self._generator.random()
        if draw < 0.2:
            return self.turn_around()
        if draw < 0.4:
            text = self._pick(templates.TURN_DEFAULT).format(side=side)
            return self._moving(text, Skill.TURN, sign * math.pi / 2)
        if draw < 0.5:
            text, amount = templates.TURN_NAMED[self._generator.integers(len(templates.TURN_NAMED))]
            return self._moving(text.format(side=side), Skill.TURN, sign * amount)
        if draw < 0.58 and self._by_skill[Skill.TURN]:
            return self._of_people(Skill.TURN)
        degrees = self._degrees()
        text = self._pick(templates.TURN_NUMBER).format(side=side, degrees=self._degree_text(degrees))
        return self._moving(text, Skill.TURN, sign * math.radians(degrees), named=True)

    def turn_around(self) -> Instruction:
        """A sentence that asks for a turn by half."""
        return self._moving(self._pick(templates.TURN_AROUND), Skill.TURN, math.pi, either_side=True)

    def move(self) -> Instruction:
        """A sentence that asks to go straight ahead or back."""
        sign = 1 if self._generator.random() < 0.5 else -1
        way = self._pick(templates.AHEAD[sign])
        draw = self._generator.random()
        if draw < 0.15:
            text = self._pick(templates.MOVE_BARE).format(way=way)
            return self._moving(text, Skill.MOVE, sign * templates.DEFAULT_METRES)
        if draw < 0.25:
            text = self._pick(templates.MOVE_LITTLE).format(way=way)
            return self._moving(text, Skill.MOVE, sign * templates.LITTLE_METRES)
        if draw < 0.32:
            return self._moving(self._pick(templates.BACK_UP), Skill.MOVE, -templates.DEFAULT_METRES)
        if draw < 0.38 and self._by_skill[Skill.MOVE]:
            return self._of_people(Skill.MOVE)
        metres, text = self._metres()
        if draw < 0.46:
            template, sign = self._pick(templates.BACK_UP_NUMBER), -1
        else:
            template = self._pick(templates.MOVE_NUMBER)
        return self._moving(template.format(way=way, metres=text), Skill.MOVE, sign * metres, named=True)

    def _of_people(self, skill: Skill) -> Instruction:
        chosen = self._by_skill[skill][int(self._generator.integers(len(self._by_skill[skill])))]
        amount = chosen.amount or 0.0
        either = skill is Skill.TURN and abs(abs(amount) - math.pi) < 1e-3
        return self._moving(chosen.text, skill, amount, chosen.named, either)

    def _moving(
        self, text: str, skill: Skill, amount: float, named: bool = False, either_side: bool = False
    ) -> Instruction:
        number = position_of_number(text) if named else 0
        step = Step((skill,), amount, number, either_side)
        return self._styled(self._paced(Instruction(text, (step,))))

    def _simple(self, skill: Skill, options: tuple[str, ...]) -> Instruction:
        text = self._pick(options).replace("{thing}", self.any_name())
        return self._styled(Instruction(text, (Step((skill,)),)))

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

    def _paced(self, instruction: Instruction) -> Instruction:
        """Now and then with a word on how fast."""
        if self._generator.random() >= _PACE_SHARE:
            return instruction
        pace = Pace.SLOW if self._generator.random() < 0.5 else Pace.FAST
        paced = replace(instruction, steps=tuple(replace(step, pace=pace) for step in instruction.steps))
        if self._generator.random() < 0.3:
            return _prefixed(self._pick(phrasing.PACE_BEFORE[pace]), paced)
        after = self._pick((" ", ", ")) + self._pick(phrasing.PACE_AFTER[pace])
        return replace(paced, text=instruction.text + after)

    def _styled(self, instruction: Instruction) -> Instruction:
        if not self._varied:
            return instruction
        if instruction.text.strip() and self._generator.random() < _BEFORE_SHARE:
            instruction = _prefixed(self._pick(phrasing.BEFORE), instruction)
        text = instruction.text
        if text.strip():
            if self._generator.random() < _AFTER_SHARE:
                text = f"{text}{self._pick((' ', ', '))}{self._pick(phrasing.AFTER)}"
            draw = self._generator.random()
            if draw < 0.1:
                text = text.capitalize()
            if draw < 0.2:
                text += self._pick((".", "!", "."))
        return replace(instruction, text=text)

    def _pick(self, options: Sequence[str]) -> str:
        return options[int(self._generator.integers(len(options)))]


def _prefixed(before: str, instruction: Instruction) -> Instruction:
    """With words before it; numbers among them count."""
    shift = len(read_amounts(before))
    steps = tuple(replace(s, number=s.number + shift if s.number else 0) for s in instruction.steps)
    return Instruction(f"{before} {instruction.text}", steps)


@functools.cache
def package_requests() -> tuple[Request, ...]:
    """The sentences that come with the package."""
    return tuple(r for path in sorted(SENTENCES.glob("*.jsonl")) for r in load_requests(path))

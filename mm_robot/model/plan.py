"""What a sentence asks for, step by step, as the language model reads it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mm_robot.model.amount import Amount
from mm_robot.model.fused_lm import END, MOST_NUMBERS, PACES, SKILLS, TextOutput
from mm_robot.types import Pace, Skill


@dataclass(frozen=True)
class PlannedStep:
    """One step: its skill, its pace, and the signed argument of a turn (rad) or a move (m)."""

    skill: Skill
    amount: float | None = None
    pace: Pace = Pace.NORMAL


def read_plan(read: TextOutput, numbers: Sequence[Amount]) -> tuple[PlannedStep, ...]:
    """The steps of a sentence, one at least; row i of ``read`` is what was read of step i.

    ``numbers`` are those of the sentence in their order. What is to be refused, or cannot be done, stands for
    the whole.
    """
    steps: list[PlannedStep] = []
    for row, kind in enumerate(read.skill.argmax(dim=1).tolist()):
        if kind == END:
            break
        skill = SKILLS[kind]
        steps.append(
            PlannedStep(skill, _amount(skill, read, row, numbers), PACES[int(read.pace[row].argmax())])
        )
    for declined in (Skill.REFUSE, Skill.UNABLE):
        if any(step.skill is declined for step in steps):
            return (PlannedStep(declined),)
    return tuple(steps) or (PlannedStep(Skill.UNABLE),)


def _amount(skill: Skill, read: TextOutput, row: int, numbers: Sequence[Amount]) -> float | None:
    """Signed; the most probable of the numbers whose unit fits, or the model's own size for none of them."""
    if skill not in (Skill.TURN, Skill.MOVE):
        return None
    turn_side, turn_size, move_side, move_size = (float(v) for v in read.amount[row])
    side, size, unit = (turn_side, turn_size, "rad") if skill is Skill.TURN else (move_side, move_size, "m")
    fitting = [0, *(i for i, number in enumerate(numbers[:MOST_NUMBERS], 1) if number.unit in (unit, ""))]
    position = max(fitting, key=lambda i: float(read.number[row, i]))
    if position:
        number = numbers[position - 1]
        in_degrees = skill is Skill.TURN and not number.unit
        size = math.radians(number.value) if in_degrees else number.value
    return math.copysign(max(0.0, size), side)

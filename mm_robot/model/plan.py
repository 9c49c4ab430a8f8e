"""What a sentence asks for, step by step, as the language model reads it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mm_robot.model.amount import Amount
from mm_robot.model.fused_lm import END, MOST_NUMBERS, PACES, SKILLS, TextOutput
from mm_robot.model.verdict import VERDICTS
from mm_robot.types import Pace, Skill

_DECLINED = [SKILLS.index(skill) for skill in VERDICTS if skill is not None]
_LEAST = 1e-6
"""A share that counts as none."""
_WEIGHT_OF_STEPS = 0.25
"""How much what is read of the steps counts beside the verdict on the whole sentence. Chosen on
benchmarks/requests/inventive.jsonl.
"""


@dataclass(frozen=True)
class PlannedStep:
    """One step: its skill, its pace, and the signed argument of a turn (rad) or a move (m)."""

    skill: Skill
    amount: float | None = None
    pace: Pace = Pace.NORMAL


def read_plan(
    read: TextOutput, numbers: Sequence[Amount], verdict: Tensor | None = None
) -> tuple[PlannedStep, ...]:
    """The steps of a sentence, one at least; row i of ``read`` is what was read of step i.

    ``numbers`` are those of the sentence in their order; ``verdict`` [verdicts] are logits of what it is as
    a whole, None where that was not read. What is to be refused, or cannot be done, stands for the whole;
    that is told by the steps and by the verdict together.
    """
    kinds = read.skill.argmax(dim=1).tolist()
    count = kinds.index(END) if END in kinds else len(kinds)
    declined = VERDICTS[int(_verdict(read, verdict, max(1, count)).argmax())]
    if declined is not None:
        return (PlannedStep(declined),)
    things_to_do = read.skill.clone()
    things_to_do[:, [*_DECLINED, END]] = -math.inf
    steps = []
    for row, kind in enumerate(things_to_do[: max(1, count)].argmax(dim=1).tolist()):
        skill = SKILLS[kind]
        steps.append(
            PlannedStep(skill, _amount(skill, read, row, numbers), PACES[int(read.pace[row].argmax())])
        )
    return tuple(steps)


def _verdict(read: TextOutput, verdict: Tensor | None, count: int) -> Tensor:
    """[verdicts] log scores, by the verdict on the whole and by that of the first ``count`` steps that is
    declined most.

    A sentence that asks for no step at all counts as one that the robot is unable to do.
    """
    shares = read.skill[:count].softmax(dim=1)
    shares[0, SKILLS.index(Skill.UNABLE)] += shares[0, END]
    declined = shares[:, _DECLINED].amax(dim=0)
    steps = torch.cat([1 - declined.sum(dim=0, keepdim=True), declined]).clamp(min=_LEAST).log()
    if verdict is None:
        return steps
    return _WEIGHT_OF_STEPS * steps + verdict.log_softmax(dim=0)


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

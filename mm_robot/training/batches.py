"""Turns situations and sentences into the tensors that the model and its losses take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mm_robot.data.instructions import Instruction, Step, Wanted
from mm_robot.data.requests import ALLOWED
from mm_robot.model.fused_lm import END, MOST_NUMBERS, PACES, SKILLS
from mm_robot.model.thing_tokens import SHAPES_TOLD
from mm_robot.training.losses import ActionBatch, TextBatch, WantedBatch
from mm_robot.training.situations import Situation
from mm_robot.types import RELATIONS, Skill

_NO_STEP = Step((), amount=None)
_ANY_SHAPE, _NO_SHAPE = SHAPES_TOLD, SHAPES_TOLD + 1


def text_batch(instructions: Sequence[Instruction], steps: Sequence[int]) -> TextBatch:
    """What each sentence asks for in the step of that index, which may lie beyond its last."""
    asked = [i.steps[s] if s < len(i.steps) else _NO_STEP for i, s in zip(instructions, steps, strict=True)]
    skill = torch.zeros(len(asked), END + 1, dtype=torch.bool)
    for row, (instruction, step) in enumerate(zip(instructions, asked, strict=True)):
        skill[row, [SKILLS.index(s) for s in step.skills] or _after(instruction)] = True
    return TextBatch(
        skill=skill,
        amount=torch.tensor([step.amount or 0.0 for step in asked], dtype=torch.float32),
        turn=torch.tensor([_asks_for(step, Skill.TURN) for step in asked]),
        move=torch.tensor([_asks_for(step, Skill.MOVE) for step in asked]),
        number=torch.tensor([min(step.number, MOST_NUMBERS) for step in asked]),
        either=torch.tensor([step.either_side for step in asked]),
        pace=torch.tensor([PACES.index(step.pace) for step in asked]),
        valid=torch.tensor([bool(step.skills) for step in asked]),
        relation=torch.tensor([_relation(step) for step in asked]),
        wanted=_wanted_batch(asked),
    )


def _after(instruction: Instruction) -> list[int]:
    """What may come after the last step that is known: the end, or anything where that step left it open."""
    is_open = instruction.steps[-1:] and len(instruction.steps[-1].skills) > 1
    return [*(SKILLS.index(s) for s in ALLOWED), END] if is_open else [END]


def _wanted_batch(asked: Sequence[Step]) -> WantedBatch:
    things = [(step.target, step.reference) for step in asked]
    return WantedBatch(
        told=torch.tensor([[thing is not None for thing in pair] for pair in things]),
        rgb=torch.tensor([[_rgb(thing) or (0.0, 0.0, 0.0) for thing in pair] for pair in things]),
        painted=torch.tensor([[_rgb(thing) is not None for thing in pair] for pair in things]),
        shape=torch.tensor([[_shape(thing) for thing in pair] for pair in things]),
    )


def _rgb(thing: Wanted | None) -> tuple[float, float, float] | None:
    return None if thing is None else thing.rgb


def _shape(thing: Wanted | None) -> int:
    if thing is None or (thing.shape is None and not thing.elsewhere):
        return _ANY_SHAPE
    return _NO_SHAPE if thing.shape is None else thing.shape


def _relation(step: Step) -> int:
    return 0 if step.relation is None else 1 + RELATIONS.index(step.relation)


def _asks_for(step: Step, skill: Skill) -> bool:
    return step.skills == (skill,) and step.amount is not None


def action_batch(rows: Sequence[Situation]) -> ActionBatch:
    """What the expert does, and about which thing."""
    return ActionBatch(
        meant=torch.tensor([r.meant for r in rows]),
        reference=torch.tensor([r.reference for r in rows]),
        actions=_stack([r.actions for r in rows]),
        outcome=torch.tensor([r.outcome for r in rows]),
    )


def given(rows: Sequence[Situation]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the model is given of them: things, which are present, state, step."""
    return (
        _stack([r.things for r in rows]),
        _stack([r.present for r in rows]),
        _stack([r.state for r in rows]),
        torch.tensor([r.step for r in rows]),
    )


def _stack(arrays: Sequence[npt.NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(arrays))

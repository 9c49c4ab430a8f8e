"""Turns rows into the tensors that the model and its losses take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mm_robot.data.instructions import Instruction
from mm_robot.model.fused_lm import SKILLS
from mm_robot.training.losses import ActionBatch, SceneBatch, TextBatch
from mm_robot.training.samples import Row, SceneTargets
from mm_robot.types import Skill


def scene_batch(targets: Sequence[SceneTargets]) -> SceneBatch:
    """Stack the scene targets."""
    return SceneBatch(
        presence=_stack([t.presence for t in targets]),
        shape=_stack([t.shape for t in targets]),
        colour=_stack([t.colour for t in targets]),
        box=_stack([t.box for t in targets]),
    )


def text_batch(instructions: Sequence[Instruction]) -> TextBatch:
    """Stack what the sentences ask for."""
    return TextBatch(
        skill=torch.tensor([SKILLS.index(i.skill) for i in instructions]),
        amount=torch.tensor([i.amount for i in instructions], dtype=torch.float32),
        turn=torch.tensor([i.skill is Skill.TURN for i in instructions]),
        move=torch.tensor([i.skill is Skill.MOVE for i in instructions]),
        named=torch.tensor([i.named for i in instructions]),
        either=torch.tensor([i.either_side for i in instructions]),
    )


def action_batch(rows: Sequence[Row]) -> ActionBatch:
    """Stack what the expert does."""
    return ActionBatch(
        grounding=_stack([r.grounding for r in rows]),
        actions=_stack([r.actions for r in rows]),
        outcome=torch.tensor([r.outcome for r in rows]),
    )


def state_batch(rows: Sequence[Row]) -> Tensor:
    """Stack the states, [B, STATE_SIZE]."""
    return _stack([r.state for r in rows])


def _stack(arrays: Sequence[npt.NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(arrays))

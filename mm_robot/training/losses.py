"""The losses of the heads."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from mm_robot.model.fused_lm import FusedOutput, TextOutput
from mm_robot.model.heads import SceneOutput
from mm_robot.training.samples import IGNORE

DONE_WEIGHT = 2.0


@dataclass
class SceneBatch:
    """Targets of the scene head: ``presence`` [B, N], ``shape``, ``colour`` [B, N], ``box`` [B, N, 4]."""

    presence: Tensor
    shape: Tensor
    colour: Tensor
    box: Tensor


@dataclass
class TextBatch:
    """Targets of what is read from a sentence: ``skill`` [B] index; ``amount`` [B] signed, rad or m;
    ``turn``, ``move`` [B] bool; ``named`` [B] bool, the number stands in the text; ``either`` [B] bool,
    the side is free.
    """

    skill: Tensor
    amount: Tensor
    turn: Tensor
    move: Tensor
    named: Tensor
    either: Tensor


@dataclass
class ActionBatch:
    """Targets of grounding and actions: ``grounding`` [B, N + 1] shares; ``actions`` [B, CHUNK, 2];
    ``outcome`` [B] index.
    """

    grounding: Tensor
    actions: Tensor
    outcome: Tensor


def scene_losses(output: SceneOutput, target: SceneBatch) -> dict[str, Tensor]:
    """Presence, shape, colour and box."""
    weight = output.presence.new_tensor(4.0)
    presence = functional.binary_cross_entropy_with_logits(
        output.presence, target.presence, pos_weight=weight
    )
    shape = functional.cross_entropy(output.shape.flatten(0, 1), target.shape.flatten(), ignore_index=IGNORE)
    colour = functional.cross_entropy(
        output.colour.flatten(0, 1), target.colour.flatten(), ignore_index=IGNORE
    )
    labelled = target.shape != IGNORE
    box = functional.l1_loss(output.box[labelled], target.box[labelled])
    return {"presence": 5 * presence, "shape": shape, "colour": colour, "box": 10 * box}


def text_losses(output: TextOutput, target: TextBatch) -> dict[str, Tensor]:
    """Skill, direction and the amounts that a sentence leaves open."""
    losses = {"skill": functional.cross_entropy(output.skill, target.skill)}
    positive = (target.amount > 0).float()
    turn_side, turn_size, move_side, move_size = output.amount.unbind(1)
    sided = target.turn & ~target.either
    losses["side"] = _masked(
        functional.binary_cross_entropy_with_logits(turn_side, positive, reduction="none"), sided
    )
    losses["side"] = losses["side"] + _masked(
        functional.binary_cross_entropy_with_logits(move_side, positive, reduction="none"), target.move
    )
    size = target.amount.abs()
    losses["amount"] = _masked((turn_size - size).abs(), target.turn & ~target.named) + _masked(
        (move_size - size).abs(), target.move & ~target.named
    )
    return losses


def action_losses(output: FusedOutput, target: ActionBatch) -> dict[str, Tensor]:
    """Grounding, action chunk and outcome."""
    none = output.scene.grounding.new_zeros(len(output.scene.grounding), 1)
    shares = torch.cat([output.scene.grounding, none], dim=1).log_softmax(dim=1)
    grounding = -(target.grounding * shares).sum(dim=1).mean()
    steps = output.actions.new_tensor([2.0, 1.5, 1.0, 0.75, 0.75])[None, :, None]
    actions = (
        functional.smooth_l1_loss(output.actions, target.actions, beta=0.1, reduction="none") * steps
    ).mean()
    weights = output.outcome.new_tensor([1.0, DONE_WEIGHT, DONE_WEIGHT])
    outcome = functional.cross_entropy(output.outcome, target.outcome, weight=weights)
    return {"grounding": grounding, "actions": 8 * actions, "outcome": outcome}


def _masked(loss: Tensor, mask: Tensor) -> Tensor:
    return (loss * mask).sum() / mask.sum().clamp_min(1)

"""The losses of what the language model reads, grounds and does."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional

from mm_robot.model.fused_lm import FusedOutput, TextOutput
from mm_robot.model.heads import WantedOutput

DONE_WEIGHT = 2.0


@dataclass
class WantedBatch:
    """What sentences say of the thing to go to and of the one it is told by (the second index): ``told``
    [B, 2] bool, there is one; ``rgb`` [B, 2, 3]; ``painted`` [B, 2] bool, its colour is told; ``shape``
    [B, 2] index.
    """

    told: Tensor
    rgb: Tensor
    painted: Tensor
    shape: Tensor


@dataclass
class TextBatch:
    """Targets of what is read of a step: ``skill`` [B, skills + 1] bool, the classes that are right;
    ``amount`` [B] signed, rad or m; ``turn``, ``move`` [B] bool, the skill is certain and its amount known;
    ``number`` [B] index, 0 for none; ``either`` [B] bool, the side is free; ``pace`` [B] index; ``valid`` [B]
    bool, there is such a step; ``relation`` [B] index, 0 for none; ``wanted`` what it says of things.
    """

    skill: Tensor
    amount: Tensor
    turn: Tensor
    move: Tensor
    number: Tensor
    either: Tensor
    pace: Tensor
    valid: Tensor
    relation: Tensor
    wanted: WantedBatch


@dataclass
class ActionBatch:
    """Targets of grounding and actions: ``meant``, ``reference`` [B] index; ``actions`` [B, CHUNK, 2];
    ``outcome`` [B] index.
    """

    meant: Tensor
    reference: Tensor
    actions: Tensor
    outcome: Tensor


def text_losses(output: TextOutput, target: TextBatch) -> dict[str, Tensor]:
    """Skill, direction, pace, amount, and what is said of things."""
    right = output.skill.masked_fill(~target.skill, -1e9).logsumexp(dim=1)
    skill = (output.skill.logsumexp(dim=1) - right).mean()
    positive = (target.amount > 0).float()
    turn_side, turn_size, move_side, move_size = output.amount.unbind(1)
    side = _masked(_side_loss(turn_side, positive), target.turn & ~target.either)
    side = side + _masked(_side_loss(move_side, positive), target.move)
    size = target.amount.abs()
    open_amount = target.number == 0
    amount = _masked((turn_size - size).abs(), target.turn & open_amount)
    amount = amount + _masked((move_size - size).abs(), target.move & open_amount)
    number = functional.cross_entropy(output.number, target.number, reduction="none")
    pace = functional.cross_entropy(output.pace, target.pace, reduction="none")
    relation = functional.cross_entropy(output.relation, target.relation, reduction="none")
    return {
        "skill": 2 * skill,
        "side": side,
        "amount": amount,
        "number": _masked(number, target.turn | target.move),
        "pace": _masked(pace, target.valid),
        "relation": _masked(relation, target.valid),
        "wanted": _wanted_loss(output.wanted, target.wanted),
    }


def _wanted_loss(output: WantedOutput, target: WantedBatch) -> Tensor:
    """Colour and shape of the things that a sentence tells of."""
    painted = functional.binary_cross_entropy_with_logits(
        output.painted, target.painted.float(), reduction="none"
    )
    rgb = functional.smooth_l1_loss(output.rgb, target.rgb, beta=0.05, reduction="none").sum(dim=-1)
    shape = functional.cross_entropy(output.shape.transpose(1, 2), target.shape, reduction="none")
    return (
        _masked(painted, target.told)
        + 4 * _masked(rgb, target.told & target.painted)
        + _masked(shape, target.told)
    )


def action_losses(output: FusedOutput, target: ActionBatch) -> dict[str, Tensor]:
    """The thing meant, the thing that it is told by, action chunk and outcome."""
    steps = output.actions.new_tensor([2.0, 1.5, 1.0, 0.75, 0.75])[None, :, None]
    actions = (
        functional.smooth_l1_loss(output.actions, target.actions, beta=0.1, reduction="none") * steps
    ).mean()
    weights = output.outcome.new_tensor([1.0, DONE_WEIGHT, DONE_WEIGHT])
    return {
        "meant": 2 * functional.cross_entropy(output.meant, target.meant),
        "reference": functional.cross_entropy(output.reference, target.reference),
        "actions": 8 * actions,
        "outcome": functional.cross_entropy(output.outcome, target.outcome, weight=weights),
    }


def _side_loss(logit: Tensor, positive: Tensor) -> Tensor:
    return functional.binary_cross_entropy_with_logits(logit, positive, reduction="none")


def _masked(loss: Tensor, mask: Tensor) -> Tensor:
    return (loss * mask).sum() / mask.sum().clamp_min(1)

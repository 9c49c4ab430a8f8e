"""The losses of the scene head."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from mm_robot.model.scene_head import SceneOutput
from mm_robot.training.scene_targets import IGNORE, SceneBatch


def scene_losses(output: SceneOutput, target: SceneBatch) -> dict[str, Tensor]:
    """Presence, shape, colour, box, place, paint, distance and size, each where it is meant."""
    labelled = target.shape != IGNORE
    shape = functional.cross_entropy(output.shape[labelled], target.shape[labelled])
    colour = functional.cross_entropy(output.colour[labelled], target.colour[labelled], ignore_index=IGNORE)
    box = _box_loss(output.box[labelled], target.box[labelled])
    smooth = {
        name: functional.smooth_l1_loss(
            getattr(output, name)[labelled], getattr(target, name)[labelled], beta=0.05
        )
        for name in ("across", "rgb", "distance", "radius")
    }
    return {
        "presence": _presence_loss(output.presence, target.presence),
        "shape": shape,
        "colour": colour,
        "box": box,
        "across": 4 * smooth["across"],
        "rgb": 4 * smooth["rgb"],
        "distance": 2 * smooth["distance"],
        "radius": smooth["radius"],
    }


def _presence_loss(logit: Tensor, target: Tensor) -> Tensor:
    """The focal loss of points (CornerNet, Law and Deng 2018)."""
    probability = logit.sigmoid().clamp(1e-4, 1 - 1e-4)
    centre = target == 1.0
    found = -((1 - probability) ** 2 * probability.log())[centre].sum()
    false = -((1 - target) ** 4 * probability**2 * (1 - probability).log())[~centre].sum()
    return (found + false) / centre.sum().clamp_min(1)


def _box_loss(box: Tensor, target: Tensor) -> Tensor:
    """1 - GIoU (Rezatofighi et al. 2019)."""
    shared = _area(torch.maximum(box[:, :2], target[:, :2]), torch.minimum(box[:, 2:], target[:, 2:]))
    hull = _area(torch.minimum(box[:, :2], target[:, :2]), torch.maximum(box[:, 2:], target[:, 2:]))
    union = _area(box[:, :2], box[:, 2:]) + _area(target[:, :2], target[:, 2:]) - shared
    overlap = shared / union.clamp_min(1e-9)
    return (1 - overlap + (hull - union) / hull.clamp_min(1e-9)).mean()


def _area(low: Tensor, high: Tensor) -> Tensor:
    return (high - low).clamp_min(0).prod(dim=-1)

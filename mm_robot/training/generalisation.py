"""What keeps a policy from learning its training data by heart, each part of it by choice."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mm_robot.model.heads import WantedOutput
from mm_robot.model.thing_tokens import PAINT, SHAPE, SHAPES_TOLD
from mm_robot.training.losses import WantedBatch

_ALIKE = 0.25
"""Two colours that are nearer than this (sRGB) may have the same name."""
_SPREAD = 0.15
"""sRGB; how far off a colour that is told may be."""


@dataclass(frozen=True)
class Generalisation:
    """``images``, ``sentences`` and ``sounds`` say whether these are varied (light, noise and mirroring;
    politeness and noise on the words' embeddings; noise and rooms). ``adversarial`` above 0 has the eye learn
    from image embeddings, too, that were moved by that share of their spread to where it tells least
    (Goodfellow et al. 2015). ``consistency`` is the weight of a loss by which what a phrase says is nearer to
    the thing meant than to the things of other rooms. ``demonstrations`` above 0 is the number of different
    situations, and as many sentences, that `fuse` learns from: those of few, time and again.
    """

    images: bool = True
    sentences: bool = True
    sounds: bool = True
    adversarial: float = 0.0
    consistency: float = 0.0
    demonstrations: int = 0


BY_DEFAULT = Generalisation()


def consistency_loss(told: WantedOutput, target: WantedBatch, things: Tensor, meant: Tensor) -> Tensor:
    """How much nearer what a phrase says of a thing is to things of other rooms than to those it may mean.

    A contrastive loss over a batch (Khosla et al. 2020), both from phrases to things and back. ``things`` [B,
    N, THING_FEATURES], ``meant`` [B] the index of the thing meant, N for none, are those of the first B
    phrases; only rows count in which there is one whose colour and shape the phrase tells.
    """
    said_of = slice(len(meant))
    full = (meant < things.shape[1]) & target.told[said_of, 0] & target.painted[said_of, 0]
    rows = (full & (target.shape[said_of, 0] < SHAPES_TOLD)).nonzero().flatten()
    if len(rows) < 2:
        return told.rgb.sum() * 0.0
    seen = things[rows, meant[rows]]
    shapes, paint = seen[:, SHAPE], (seen[:, PAINT] + 1) / 2
    said = told.shape[rows, 0, :SHAPES_TOLD].log_softmax(dim=1)
    off = torch.cdist(told.rgb[rows, 0], paint).square() / (2 * _SPREAD**2)
    near = said @ shapes.T - off
    alike = torch.cdist(target.rgb[rows, 0], paint) < _ALIKE
    fits = alike & (target.shape[rows, 0, None] == shapes.argmax(dim=1)[None])
    return _contrast(near, fits) + _contrast(near.T, fits.T)


def _contrast(near: Tensor, fits: Tensor) -> Tensor:
    """The mean of -log of the share of what fits, over the rows in which anything does."""
    some = fits.any(dim=1)
    if not some.any():
        return near.sum() * 0.0
    right = near.masked_fill(~fits, -1e9).logsumexp(dim=1)
    return (near.logsumexp(dim=1) - right)[some].mean()

"""Which thing is meant: of which colour and shape it is to be, and how it is to stand to others."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mm_robot.model.heads import WantedOutput
from mm_robot.model.thing_tokens import AROUND_START, GEOMETRY, PAINT, SHAPE, SHAPES_TOLD
from mm_robot.types import RELATIONS

_RELATED = 7
_MATCH = 8
_FAR = 3.0
"""More than any distance or size, in the units of the features."""
_RADIUS, _START_DISTANCE = GEOMETRY - 1, AROUND_START.stop - 1
_NEAR_COLOUR = 0.25
"""sRGB distance at which a colour hardly counts as the one that is said."""


class GroundingHead(nn.Module):
    """Which thing is meant, and which other thing it is told by ("the ball left of the green box")."""

    def __init__(self, width: int, inner: int = 128) -> None:
        super().__init__()
        self.asks = nn.Linear(width, 2 * inner)
        self.answers = nn.Linear(width, 2 * inner)
        self.nothing = nn.Linear(2 * width, 2)
        self.relate = nn.Sequential(
            nn.Linear(2 * inner + _RELATED + _MATCH + 2 + 1 + len(RELATIONS), inner),
            nn.GELU(),
            nn.Linear(inner, 1),
        )
        self.refer = nn.Sequential(nn.Linear(2 * inner + _MATCH, inner), nn.GELU(), nn.Linear(inner, 1))

    def forward(
        self,
        things: Tensor,
        features: Tensor,
        present: Tensor,
        skill: Tensor,
        action: Tensor,
        wanted: WantedOutput,
        relation: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Logits of the thing meant and of the reference, [B, N + 1] each; the last is for none.

        ``things`` [B, N, width] after the language model, their ``features`` and which are ``present``
        [B, N]; the readouts ``skill`` and ``action`` [B, width]; what is ``wanted``, and by which
        ``relation`` [B, relations + 1] (logits) to others.
        """
        none = self.nothing(torch.cat([skill, action], dim=-1)).float()
        asks = self.asks(skill).float().unsqueeze(1).expand(-1, things.shape[1], -1)
        ask, ask_reference = asks.chunk(2, dim=-1)
        answer, answer_reference = self.answers(things).float().chunk(2, dim=-1)
        match, match_reference = (_match(features, wanted, index) for index in range(2))
        reference = self.refer(torch.cat([answer_reference, ask_reference, match_reference], dim=-1))
        reference = _with_none(reference.squeeze(-1), present, none[:, 1:])
        shares = reference.softmax(dim=-1)
        related = self._related(features, shares)
        members = _members(match, present) * (1 - shares[:, :-1])
        told = relation.detach().softmax(dim=-1).unsqueeze(1).expand(-1, things.shape[1], -1)
        holds = _holds(features * present[..., None], related * present[..., None], members)
        asked = told[..., 1:] * holds
        compared = torch.cat(
            [members.unsqueeze(-1), told[..., :1], asked, asked.sum(-1, keepdim=True)], dim=-1
        )
        meant = self.relate(torch.cat([answer, ask, related, match, compared], dim=-1))
        return _with_none(meant.squeeze(-1), present, none[:, :1]), reference

    @staticmethod
    def _related(features: Tensor, reference: Tensor) -> Tensor:
        """[B, N, 7]: where each thing is as seen by who stands at the start and looks at the reference."""
        around = features[..., AROUND_START]
        weights = reference[:, :-1]
        there = torch.einsum("bn,bnf->bf", weights, around).unsqueeze(1)
        is_there = weights.sum(dim=1)[:, None, None].expand(*around.shape[:2], 1)
        sine, cosine = around[..., :1], around[..., 1:2]
        other_sine, other_cosine = there[..., :1], there[..., 1:2]
        left = sine * other_cosine - cosine * other_sine
        ahead = cosine * other_cosine + sine * other_sine
        apart = around[..., 2:4] - there[..., 2:4]
        distance = apart.norm(dim=-1, keepdim=True)
        further = around[..., 4:5] - there[..., 4:5]
        return torch.cat([left, ahead, apart, distance, further, is_there], dim=-1)


def _match(features: Tensor, wanted: WantedOutput, index: int) -> Tensor:
    """[B, N, 8]: how each thing differs in colour from what is wanted, and how well its shape fits."""
    off = (features[..., PAINT] + 1) / 2 - wanted.rgb[:, index : index + 1]
    painted = wanted.painted[:, index, None, None].sigmoid().expand(*off.shape[:2], 1)
    shape = wanted.shape[:, index].softmax(dim=-1)
    fits = torch.einsum("bns,bs->bn", features[..., SHAPE], shape[:, :SHAPES_TOLD]).unsqueeze(-1)
    open_or_other = shape[:, None, SHAPES_TOLD:].expand(*off.shape[:2], 2)
    distance = (off.square().sum(dim=-1, keepdim=True) + 1e-6).sqrt()
    return torch.cat([off[..., :2], distance, painted, distance * painted, fits, open_or_other], dim=-1)


def _members(match: Tensor, present: Tensor) -> Tensor:
    """[B, N]: how well each thing is of the colour and shape that is said, among which it may be compared."""
    distance, painted, fits, any_shape = match[..., 2], match[..., 3], match[..., 5], match[..., 6]
    colour = 1 - painted + painted * torch.exp(-(distance / _NEAR_COLOUR).square())
    return ((fits + any_shape).clamp(max=1.0) * colour * present).detach()


def _holds(features: Tensor, related: Tensor, members: Tensor) -> Tensor:
    """[B, N, relations]: how clearly each relation holds for each thing, -1 to 1: that it lies on that side
    of the reference; by how much it is the least or the greatest of the members in its distance from the
    reference, in how far it was at the start, in its radius.
    """
    left, apart = related[..., 0], related[..., 4]
    far, radius = features[..., _START_DISTANCE], features[..., _RADIUS]
    compared = [apart, far, far, radius, radius]
    signs = torch.tensor([-1.0, -1.0, 1.0, 1.0, -1.0], device=left.device)
    values = signs * torch.stack(compared, dim=-1)
    outside = _FAR * (1 - members)[:, None, :, None]
    itself = _FAR * torch.eye(members.shape[1], device=left.device)[None, :, :, None]
    margins = values - (values[:, None] - outside - itself).amax(dim=2)
    return (4 * torch.cat([left.unsqueeze(-1), -left.unsqueeze(-1), margins], dim=-1)).clamp(-1.0, 1.0)


def _with_none(logits: Tensor, present: Tensor, none: Tensor) -> Tensor:
    return torch.cat([logits.masked_fill(~present, -1e4), none], dim=1)

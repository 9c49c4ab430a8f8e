"""What the scene head should say of a labelled frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mm_robot.data.frames import NOTHING, FrameLabels
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.geometry import fraction_across
from mm_robot.model.scene_head import CELLS
from mm_robot.types import FloatArray

LABELLED_PIXELS = 12
IGNORE = -100
NEIGHBOUR = 0.7
"""How far a thing's centre reaches, as a share of half its box: near it, saying "centre" costs less."""


@dataclass(frozen=True)
class SceneTargets:
    """``presence`` [CELLS] 1 at a thing's centre, less around it; ``shape``, ``colour`` [CELLS] class or
    IGNORE; the others as in ``SceneOutput``, meant where ``shape`` is not IGNORE.
    """

    presence: FloatArray
    shape: npt.NDArray[np.int64]
    colour: npt.NDArray[np.int64]
    box: FloatArray
    across: FloatArray
    rgb: FloatArray
    distance: FloatArray
    radius: FloatArray


@dataclass
class SceneBatch:
    """The same for B frames, as tensors [B, CELLS, ...]."""

    presence: Tensor
    shape: Tensor
    colour: Tensor
    box: Tensor
    across: Tensor
    rgb: Tensor
    distance: Tensor
    radius: Tensor


_COLUMNS = (np.arange(GRID_COLUMNS) + 0.5) / GRID_COLUMNS
_ROWS = (np.arange(GRID_ROWS) + 0.5) / GRID_ROWS


def scene_targets(labels: FrameLabels, mirrored: bool = False) -> SceneTargets:
    """The labels of a frame on the grid; ``mirrored`` for the same frame with left and right exchanged."""
    seen = labels.pixels >= LABELLED_PIXELS
    cells = labels.cells.copy()
    boxes = labels.box.copy()
    across = np.array([fraction_across(float(b)) for b in labels.bearing], np.float32)
    if mirrored:
        cells = cells[:, ::-1].copy()
        boxes[:, [0, 2]] = 1.0 - boxes[:, [2, 0]]
        across = 1.0 - across
    presence: FloatArray = np.zeros((GRID_ROWS, GRID_COLUMNS), np.float32)
    for index in np.flatnonzero(seen)[np.argsort(labels.pixels[seen])]:
        row, column = _centre_cell(boxes[index])
        np.maximum(presence, _peak(boxes[index]), out=presence)
        presence[row, column] = 1.0
        cells[row, column] = index
    thing = cells.reshape(CELLS)
    covered = thing != NOTHING
    covered[covered] = seen[thing[covered]]
    owner = np.where(covered, thing, 0)
    if not len(labels):
        return _nothing(presence.reshape(CELLS))
    colour = np.where(covered, labels.colour.astype(np.int64)[owner], NOTHING)
    return SceneTargets(
        presence=presence.reshape(CELLS),
        shape=np.where(covered, labels.shape.astype(np.int64)[owner], IGNORE),
        colour=np.where(colour == NOTHING, IGNORE, colour),
        box=boxes[owner].astype(np.float32),
        across=across[owner],
        rgb=labels.rgb[owner],
        distance=np.log(np.maximum(labels.distance[owner], 0.05)).astype(np.float32),
        radius=np.log(labels.radius[owner]).astype(np.float32),
    )


def scene_batch(targets: Sequence[SceneTargets]) -> SceneBatch:
    """Stack the targets of B frames."""
    return SceneBatch(
        **{
            name: torch.from_numpy(np.stack([getattr(t, name) for t in targets]))
            for name in SceneBatch.__dataclass_fields__
        }
    )


def _nothing(presence: FloatArray) -> SceneTargets:
    none = np.full(CELLS, IGNORE, np.int64)
    zeros = np.zeros(CELLS, np.float32)
    return SceneTargets(
        presence=presence,
        shape=none,
        colour=none,
        box=np.zeros((CELLS, 4), np.float32),
        across=zeros,
        rgb=np.zeros((CELLS, 3), np.float32),
        distance=zeros,
        radius=zeros,
    )


def _peak(box: FloatArray) -> FloatArray:
    """A bell around the box's centre (CornerNet, Law and Deng 2018)."""
    left, top, right, bottom = (float(v) for v in box)
    wide = max(NEIGHBOUR * (right - left) / 2, 0.5 / GRID_COLUMNS)
    high = max(NEIGHBOUR * (bottom - top) / 2, 0.5 / GRID_ROWS)
    x = ((_COLUMNS - (left + right) / 2) / wide) ** 2
    y = ((_ROWS - (top + bottom) / 2) / high) ** 2
    bell: FloatArray = np.exp(-2.0 * (y[:, None] + x[None, :])).astype(np.float32)
    return 0.95 * bell


def _centre_cell(box: FloatArray) -> tuple[int, int]:
    left, top, right, bottom = (float(v) for v in box)
    column = min(GRID_COLUMNS - 1, int((left + right) / 2 * GRID_COLUMNS))
    return min(GRID_ROWS - 1, int((top + bottom) / 2 * GRID_ROWS)), column

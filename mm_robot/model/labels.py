"""Scene labels from the scene head's grid: the best label of each object, without doubles."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.heads import SceneOutput
from mm_robot.types import FloatArray, SceneLabel

SCORE_THRESHOLD = 0.5
OVERLAP_THRESHOLD = 0.5


def scene_labels(
    scene: SceneOutput,
    shapes: tuple[str, ...],
    colours: tuple[str, ...],
    threshold: float = SCORE_THRESHOLD,
) -> tuple[SceneLabel, ...]:
    """The labels of one image (batch row 0), most certain first."""
    presence = scene.presence[0].sigmoid().cpu().numpy()
    shape = scene.shape[0].softmax(-1).cpu().numpy()
    colour = scene.colour[0].softmax(-1).cpu().numpy()
    boxes = scene.box[0].clamp(0, 1).cpu().numpy()
    attention = scene.attention[0].cpu().numpy()
    score = presence * shape.max(-1) * colour.max(-1)
    kept: list[int] = []
    for cell in np.argsort(-score):
        if score[cell] < threshold:
            break
        if all(overlap(boxes[cell], boxes[other]) < OVERLAP_THRESHOLD for other in kept):
            kept.append(int(cell))
    return tuple(
        SceneLabel(
            colour=colours[int(colour[cell].argmax())],
            shape=shapes[int(shape[cell].argmax())],
            box=(float(boxes[cell][0]), float(boxes[cell][1]), float(boxes[cell][2]), float(boxes[cell][3])),
            score=float(score[cell]),
            target=_share_inside(attention, boxes[cell]),
        )
        for cell in kept
    )


def overlap(first: FloatArray, second: FloatArray) -> float:
    """Intersection over union of two boxes (left, top, right, bottom)."""
    left, top = np.maximum(first[:2], second[:2])
    right, bottom = np.minimum(first[2:], second[2:])
    shared = max(0.0, float(right - left)) * max(0.0, float(bottom - top))
    areas = [float((b[2] - b[0]) * (b[3] - b[1])) for b in (first, second)]
    return shared / max(sum(areas) - shared, 1e-9)


def _share_inside(attention: npt.NDArray[np.float32], box: FloatArray) -> float:
    """How much of the thing meant lies in the cells that a box touches."""
    shares = attention.reshape(GRID_ROWS, GRID_COLUMNS)
    left, right = int(box[0] * GRID_COLUMNS), int(np.ceil(box[2] * GRID_COLUMNS))
    top, bottom = int(box[1] * GRID_ROWS), int(np.ceil(box[3] * GRID_ROWS))
    return float(shares[top : max(bottom, top + 1), left : max(right, left + 1)].sum())

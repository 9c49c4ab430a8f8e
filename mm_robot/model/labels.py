"""Scene labels from what is seen, and where in the image the thing meant is thought to be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mm_robot.model.memory import Sighting
from mm_robot.types import FloatArray, SceneLabel

SCORE_THRESHOLD = 0.5
ATTRIBUTION_ROWS, ATTRIBUTION_COLUMNS = 12, 16


def scene_labels(
    seen: Sequence[Sighting],
    shapes: tuple[str, ...],
    colours: tuple[str, ...],
    targets: Sequence[float] | None = None,
    threshold: float = SCORE_THRESHOLD,
) -> tuple[SceneLabel, ...]:
    """The labels of one image, most certain first; ``targets`` is how likely each thing is the one meant."""
    labels = [
        SceneLabel(
            colour=colours[int(np.argmax(thing.colour))],
            shape=shapes[int(np.argmax(thing.shape))],
            box=thing.box,
            score=thing.score * max(thing.shape) * max(thing.colour),
            target=0.0 if targets is None else targets[index],
        )
        for index, thing in enumerate(seen)
    ]
    return tuple(sorted((x for x in labels if x.score >= threshold), key=lambda label: -label.score))


def attribution(seen: Sequence[Sighting], targets: Sequence[float]) -> FloatArray:
    """[ATTRIBUTION_ROWS, ATTRIBUTION_COLUMNS] how likely each patch of the image shows the thing meant."""
    grid = np.zeros((ATTRIBUTION_ROWS, ATTRIBUTION_COLUMNS), np.float32)
    for thing, target in zip(seen, targets, strict=True):
        left, top, right, bottom = thing.box
        rows = slice(int(top * ATTRIBUTION_ROWS), max(int(np.ceil(bottom * ATTRIBUTION_ROWS)), 1))
        columns = slice(int(left * ATTRIBUTION_COLUMNS), max(int(np.ceil(right * ATTRIBUTION_COLUMNS)), 1))
        grid[rows, columns] = np.maximum(grid[rows, columns], target)
    return grid

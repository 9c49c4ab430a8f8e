from __future__ import annotations

import numpy as np
import pytest
import torch

from mm_robot.model.heads import CELLS, SceneOutput
from mm_robot.model.labels import overlap, scene_labels

SHAPES = ("ball", "box")
COLOURS = ("red", "blue")


def scene(cells: dict[int, tuple[int, int, tuple[float, float, float, float]]]) -> SceneOutput:
    """A scene with a certain label in each of the given cells: shape, colour, box."""
    presence = torch.full((1, CELLS), -9.0)
    shape, colour = torch.zeros(1, CELLS, 2), torch.zeros(1, CELLS, 2)
    box = torch.zeros(1, CELLS, 4)
    for cell, (shape_index, colour_index, corners) in cells.items():
        presence[0, cell] = 9.0
        shape[0, cell, shape_index] = colour[0, cell, colour_index] = 9.0
        box[0, cell] = torch.tensor(corners)
    return SceneOutput(presence, shape, colour, box, torch.full((1, CELLS), -9.0))


def test_each_object_is_labelled_once() -> None:
    corners = (0.1, 0.1, 0.3, 0.3)
    nearly = (0.11, 0.1, 0.31, 0.3)
    labels = scene_labels(
        scene({20: (0, 0, corners), 21: (0, 0, nearly), 90: (1, 1, (0.6, 0.4, 0.8, 0.6))}), SHAPES, COLOURS
    )
    assert sorted(label.name for label in labels) == ["blue box", "red ball"]


def test_nothing_certain_gives_no_label() -> None:
    assert scene_labels(scene({}), SHAPES, COLOURS) == ()


def test_boxes_stay_in_the_picture() -> None:
    (label,) = scene_labels(scene({0: (0, 0, (-0.2, -0.1, 0.3, 1.4))}), SHAPES, COLOURS)
    assert label.box == pytest.approx((0.0, 0.0, 0.3, 1.0))


def test_overlap_of_boxes() -> None:
    box = np.array([0.0, 0.0, 1.0, 1.0], np.float32)
    assert overlap(box, box) == pytest.approx(1.0)
    assert overlap(box, np.array([0.5, 0.0, 1.5, 1.0], np.float32)) == pytest.approx(1 / 3)
    assert overlap(box, np.array([2.0, 2.0, 3.0, 3.0], np.float32)) == 0.0

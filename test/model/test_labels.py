from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from mm_robot.model.geometry import HALF_HEIGHT_TANGENT
from mm_robot.model.labels import attribution, scene_labels
from mm_robot.model.scene_head import CELLS, SceneOutput
from mm_robot.model.sightings import overlap, sightings
from mm_robot.types import USUAL_MOUNT, CameraMount, SceneLabel

SHAPES = ("ball", "box", "cylinder", "cone")
COLOURS = ("red", "blue")
Corners = tuple[float, float, float, float]


def scene(cells: dict[int, tuple[int, int, Corners]]) -> SceneOutput:
    """A scene with a certain thing in each of the given cells: shape, colour, box."""
    presence = torch.full((1, CELLS), -9.0)
    shape, colour = torch.zeros(1, CELLS, len(SHAPES)), torch.zeros(1, CELLS, len(COLOURS))
    box, across = torch.zeros(1, CELLS, 4), torch.zeros(1, CELLS)
    for cell, (shape_index, colour_index, corners) in cells.items():
        presence[0, cell] = 9.0
        shape[0, cell, shape_index] = colour[0, cell, colour_index] = 9.0
        box[0, cell] = torch.tensor(corners)
        across[0, cell] = (corners[0] + corners[2]) / 2
    rgb = torch.full((1, CELLS, 3), 0.5)
    distance, radius = torch.full((1, CELLS), math.log(2.0)), torch.full((1, CELLS), math.log(0.2))
    return SceneOutput(presence, shape, colour, box, across, rgb, distance, radius)


def foot_of(distance: float, radius: float, mount: CameraMount) -> float:
    """Where the box of a thing ends, as a share of the image's height."""
    below = math.atan2(mount.height, distance - 0.9 * radius)
    return 0.504 + math.tan(below + mount.tilt) / (2 * HALF_HEIGHT_TANGENT)


def named(seen: SceneOutput) -> tuple[SceneLabel, ...]:
    return scene_labels(sightings(seen), SHAPES, COLOURS)


def test_each_object_is_labelled_once() -> None:
    corners, nearly = (0.1, 0.1, 0.3, 0.3), (0.11, 0.1, 0.31, 0.3)
    labels = named(scene({20: (0, 0, corners), 23: (0, 0, nearly), 90: (1, 1, (0.6, 0.4, 0.8, 0.6))}))
    assert sorted(label.name for label in labels) == ["blue box", "red ball"]


def test_nothing_certain_gives_no_label() -> None:
    assert named(scene({})) == ()


def test_boxes_stay_in_the_picture() -> None:
    (label,) = named(scene({0: (0, 0, (-0.2, -0.1, 0.3, 1.4))}))
    assert label.box == pytest.approx((0.0, 0.0, 0.3, 1.0))


def test_a_sighting_tells_where_a_thing_is() -> None:
    (left,) = sightings(scene({5: (0, 0, (0.0, 0.4, 0.2, foot_of(2.0, 0.2, USUAL_MOUNT)))}))
    assert left.distance == pytest.approx(2.0)
    assert left.radius == pytest.approx(0.2)
    assert left.bearing == pytest.approx(math.atan(0.4 * 2 * math.tan(math.radians(35))))


def test_the_patches_of_the_thing_meant_are_marked() -> None:
    seen = sightings(scene({5: (0, 0, (0.0, 0.0, 0.5, 0.5)), 700: (1, 1, (0.5, 0.5, 1.0, 1.0))}))
    targets = [0.9 if thing.box[0] == 0.0 else 0.1 for thing in seen]
    grid = attribution(seen, targets)
    assert grid[:6, :8].min() == pytest.approx(0.9)
    assert grid[6:, 8:].max() == pytest.approx(0.1)
    assert grid[:6, 8:].max() == 0.0


def test_overlap_of_boxes() -> None:
    box = np.array([0.0, 0.0, 1.0, 1.0], np.float32)
    assert overlap(box, box) == pytest.approx(1.0)
    assert overlap(box, np.array([0.5, 0.0, 1.5, 1.0], np.float32)) == pytest.approx(1 / 3)
    assert overlap(box, np.array([2.0, 2.0, 3.0, 3.0], np.float32)) == 0.0


def test_a_thing_of_which_a_part_is_seen_is_placed_less_certainly() -> None:
    def error(corners: Corners, mount: CameraMount = USUAL_MOUNT) -> float:
        (seen,) = sightings(scene({5: (0, 0, corners)}), mount=mount)
        return seen.error

    foot = foot_of(2.0, 0.2, USUAL_MOUNT)
    whole, at_the_side = error((0.1, 0.4, 0.3, foot)), error((0.0, 0.4, 0.2, foot))
    without_foot = error((0.1, 0.4, 0.3, 0.99))
    assert whole < at_the_side < without_foot
    assert error((0.1, 0.4, 0.3, 0.99), CameraMount(tilt=0.2)) > without_foot


@pytest.mark.parametrize("distance", [1.5, 2.0, 2.6])
@pytest.mark.parametrize(("height", "tilt"), [(0.3, 0.0), (0.58, 0.0), (0.16, 0.0), (0.3, 0.2), (0.3, -0.2)])
def test_how_the_camera_sits_tells_how_far_off_a_thing_is_that_meets_the_floor(
    height: float, tilt: float, distance: float
) -> None:
    mount = CameraMount(height, tilt)
    (seen,) = sightings(scene({5: (0, 0, (0.0, 0.4, 0.2, foot_of(distance, 0.2, mount)))}), mount=mount)
    told_by_eye = 2.0
    assert abs(seen.distance - distance) <= 0.9 * abs(told_by_eye - distance) + 1e-3
    assert seen.radius / seen.distance == pytest.approx(0.2 / told_by_eye)


@pytest.mark.parametrize("foot", [1.0, 0.99, 0.5, 0.4])
def test_the_eye_alone_tells_it_where_no_foot_is_seen(foot: float) -> None:
    mount = CameraMount(0.58, 0.0)
    (seen,) = sightings(scene({5: (0, 0, (0.0, 0.2, 0.2, foot))}), mount=mount)
    assert seen.distance == pytest.approx(2.0)

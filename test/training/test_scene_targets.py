from __future__ import annotations

import numpy as np
import pytest
import torch

from mm_robot.data.frames import FrameDataset
from mm_robot.data.generate import generate
from mm_robot.model.geometry import bearing_at, fraction_across
from mm_robot.model.scene_head import SceneOutput
from mm_robot.model.sightings import sightings
from mm_robot.sim.scene import EVALUATION_SEEDS
from mm_robot.training.scene_losses import scene_losses
from mm_robot.training.scene_targets import IGNORE, SceneBatch, scene_batch, scene_targets
from mm_robot.types import CameraMount


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> FrameDataset:
    folder = tmp_path_factory.mktemp("frames")
    list(generate(folder, 48, EVALUATION_SEEDS, workers=1))
    return FrameDataset([folder])


def perfect(target: SceneBatch) -> SceneOutput:
    """What a scene head that knows the truth would say."""

    def certain(index: torch.Tensor, classes: int) -> torch.Tensor:
        known = torch.nn.functional.one_hot(index.clamp(min=0), classes).float()
        return 20 * known

    return SceneOutput(
        presence=torch.where(target.presence == 1, 12.0, -12.0),
        shape=certain(target.shape, 4),
        colour=certain(target.colour, 8),
        box=target.box,
        across=target.across,
        rgb=target.rgb,
        distance=target.distance,
        radius=target.radius,
    )


SEES_NO_FLOOR = CameraMount(tilt=1.5)
"""So that the eye alone tells distances."""


def test_the_truth_has_no_loss_and_reads_back_as_the_things_in_view(dataset: FrameDataset) -> None:
    found = 0
    for index in range(len(dataset)):
        labels = dataset.labels(index)
        batch = scene_batch([scene_targets(labels)])
        if not (batch.shape != IGNORE).any():
            continue
        output = perfect(batch)
        named = (batch.colour != IGNORE).any()
        losses = {k: float(v) for k, v in scene_losses(output, batch).items() if k != "colour" or named}
        assert max(losses.values()) < 0.01, losses
        for seen in sightings(output, mount=SEES_NO_FLOOR):
            nearest = int(np.argmin(np.abs(labels.distance - seen.distance)))
            assert seen.distance == pytest.approx(float(labels.distance[nearest]), rel=1e-3)
            assert seen.bearing == pytest.approx(float(labels.bearing[nearest]), abs=2e-3)
            found += 1
    assert found > 30


def test_a_mirrored_frame_has_mirrored_targets(dataset: FrameDataset) -> None:
    for index in range(len(dataset)):
        plain, mirrored = (perfect(scene_batch([scene_targets(dataset.labels(index), m)])) for m in (0, 1))
        seen = sorted((s.distance, s.bearing, s.box[0]) for s in sightings(plain))
        other = sorted((s.distance, -s.bearing, 1 - s.box[2]) for s in sightings(mirrored))
        if len(seen) == len(other):
            np.testing.assert_allclose(seen, other, atol=1e-3)


def test_a_wrong_guess_costs_more_the_further_it_is_off(dataset: FrameDataset) -> None:
    index = next(i for i in range(len(dataset)) if (dataset.labels(i).pixels > 400).any())
    batch = scene_batch([scene_targets(dataset.labels(index))])
    output = perfect(batch)
    losses = []
    for shift in (0.0, 0.02, 0.1):
        output.box = batch.box + shift
        losses.append(float(scene_losses(output, batch)["box"]))
    assert losses[0] < losses[1] < losses[2]


def test_bearings_and_places_in_the_image_agree() -> None:
    for bearing in (-0.6, -0.2, 0.0, 0.3):
        assert bearing_at(fraction_across(bearing)) == pytest.approx(bearing)
    assert fraction_across(0.3) < 0.5 < fraction_across(-0.3)
    assert fraction_across(np.deg2rad(35)) == pytest.approx(0.0, abs=1e-6)

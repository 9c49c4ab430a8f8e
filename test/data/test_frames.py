from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mm_robot.data.frames import GRID_COLUMNS, GRID_ROWS, FrameDataset, FrameLabels, FrameWriter
from mm_robot.data.generate import generate
from mm_robot.errors import InputError
from mm_robot.model.scan import SECTORS
from mm_robot.sim.scene import EVALUATION_SEEDS


def labels(count: int) -> FrameLabels:
    return FrameLabels(
        shape=np.arange(count, dtype=np.uint8),
        colour=np.arange(count, dtype=np.uint8),
        distance=np.ones(count, np.float32),
        bearing=np.zeros(count, np.float32),
        radius=np.full(count, 0.2, np.float32),
        pixels=np.full(count, 100, np.int32),
        box=np.tile(np.array([0.1, 0.2, 0.3, 0.4], np.float32), (count, 1)),
        coverage=np.zeros((count, GRID_ROWS, GRID_COLUMNS), np.uint8),
        ranges=np.full(SECTORS, 2.5, np.float32),
    )


def test_frames_come_back_as_they_were_written(tmp_path: Path) -> None:
    writer = FrameWriter(tmp_path, {})
    image = np.zeros((192, 256, 3), np.uint8)
    image[:, :128] = (200, 30, 30)
    writer.add(image, labels(3))
    writer.add(image, labels(0))
    writer.flush(0)
    dataset = FrameDataset([tmp_path])
    assert len(dataset) == 2
    assert np.abs(dataset.image(0).astype(int) - image).mean() < 3
    assert len(dataset.labels(0)) == 3 and len(dataset.labels(1)) == 0
    assert dataset.labels(0).box[2].tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert (dataset.labels(1).ranges == 2.5).all()


def test_a_missing_or_broken_shard_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mm_robot generate"):
        FrameDataset([tmp_path])
    (tmp_path / "frames-00000.npz").write_bytes(b"not an archive")
    with pytest.raises(InputError, match=r"frames-00000\.npz"):
        FrameDataset([tmp_path])


def test_more_things_than_a_frame_holds_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at most 10"):
        FrameWriter(tmp_path, {}).add(np.zeros((8, 8, 3), np.uint8), labels(11))


def test_training_data_never_takes_a_seed_of_the_evaluation(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="for evaluation"):
        next(generate(tmp_path, 8, EVALUATION_SEEDS - 1, workers=1))


def test_generated_labels_agree_with_the_picture(tmp_path: Path) -> None:
    assert list(generate(tmp_path, 24, EVALUATION_SEEDS, workers=1)) == [24]
    dataset = FrameDataset([tmp_path])
    boxes = 0
    for index in range(len(dataset)):
        truth = dataset.labels(index)
        for thing in np.flatnonzero(truth.pixels > 200):
            left, _, right, _ = truth.box[thing]
            middle = (left + right) / 2
            whole = left > 0.02 and right < 0.98 and truth.coverage[thing].max() == 255
            if whole and truth.distance[thing] > 0.8:
                boxes += 1
                assert np.tan(truth.bearing[thing]) == pytest.approx((0.5 - middle) * 2 * 0.7002, abs=0.08)
    assert boxes > 0


def test_generated_ranges_show_what_stands_near(tmp_path: Path) -> None:
    list(generate(tmp_path, 32, EVALUATION_SEEDS, workers=1))
    dataset = FrameDataset([tmp_path])
    near = 0
    for index in range(len(dataset)):
        truth = dataset.labels(index)
        for distance, bearing, radius in zip(truth.distance, truth.bearing, truth.radius, strict=True):
            if distance < 0.8:
                near += 1
                sector = int((bearing + np.pi) / (2 * np.pi) * SECTORS) % SECTORS
                assert distance - radius - 0.02 < truth.ranges[sector] < distance
    assert near > 0


def test_generation_goes_on_where_it_stopped(tmp_path: Path) -> None:
    list(generate(tmp_path, 8, EVALUATION_SEEDS, workers=1))
    before = (tmp_path / "frames-00000.npz").stat().st_mtime_ns
    assert list(generate(tmp_path, 8, EVALUATION_SEEDS, workers=1)) == [8]
    assert (tmp_path / "frames-00000.npz").stat().st_mtime_ns == before

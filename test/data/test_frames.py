from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mm_robot.data.frames import NOTHING, FrameDataset, FrameLabels, FrameWriter
from mm_robot.data.generate import generate
from mm_robot.errors import InputError
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.sim.scene import COLOURS, EVALUATION_SEEDS


def labels(count: int) -> FrameLabels:
    return FrameLabels(
        shape=np.arange(count, dtype=np.uint8),
        colour=np.arange(count, dtype=np.uint8),
        distance=np.ones(count, np.float32),
        bearing=np.zeros(count, np.float32),
        radius=np.full(count, 0.2, np.float32),
        pixels=np.full(count, 100, np.int32),
        box=np.tile(np.array([0.1, 0.2, 0.3, 0.4], np.float32), (count, 1)),
        rgb=np.full((count, 3), 0.5, np.float32),
        cells=np.full((GRID_ROWS, GRID_COLUMNS), NOTHING, np.uint8),
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
    assert (dataset.labels(1).cells == NOTHING).all()


def test_a_missing_or_broken_shard_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mm_robot generate"):
        FrameDataset([tmp_path])
    (tmp_path / "frames-00000.npz").write_bytes(b"not an archive")
    with pytest.raises(InputError, match=r"frames-00000\.npz"):
        FrameDataset([tmp_path])


def written(folder: Path) -> dict[str, np.ndarray]:
    writer = FrameWriter(folder, {})
    for level in (40, 90, 140, 190):
        writer.add(np.full((48, 64, 3), level, np.uint8), labels(2))
    with np.load(writer.flush(0), allow_pickle=False) as archive:
        return {name: archive[name].copy() for name in archive.files}


def spoiled_number(arrays: dict[str, np.ndarray]) -> None:
    arrays["distance"][2, 1] = np.nan


def spoiled_picture(arrays: dict[str, np.ndarray]) -> None:
    arrays["jpeg"][arrays["offsets"][2]] = 0


def spoiled_count(arrays: dict[str, np.ndarray]) -> None:
    arrays["count"][2] = 99


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoiled_number, "distance is not finite"),
        (spoiled_picture, "its picture is no whole JPEG"),
        (spoiled_count, "it tells of 99 things"),
    ],
)
def test_a_broken_frame_is_named_or_skipped(
    tmp_path: Path, spoil: Callable[[dict[str, np.ndarray]], None], reason: str
) -> None:
    arrays = written(tmp_path)
    spoil(arrays)
    np.savez(tmp_path / "frames-00000.npz", **arrays)
    with pytest.raises(InputError, match=rf"frames-00000\.npz: frame 2: {reason}.*broken_files: skip"):
        FrameDataset([tmp_path])
    dataset = FrameDataset([tmp_path], skip_broken=True)
    assert len(dataset) == 3 and len(dataset.skipped) == 1 and reason in dataset.skipped[0]
    assert [round(float(dataset.image(i).mean())) for i in range(3)] == [40, 90, 190]


def test_numbers_of_another_kind_or_length_are_named(tmp_path: Path) -> None:
    arrays = written(tmp_path)
    for spoiled in (
        arrays | {"box": arrays["box"][:3]},
        arrays | {"radius": arrays["radius"].astype(np.float64)},
        arrays | {"offsets": arrays["offsets"][::-1]},
    ):
        np.savez(tmp_path / "frames-00000.npz", **spoiled)
        with pytest.raises(InputError, match=r"frames-00000\.npz: (box|radius|the JPEG data)"):
            FrameDataset([tmp_path], skip_broken=True)


def test_a_data_set_of_broken_frames_alone_is_refused(tmp_path: Path) -> None:
    arrays = written(tmp_path)
    arrays["rgb"][:] = np.inf
    np.savez(tmp_path / "frames-00000.npz", **arrays)
    with pytest.raises(InputError, match="no whole frame"):
        FrameDataset([tmp_path], skip_broken=True)


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
            whole = left > 0.02 and right < 0.98
            alone = (truth.cells == thing).sum() > 6
            if whole and alone and truth.distance[thing] > 0.8:
                boxes += 1
                assert np.tan(truth.bearing[thing]) == pytest.approx((0.5 - middle) * 2 * 0.7002, abs=0.08)
    assert boxes > 0


def test_cells_show_the_thing_that_covers_them(tmp_path: Path) -> None:
    list(generate(tmp_path, 32, EVALUATION_SEEDS, workers=1))
    dataset = FrameDataset([tmp_path])
    shown = 0
    for index in range(len(dataset)):
        truth = dataset.labels(index)
        rows, columns = np.nonzero(truth.cells != NOTHING)
        for row, column in zip(rows, columns, strict=True):
            left, top, right, bottom = truth.box[truth.cells[row, column]]
            assert left - 0.03 <= (column + 0.5) / GRID_COLUMNS <= right + 0.03
            assert top - 0.03 <= (row + 0.5) / GRID_ROWS <= bottom + 0.03
            shown += 1
    assert shown > 100


def test_only_colours_that_look_like_their_name_are_labelled_with_it(tmp_path: Path) -> None:
    list(generate(tmp_path, 64, EVALUATION_SEEDS, workers=1))
    dataset = FrameDataset([tmp_path])
    base = np.array(list(COLOURS.values()))
    nameless = 0
    for index in range(len(dataset)):
        truth = dataset.labels(index)
        named = truth.colour != NOTHING
        nameless += int((~named).sum())
        assert np.abs(truth.rgb[named] - base[truth.colour[named]]).max(initial=0) < 0.08
    assert nameless > 0


def test_generation_goes_on_where_it_stopped(tmp_path: Path) -> None:
    list(generate(tmp_path, 8, EVALUATION_SEEDS, workers=1))
    before = (tmp_path / "frames-00000.npz").stat().st_mtime_ns
    assert list(generate(tmp_path, 8, EVALUATION_SEEDS, workers=1)) == [8]
    assert (tmp_path / "frames-00000.npz").stat().st_mtime_ns == before

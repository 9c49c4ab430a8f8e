"""Labelled camera frames on disk: what the policy learns to see and to act on.

A data set is a folder of shards ``frames-00000.npz`` and a ``dataset.json``. A shard holds F
frames with up to ``MAX_THINGS`` things each, as plain arrays (nothing is pickled).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mm_robot.data.shards import FIELDS, MAX_THINGS, Shard, read_shard
from mm_robot.errors import InputError
from mm_robot.types import ImageArray

NOTHING = 255
"""The number of no thing in ``cells``, and of no name among colours."""
JPEG_QUALITY = 95
FORMAT = 3

_OF_FRAME = ("count", "cells")
"""Fields that a frame has once, not for each thing."""


@dataclass(frozen=True)
class FrameLabels:
    """What stands around the robot in one frame, a row for each thing.

    ``shape``, ``colour`` [N] indices into the scene's names, ``NOTHING`` for a colour without a name;
    ``distance`` m and ``bearing`` rad from the robot, ``radius`` m; ``rgb`` [N, 3] sRGB in [0, 1];
    ``pixels`` [N] visible area in the frame as stored; ``box`` [N, 4] (left, top, right, bottom) as
    fractions; ``cells`` [GRID_ROWS, GRID_COLUMNS] the thing that covers most of each grid cell, or
    ``NOTHING``.
    """

    shape: npt.NDArray[np.uint8]
    colour: npt.NDArray[np.uint8]
    distance: npt.NDArray[np.float32]
    bearing: npt.NDArray[np.float32]
    radius: npt.NDArray[np.float32]
    rgb: npt.NDArray[np.float32]
    pixels: npt.NDArray[np.int32]
    box: npt.NDArray[np.float32]
    cells: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.shape)


class FrameWriter:
    """Collects frames and writes them as shards; a shard is complete or absent, never half."""

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self._folder = folder
        self._description = description
        folder.mkdir(parents=True, exist_ok=True)
        self._images: list[npt.NDArray[np.uint8]] = []
        self._rows: dict[str, list[Any]] = {name: [] for name in FIELDS}

    def add(self, image: ImageArray, labels: FrameLabels) -> None:
        """Add one frame, [H, W, 3] uint8 RGB as the policy is given it."""
        if len(labels) > MAX_THINGS:
            raise InputError(f"a frame holds at most {MAX_THINGS} things, got {len(labels)}")
        parameters = [
            cv2.IMWRITE_JPEG_QUALITY,
            JPEG_QUALITY,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
            cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
        ]
        _, encoded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), parameters)
        self._images.append(encoded.reshape(-1))
        for name, (dtype, shape) in FIELDS.items():
            row: npt.NDArray[Any] = np.zeros(shape, dtype)
            if name == "count":
                row = np.asarray(len(labels), dtype)
            else:
                values = getattr(labels, name)
                row[: len(values)] = values
            self._rows[name].append(row)

    def __len__(self) -> int:
        return len(self._images)

    def flush(self, index: int) -> Path:
        """Write what was collected as shard ``index``."""
        path = self._folder / f"frames-{index:05d}.npz"
        arrays: dict[str, Any] = {name: np.stack(rows) for name, rows in self._rows.items()}
        arrays["jpeg"] = np.concatenate(self._images)
        arrays["offsets"] = np.cumsum([0] + [len(i) for i in self._images])
        temporary = path.with_suffix(".partial")
        with temporary.open("wb") as stream:
            np.savez(stream, **arrays)
        temporary.replace(path)
        (self._folder / "dataset.json").write_text(
            json.dumps({"format": FORMAT, **self._description}, indent=1)
        )
        self._images = []
        self._rows = {name: [] for name in FIELDS}
        return path


class FrameDataset:
    """All frames of some folders, held in memory as JPEG; ``skipped`` says what was left out, and why.

    Raises:
        InputError: a folder holds no data set, a shard is broken or, unless ``skip_broken``, a frame is; the
            message names file and row.
    """

    def __init__(self, folders: Sequence[Path], skip_broken: bool = False) -> None:
        self._shards: list[Shard] = []
        self.skipped: list[str] = []
        for folder in folders:
            paths = sorted(folder.glob("frames-*.npz"))
            if not paths:
                raise InputError(
                    f"{folder} holds no frames; make some with: mm_robot generate --out {folder}"
                )
            for path in paths:
                shard, left_out = read_shard(path, skip_broken)
                self._shards.append(shard)
                self.skipped += left_out
        sizes = [len(shard) for shard in self._shards]
        if not sum(sizes):
            raise InputError(f"{folders[0]} holds no whole frame; generate the data set again")
        self._fields = {name: np.concatenate([s.fields[name] for s in self._shards]) for name in FIELDS}
        self._shard_of = np.repeat(np.arange(len(sizes)), sizes)
        self._first = np.concatenate([[0], np.cumsum(sizes)])

    def __len__(self) -> int:
        return len(self._shard_of)

    def image(self, index: int) -> ImageArray:
        """One frame, [H, W, 3] uint8 RGB."""
        shard = self._shards[self._shard_of[index]]
        row = index - self._first[self._shard_of[index]]
        decoded = cv2.imdecode(shard.jpeg[shard.begin[row] : shard.end[row]], cv2.IMREAD_COLOR)
        if decoded is None:
            raise InputError(
                f"{shard.path}: frame {shard.rows[row]}: its picture cannot be decoded; "
                "generate the data set again"
            )
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)

    def labels(self, index: int) -> FrameLabels:
        """What stands around the robot in one frame."""
        count = int(self._fields["count"][index])
        of_things = {name: self._fields[name][index, :count] for name in FIELDS if name not in _OF_FRAME}
        return FrameLabels(**of_things, cells=self._fields["cells"][index])

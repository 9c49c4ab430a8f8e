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

from mm_robot.errors import InputError
from mm_robot.model.scan import SECTORS
from mm_robot.sim.scene import ROBOT_RADIUS
from mm_robot.types import ImageArray

MAX_THINGS = 10
GRID_ROWS, GRID_COLUMNS = 12, 16
JPEG_QUALITY = 95
FORMAT = 2

_FIELDS: dict[str, tuple[type, tuple[int, ...]]] = {
    "count": (np.uint8, ()),
    "shape": (np.uint8, (MAX_THINGS,)),
    "colour": (np.uint8, (MAX_THINGS,)),
    "distance": (np.float32, (MAX_THINGS,)),
    "bearing": (np.float32, (MAX_THINGS,)),
    "radius": (np.float32, (MAX_THINGS,)),
    "pixels": (np.int32, (MAX_THINGS,)),
    "box": (np.float32, (MAX_THINGS, 4)),
    "coverage": (np.uint8, (MAX_THINGS, GRID_ROWS, GRID_COLUMNS)),
    "ranges": (np.float32, (SECTORS,)),
}
_OF_FRAME = ("count", "ranges")
"""Fields that a frame has once, not for each thing."""


@dataclass(frozen=True)
class FrameLabels:
    """What stands around the robot in one frame, a row for each thing.

    ``shape``, ``colour`` [N] indices into the scene's names; ``distance`` m and ``bearing`` rad
    from the robot, ``radius`` m; ``pixels`` [N] visible area in the frame as stored; ``box`` [N, 4]
    (left, top, right, bottom) as fractions; ``coverage`` [N, GRID_ROWS, GRID_COLUMNS] uint8, 255
    where a thing fills a grid cell. ``ranges`` [SECTORS] m is what the range finder sees around the
    robot (``sector_ranges``).
    """

    shape: npt.NDArray[np.uint8]
    colour: npt.NDArray[np.uint8]
    distance: npt.NDArray[np.float32]
    bearing: npt.NDArray[np.float32]
    radius: npt.NDArray[np.float32]
    pixels: npt.NDArray[np.int32]
    box: npt.NDArray[np.float32]
    coverage: npt.NDArray[np.uint8]
    ranges: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.shape)


class FrameWriter:
    """Collects frames and writes them as shards; a shard is complete or absent, never half."""

    def __init__(self, folder: Path, description: dict[str, Any]) -> None:
        self._folder = folder
        self._description = description
        folder.mkdir(parents=True, exist_ok=True)
        self._images: list[npt.NDArray[np.uint8]] = []
        self._rows: dict[str, list[Any]] = {name: [] for name in _FIELDS}

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
        for name, (dtype, shape) in _FIELDS.items():
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
        self._rows = {name: [] for name in _FIELDS}
        return path


class FrameDataset:
    """All frames of a folder, held in memory as JPEG.

    Raises:
        InputError: the folder holds no data set, or a shard is broken; the message names the file.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        shards: list[dict[str, npt.NDArray[Any]]] = []
        for folder in folders:
            paths = sorted(folder.glob("frames-*.npz"))
            if not paths:
                raise InputError(
                    f"{folder} holds no frames; make some with: mm_robot generate --out {folder}"
                )
            shards += [_read_shard(path) for path in paths]
        self._fields = {name: np.concatenate([s[name] for s in shards]) for name in _FIELDS}
        self._jpeg = [s["jpeg"] for s in shards]
        self._offsets = [s["offsets"] for s in shards]
        sizes = np.array([len(s["count"]) for s in shards])
        self._shard_of = np.repeat(np.arange(len(shards)), sizes)
        self._first = np.concatenate([[0], np.cumsum(sizes)])
        self._tight: dict[float, npt.NDArray[np.int64]] = {}

    def __len__(self) -> int:
        return len(self._shard_of)

    def image(self, index: int) -> ImageArray:
        """One frame, [H, W, 3] uint8 RGB."""
        shard = self._shard_of[index]
        row = index - self._first[shard]
        begin, end = self._offsets[shard][row : row + 2]
        decoded = cv2.imdecode(self._jpeg[shard][begin:end], cv2.IMREAD_COLOR)
        if decoded is None:
            raise InputError(
                f"frame {index} of shard {shard} is not a readable JPEG; generate the data set again"
            )
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)

    def tight(self, gap: float) -> npt.NDArray[np.int64]:
        """The numbers of the frames in which a thing ahead or beside is nearer than ``gap`` m."""
        if gap not in self._tight:
            own = np.arange(MAX_THINGS) < self._fields["count"][:, None]
            room = self._fields["distance"] - self._fields["radius"] - ROBOT_RADIUS
            near = own & (room < gap) & (np.abs(self._fields["bearing"]) < np.pi / 2)
            self._tight[gap] = np.flatnonzero(near.any(axis=1))
        return self._tight[gap]

    def labels(self, index: int) -> FrameLabels:
        """What stands around the robot in one frame."""
        count = int(self._fields["count"][index])
        of_things = {name: self._fields[name][index, :count] for name in _FIELDS if name not in _OF_FRAME}
        return FrameLabels(**of_things, ranges=self._fields["ranges"][index])


def _read_shard(path: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            shard = {name: archive[name] for name in [*_FIELDS, "jpeg", "offsets"]}
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is not a readable shard ({error}); delete it and generate again") from error
    frames = len(shard["count"])
    for name, (_, shape) in _FIELDS.items():
        if shard[name].shape != (frames, *shape):
            raise InputError(f"{path}: {name} has shape {shard[name].shape}, expected {(frames, *shape)}")
    if len(shard["offsets"]) != frames + 1 or shard["offsets"][-1] != len(shard["jpeg"]):
        raise InputError(f"{path}: the JPEG data does not fit its offsets; delete it and generate again")
    return shard

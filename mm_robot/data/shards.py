"""Reads the shards of a data set of frames, and names what is wrong with them by file and row."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mm_robot.errors import InputError
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS

MAX_THINGS = 10
FIELDS: dict[str, tuple[type, tuple[int, ...]]] = {
    "count": (np.uint8, ()),
    "shape": (np.uint8, (MAX_THINGS,)),
    "colour": (np.uint8, (MAX_THINGS,)),
    "distance": (np.float32, (MAX_THINGS,)),
    "bearing": (np.float32, (MAX_THINGS,)),
    "radius": (np.float32, (MAX_THINGS,)),
    "rgb": (np.float32, (MAX_THINGS, 3)),
    "pixels": (np.int32, (MAX_THINGS,)),
    "box": (np.float32, (MAX_THINGS, 4)),
    "cells": (np.uint8, (GRID_ROWS, GRID_COLUMNS)),
}
"""What a shard holds of each frame, beside its JPEG."""
_JPEG_BEGINS, _JPEG_ENDS = b"\xff\xd8", b"\xff\xd9"

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Shard:
    """``fields`` as in ``FIELDS``, a row for each frame; the JPEG of frame i is ``jpeg[begin[i] : end[i]]``;
    ``rows`` are the frames' rows in the file.
    """

    path: Path
    fields: dict[str, Array]
    jpeg: npt.NDArray[np.uint8]
    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)


def read_shard(path: Path, skip_broken: bool = False) -> tuple[Shard, list[str]]:
    """A shard, and what was left out of it and why.

    Raises:
        InputError: the file is no shard or, unless broken frames are skipped, a frame is broken; the message
            names file and row.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in [*FIELDS, "jpeg", "offsets"]}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} is not a readable shard ({error}); delete it and generate again") from error
    frames = len(arrays["count"])
    for name, (dtype, shape) in FIELDS.items():
        if arrays[name].shape != (frames, *shape) or arrays[name].dtype != dtype:
            raise InputError(
                f"{path}: {name} is {arrays[name].dtype} {arrays[name].shape}, "
                f"expected {np.dtype(dtype)} {(frames, *shape)}"
            )
    jpeg, offsets = arrays["jpeg"], arrays["offsets"]
    if (
        len(offsets) != frames + 1
        or offsets[0] != 0
        or offsets[-1] != len(jpeg)
        or (np.diff(offsets) < 0).any()
    ):
        raise InputError(f"{path}: the JPEG data does not fit its offsets; delete it and generate again")
    broken = {row: why for row in range(frames) if (why := _fault(arrays, row))}
    named = [f"{path}: frame {row}: {why}" for row, why in broken.items()]
    if named and not skip_broken:
        raise InputError(f"{named[0]}; generate the data set again, or set broken_files: skip")
    kept = np.array([row for row in range(frames) if row not in broken], np.int64)
    fields = {name: arrays[name][kept] for name in FIELDS}
    return Shard(path, fields, jpeg, offsets[:-1][kept], offsets[1:][kept], kept), named


def _fault(arrays: dict[str, Array], row: int) -> str:
    """What is wrong with a frame; empty where nothing is."""
    count = int(arrays["count"][row])
    if count > MAX_THINGS:
        return f"it tells of {count} things, there are at most {MAX_THINGS}"
    for name, (dtype, _) in FIELDS.items():
        if dtype is np.float32 and not np.isfinite(arrays[name][row][:count]).all():
            return f"{name} is not finite"
    begin, end = arrays["offsets"][row : row + 2]
    data = arrays["jpeg"][begin:end].tobytes()
    if not (data.startswith(_JPEG_BEGINS) and data.endswith(_JPEG_ENDS)):
        return "its picture is no whole JPEG"
    return ""

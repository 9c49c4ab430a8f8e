"""Images or sounds in a folder with a folder for each class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from mm_robot.data.words import SUFFIXES as SOUND_SUFFIXES
from mm_robot.data.words import read_sound
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.speech.spectrogram import LogMelSpectrogram
from mm_robot.types import FloatArray

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
IMAGES, SOUNDS = "images", "sounds"
SHORTEST_SIDE = 8
"""Pixels; a smaller image holds nothing to tell apart."""

Array = npt.NDArray[Any]
_SPECTROGRAM = LogMelSpectrogram()


@dataclass(frozen=True)
class Examples:
    """``inputs`` [N, 3, size, size] uint8 RGB, or [N, 1, bands, T] float16 log energies; ``labels`` [N]
    indices into ``classes``; ``files`` N; ``skipped`` what was left out, and why.
    """

    inputs: Array
    labels: npt.NDArray[np.int64]
    classes: tuple[str, ...]
    files: tuple[Path, ...]
    skipped: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, rows: npt.NDArray[np.bool_]) -> Examples:
        """Some of them."""
        files = tuple(file for file, kept in zip(self.files, rows, strict=True) if kept)
        return Examples(self.inputs[rows], self.labels[rows], self.classes, files, self.skipped)


def read_images(folder: Path, size: int, skip_broken: bool, classes: tuple[str, ...] = ()) -> Examples:
    """Images, scaled to fit a square of ``size`` pixels, with grey around them.

    ``classes`` are those that there may be; those that the folder has where they are left out.

    Raises:
        InputError: there are no classes, one is empty, or, unless broken files are skipped, a file is no
            image; the message names it.
    """
    return _read(folder, IMAGE_SUFFIXES, lambda path: read_image(path, size), skip_broken, classes)


def read_sounds(folder: Path, seconds: float, skip_broken: bool, classes: tuple[str, ...] = ()) -> Examples:
    """Sounds as log-mel spectrograms of their first ``seconds`` s, with silence after shorter ones.

    Raises:
        InputError: as ``read_images``.
    """
    return _read(
        folder, SOUND_SUFFIXES, lambda path: read_sound_energies(path, seconds), skip_broken, classes
    )


def fold_of(file: Path) -> int:
    """The fold that a file belongs to, by the number before the first hyphen of its name.

    Raises:
        InputError: its name does not begin so.
    """
    number, hyphen, _ = file.name.partition("-")
    if not hyphen or not number.isdigit():
        raise InputError(
            f"{file}: its name tells no fold; begin it with a number and a hyphen (1-rain.flac), "
            "or give a folder for validation in the place of folds"
        )
    return int(number)


def _read(
    folder: Path,
    suffixes: tuple[str, ...],
    load: Callable[[Path], Array],
    skip_broken: bool,
    classes: tuple[str, ...],
) -> Examples:
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; give one that holds a folder for each class")
    found = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))
    if unknown := set(found) - set(classes or found):
        raise InputError(
            f"{folder / sorted(unknown)[0]} is of a class that is not trained; there are {', '.join(classes)}"
        )
    classes = classes or found
    if len(classes) < 2:
        raise InputError(f"{folder} holds {len(found)} classes; give a folder for each of at least two")
    inputs: list[Array] = []
    labels: list[int] = []
    files: list[Path] = []
    skipped: list[str] = []
    listed = [(c, p) for c in found for p in sorted((folder / c).rglob("*")) if p.suffix.lower() in suffixes]
    for name, path in tqdm(listed, desc=f"reading {folder.name}", unit="file", mininterval=2):
        try:
            inputs.append(load(path))
        except InputError as error:
            if not skip_broken:
                raise InputError(f"{error} (or set broken_files: skip)") from None
            skipped.append(str(error))
            continue
        labels.append(classes.index(name))
        files.append(path)
    for name in found:
        if classes.index(name) not in labels:
            raise InputError(f"{folder / name} holds no file of the kinds {', '.join(suffixes)}; add some")
    return Examples(np.stack(inputs), np.array(labels), classes, tuple(files), tuple(skipped))


def read_image(path: Path, size: int) -> Array:
    """An image, scaled to fit a square, with grey around it: [3, size, size] uint8 RGB.

    Raises:
        InputError: it cannot be read.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError:
        data = np.empty(0, np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    if image is None or min(image.shape[:2]) < SHORTEST_SIDE:
        raise InputError(f"image {path} cannot be read; replace or remove it")
    scale = size / max(image.shape[:2])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    canvas = np.full((size, size, 3), 128, np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    canvas[top : top + height, left : left + width] = resized
    return np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1))


def read_sound_energies(path: Path, seconds: float) -> Array:
    """The first ``seconds`` s of a sound, or all and silence: log energies [1, bands, T] float16.

    Raises:
        InputError: it cannot be read.
    """
    return sound_energies(read_sound(path), seconds)


def sound_energies(samples: FloatArray, seconds: float) -> Array:
    """The same of a sound [N] at 16 kHz."""
    length = round(seconds * RATE)
    samples = np.pad(samples[:length], (0, max(0, length - len(samples))))
    with torch.no_grad():
        energies: Array = _SPECTROGRAM(torch.from_numpy(samples).unsqueeze(0)).half().numpy()
    return energies

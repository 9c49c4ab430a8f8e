"""Mean average precision of the scene labels on labelled frames."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from mm_robot.data.frames import NOTHING, FrameDataset
from mm_robot.model.checkpoint import load_model
from mm_robot.model.eye import Eye
from mm_robot.model.labels import scene_labels
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.processor import Processor
from mm_robot.model.sightings import overlap, sightings
from mm_robot.training.disturbance import Picture, as_it_is
from mm_robot.types import FloatArray

CAMERA_PIXELS = 640 * 480
MIN_PIXELS = 150
"""Smaller objects (area at 640 x 480) are neither asked for nor held against a label."""
_LOW_SCORE = 0.02


def evaluate_labels(folder: Path, policy: str = "embedded") -> dict[str, Any]:
    """mAP at an overlap of 0.5 over the classes (colour and shape), as all-point average precision.

    Raises:
        InputError: the frames or the checkpoint are missing or broken.
    """
    dataset = FrameDataset([folder])
    model, _, processor, shapes, colours = load_model(checkpoint_folder(policy))
    return {"checkpoint": policy} | mean_average_precision(model.eye, dataset, processor, shapes, colours)


def mean_average_precision(
    eye: Eye,
    dataset: FrameDataset,
    processor: Processor,
    shapes: tuple[str, ...],
    colours: tuple[str, ...],
    picture: Picture = as_it_is,
) -> dict[str, Any]:
    """The same of an eye, by classes and their mean; ``picture`` changes the images first.

    Things of a colour without a name are of no class: what is told of them counts neither way.
    """
    generator = np.random.default_rng(0)
    smallest = MIN_PIXELS * processor.width * processor.height / CAMERA_PIXELS
    found: dict[str, list[tuple[float, int, FloatArray]]] = defaultdict(list)
    wanted: dict[str, dict[int, list[FloatArray]]] = defaultdict(lambda: defaultdict(list))
    small: dict[int, list[FloatArray]] = defaultdict(list)
    with torch.inference_mode():
        for frame in tqdm(range(len(dataset)), unit="frame", mininterval=2):
            truth = dataset.labels(frame)
            for row in range(len(truth)):
                named = truth.colour[row] != NOTHING
                if named and truth.pixels[row] >= smallest:
                    name = f"{colours[truth.colour[row]]} {shapes[truth.shape[row]]}"
                    wanted[name][frame].append(truth.box[row])
                elif truth.pixels[row] > 0:
                    small[frame].append(truth.box[row])
            image = processor.image(picture(dataset.image(frame), generator))
            seen = sightings(eye(torch.from_numpy(image).unsqueeze(0)), _LOW_SCORE)
            for label in scene_labels(seen, shapes, colours, threshold=_LOW_SCORE):
                found[label.name].append((label.score, frame, np.array(label.box, np.float32)))
    per_class = {name: average_precision(found[name], wanted[name], small) for name in sorted(wanted)}
    return {
        "frames": len(dataset),
        "objects": sum(len(boxes) for frames in wanted.values() for boxes in frames.values()),
        "map50": float(np.mean(list(per_class.values()))),
        "per_class": {name: round(value, 4) for name, value in per_class.items()},
    }


def average_precision(
    found: list[tuple[float, int, FloatArray]],
    wanted: dict[int, list[FloatArray]],
    ignored: dict[int, list[FloatArray]],
) -> float:
    """Area under the precision-recall curve of one class; labels of ignored objects count neither way."""
    total = sum(len(boxes) for boxes in wanted.values())
    taken: set[tuple[int, int]] = set()
    hits: list[bool] = []
    for _, frame, box in sorted(found, key=lambda f: -f[0]):
        overlaps = [overlap(box, other) for other in wanted.get(frame, [])]
        best = int(np.argmax(overlaps)) if overlaps else -1
        if best >= 0 and overlaps[best] >= 0.5 and (frame, best) not in taken:
            taken.add((frame, best))
            hits.append(True)
        elif not any(overlap(box, other) >= 0.5 for other in ignored.get(frame, [])):
            hits.append(False)
    if not hits or not total:
        return 0.0
    correct = np.cumsum(hits)
    precision = correct / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((envelope * np.array(hits)).sum() / total)

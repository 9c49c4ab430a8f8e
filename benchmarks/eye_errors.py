"""How far off the eye is, by distance: what the errors that ``training/scenes.py`` draws follow.

    mm_robot generate --out frames --frames 700 --seed 900000
    python benchmarks/eye_errors.py frames [--policy embedded] [--out results/eye_errors.json]

Things whose outline is cut off by the left or right edge of the image are told apart from whole ones.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mm_robot.data.frames import FrameDataset
from mm_robot.model.checkpoint import load_model
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.sightings import overlap, sightings
from mm_robot.types import FloatArray

LEAST_PIXELS = 12
LEAST_OVERLAP = 0.3
LEAST_THINGS = 8
DISTANCES = (0.0, 0.7, 1.2, 2.0, 3.0, 4.0, 5.0, 8.0)
"""m; things between two of these are reported together."""
EDGE = 0.005
DISTANCE, CUT, FOUND, PLACE, LOG_DISTANCE, BEARING, RGB, SHAPE, LOG_RADIUS = range(9)


def measure(dataset: FrameDataset, policy: str) -> FloatArray:
    """One row [9] for each thing in the frames, its columns as named above; zeros where it was not found."""
    model, _, processor, _, _ = load_model(checkpoint_folder(policy))
    rows: list[tuple[float, ...]] = []
    with torch.inference_mode():
        for frame in range(len(dataset)):
            image = torch.from_numpy(processor.image(dataset.image(frame))).unsqueeze(0)
            truth, seen = dataset.labels(frame), sightings(model.eye(image))
            for i in (i for i in range(len(truth)) if truth.pixels[i] >= LEAST_PIXELS):
                distance, bearing, box = float(truth.distance[i]), float(truth.bearing[i]), truth.box[i]
                cut = float(box[0] <= EDGE or box[2] >= 1 - EDGE)
                best = max(seen, key=lambda s: overlap(np.array(s.box), box), default=None)  # noqa: B023
                if best is None or overlap(np.array(best.box), box) < LEAST_OVERLAP:
                    rows.append((distance, cut, *([0.0] * 7)))
                    continue
                apart = abs(distance * np.exp(1j * bearing) - best.distance * np.exp(1j * best.bearing))
                rows.append(
                    (
                        distance,
                        cut,
                        1.0,
                        float(apart),
                        math.log(best.distance / distance),
                        best.bearing - bearing,
                        float(np.linalg.norm(np.array(best.rgb) - truth.rgb[i])),
                        best.shape[int(truth.shape[i])],
                        math.log(best.radius / float(truth.radius[i])),
                    )
                )
    return np.array(rows, np.float32).reshape(-1, 9)


def summary(rows: FloatArray) -> list[dict[str, Any]]:
    """The errors of whole and of cut things in each range of distances."""
    lines = []
    for cut in (0.0, 1.0):
        for low, high in zip(DISTANCES, DISTANCES[1:], strict=False):
            here = rows[(rows[:, CUT] == cut) & (rows[:, DISTANCE] >= low) & (rows[:, DISTANCE] < high)]
            found = here[here[:, FOUND] > 0]
            if len(found) < LEAST_THINGS:
                continue
            lines.append(
                {
                    "cut": bool(cut),
                    "from_m": low,
                    "to_m": high,
                    "things": len(here),
                    "found": len(found) / len(here),
                    "place_p50_m": float(np.percentile(found[:, PLACE], 50)),
                    "place_p90_m": float(np.percentile(found[:, PLACE], 90)),
                    "log_distance_sd": float(found[:, LOG_DISTANCE].std()),
                    "bearing_sd_rad": float(found[:, BEARING].std()),
                    "rgb_p90": float(np.percentile(found[:, RGB], 90)),
                    "right_shape_mean": float(found[:, SHAPE].mean()),
                    "log_radius_sd": float(found[:, LOG_RADIUS].std()),
                }
            )
    return lines


def main() -> None:
    """Measure, print a line for each range, and write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("frames", type=Path)
    parser.add_argument("--policy", default="embedded")
    parser.add_argument("--out", type=Path, default=Path("results/eye_errors.json"))
    arguments = parser.parse_args()
    lines = summary(measure(FrameDataset([arguments.frames]), arguments.policy))
    for line in lines:
        print(", ".join(f"{k} {v:.3g}" if isinstance(v, float) else f"{k} {v}" for k, v in line.items()))
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(lines, indent=1) + "\n")


if __name__ == "__main__":
    main()

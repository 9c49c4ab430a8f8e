"""How far off distances are with cameras that sit elsewhere, told how they sit, not told, and told wrongly.

    python benchmarks/camera_mounts.py [--policy embedded] [--rooms 14] [--out results/camera_mounts.json]

A row is a camera: p50 and p90 of the errors, as shares of the distances, of all things of 20 pixels or more
whose outline is not cut off. "2 degrees wrong" is of both directions.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from mm_robot.data.generate import frame_labels, random_pose
from mm_robot.model.checkpoint import load_model
from mm_robot.model.memory import Sighting
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.sightings import overlap, sightings
from mm_robot.sim.scene import random_room
from mm_robot.sim.world import World
from mm_robot.types import USUAL_MOUNT, CameraMount, FloatArray

FIRST_ROOM = 950_000
POSES = 7
LEAST_PIXELS, LEAST_OVERLAP = 20, 0.3
WRONG = math.radians(2.0)
HEIGHTS, TILTS = (0.16, 0.22, 0.30, 0.40, 0.52, 0.58, 0.70, 0.90), (-12.5, -6.0, 6.0, 12.5)
MOUNTS = [CameraMount(height) for height in HEIGHTS]
MOUNTS += [CameraMount(tilt=math.radians(tilt)) for tilt in TILTS]


def told(mount: CameraMount) -> dict[str, list[CameraMount]]:
    """What may be told of a camera."""
    return {
        "told": [mount],
        "not told": [USUAL_MOUNT],
        "2 degrees wrong": [replace(mount, tilt=mount.tilt + wrong) for wrong in (-WRONG, WRONG)],
    }


def errors(policy: str, mount: CameraMount, rooms: int) -> dict[str, list[float]]:
    """The errors of all distances, as shares of them, by what is told of the camera."""
    model, _, processor, _, _ = load_model(checkpoint_folder(policy))
    found: dict[str, list[float]] = defaultdict(list)
    for room in range(FIRST_ROOM, FIRST_ROOM + rooms):
        world = World(random_room(room, distractors=5), mount)
        generator = np.random.default_rng([room, 7])
        for _ in range(POSES):
            world.place_robot(*random_pose(world.room, generator))
            image = processor.image(world.render(640, 480))
            truth = frame_labels(world, processor.width, processor.height)
            with torch.inference_mode():
                scene = model.eye(torch.from_numpy(image).unsqueeze(0))
            for name, mounts in told(mount).items():
                for known in mounts:
                    seen = [s for s in sightings(scene, mount=known) if not s.cut]
                    for i in np.flatnonzero(truth.pixels >= LEAST_PIXELS):
                        match = _match(seen, truth.box[i])
                        if match is not None:
                            found[name].append(abs(match.distance / float(truth.distance[i]) - 1))
        world.close()
    return found


def _match(seen: list[Sighting], box: FloatArray) -> Sighting | None:
    best = max(seen, key=lambda s: overlap(np.array(s.box), box), default=None)
    return best if best is not None and overlap(np.array(best.box), box) >= LEAST_OVERLAP else None


def main() -> None:
    """Measure, print in Markdown, and write the numbers."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--policy", default="embedded")
    parser.add_argument("--rooms", type=int, default=14)
    parser.add_argument("--out", type=Path, default=Path("results/camera_mounts.json"))
    arguments = parser.parse_args()
    print("| camera | things | told | not told | 2 degrees wrong |\n|---|---|---|---|---|")
    rows = []
    for mount in MOUNTS:
        found = errors(arguments.policy, mount, arguments.rooms)
        percentiles = {name: np.percentile(values, (50, 90)).tolist() for name, values in found.items()}
        rows.append({"height": mount.height, "tilt": mount.tilt, "things": len(found["told"])} | percentiles)
        shown = " | ".join(f"{100 * low:.0f}, {100 * high:.0f} %" for low, high in percentiles.values())
        camera = f"{mount.height:.2f} m high, {math.degrees(mount.tilt):+.1f} degrees"
        print(f"| {camera} | {len(found['told'])} | {shown} |", flush=True)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

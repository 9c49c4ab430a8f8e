"""How many labelled frames a second one process makes, against a plain loop.

    python benchmarks/frame_speed.py [--rooms 8]

The plain loop draws each room by ``mujoco.Renderer``, in an OpenGL context of its own, and labels as large as
the camera's picture. Both make the same rooms in turn, so that other work on the machine slows both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
import numpy.typing as npt

from mm_robot.data import generate
from mm_robot.data.generate import FRAMES_PER_ROOM, ShardTask
from mm_robot.sim import world
from mm_robot.types import ImageArray

# isort: split
import mujoco

FIRST_SEED = 50_000
CAMERA = (640, 480)


class PlainRenderer:
    """What ``mm_robot.sim.renderer`` does, by ``mujoco.Renderer``."""

    def __init__(self, model: mujoco.MjModel) -> None:
        width, height = CAMERA
        self._renderer = mujoco.Renderer(model, height, width)

    def colours(self, data: mujoco.MjData, camera: str, width: int, height: int) -> ImageArray:
        """See ``Renderer``."""
        self._renderer.update_scene(data, camera)
        return self._renderer.render()

    def geoms(self, data: mujoco.MjData, camera: str, width: int, height: int) -> npt.NDArray[np.int32]:
        """See ``Renderer``."""
        self._renderer.enable_segmentation_rendering()
        self._renderer.update_scene(data, camera)
        drawn = self._renderer.render()
        self._renderer.disable_segmentation_rendering()
        ids = np.where(drawn[:, :, 1] == int(mujoco.mjtObj.mjOBJ_GEOM), drawn[:, :, 0], -1)
        return ids[:: CAMERA[1] // height, :: CAMERA[0] // width].astype(np.int32)

    def close(self) -> None:
        """See ``Renderer``."""
        self._renderer.render()
        self._renderer.close()


def frames_per_second(seed: int, folder: Path) -> float:
    """Of one room."""
    began = time.perf_counter()
    generate._make_shard(ShardTask(0, FRAMES_PER_ROOM, seed, folder, plain=False))
    return FRAMES_PER_ROOM / (time.perf_counter() - began)


def main() -> None:
    """Make rooms by both in turn, and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rooms", type=int, default=8, help="of each (default %(default)s)")
    rooms = parser.parse_args().rooms
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as folder:
        frames_per_second(FIRST_SEED, Path(folder))
        for seed in range(FIRST_SEED, FIRST_SEED + rooms):
            ours.append(frames_per_second(seed, Path(folder)))
            with mock.patch.object(world, "Renderer", PlainRenderer):
                plain.append(frames_per_second(seed, Path(folder)))
    ratios = sorted(a / b for a, b in zip(ours, plain, strict=True))
    print(
        f"frames a second: {statistics.median(ours):.0f} against {statistics.median(plain):.0f}, "
        f"{statistics.median(ratios):.1f} times as many (from {ratios[0]:.1f} to {ratios[-1]:.1f})"
    )


if __name__ == "__main__":
    main()

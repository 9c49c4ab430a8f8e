from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from mm_robot.sim.mjcf import CAMERA, room_to_mjcf
from mm_robot.sim.renderer import Renderer
from mm_robot.sim.scene import random_room
from mm_robot.types import ImageArray

# isort: split
import mujoco

SIZE = (320, 240)


def _model(seed: int) -> tuple[mujoco.MjModel, mujoco.MjData]:
    model = mujoco.MjModel.from_xml_string(room_to_mjcf(random_room(seed, distractors=5)))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data


def _drawn_alone(model: mujoco.MjModel, data: mujoco.MjData) -> tuple[ImageArray, npt.NDArray[np.int32]]:
    alone = mujoco.Renderer(model, SIZE[1], SIZE[0])
    alone.update_scene(data, CAMERA)
    colours = alone.render()
    alone.enable_segmentation_rendering()
    alone.update_scene(data, CAMERA)
    drawn = alone.render()
    alone.close()
    return colours, np.where(drawn[:, :, 1] == int(mujoco.mjtObj.mjOBJ_GEOM), drawn[:, :, 0], -1)


def test_rooms_drawn_in_turn_look_as_mujoco_draws_each_alone() -> None:
    models = [_model(seed) for seed in (70_000, 70_001)]
    renderers = [Renderer(model) for model, _ in models]
    for _ in range(2):
        for (model, data), renderer in zip(models, renderers, strict=True):
            colours, geoms = _drawn_alone(model, data)
            assert np.array_equal(renderer.colours(data, CAMERA, *SIZE), colours)
            assert np.array_equal(renderer.geoms(data, CAMERA, *SIZE), geoms)
            assert len(np.unique(geoms)) > 2
    for renderer in renderers:
        renderer.close()


def test_each_thread_can_draw() -> None:
    pictures = []

    def draw() -> None:
        model, data = _model(70_000)
        renderer = Renderer(model)
        pictures.append(renderer.colours(data, CAMERA, *SIZE))
        renderer.close()

    for _ in range(2):
        threads = [threading.Thread(target=draw) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(pictures) == 6
    assert all(np.array_equal(picture, pictures[0]) for picture in pictures)

"""Draws a MuJoCo model: colours, and which geom each pixel shows.

``mujoco.Renderer`` makes an OpenGL context for each model, which compiles every shader anew: 0.1 s or more
without a GPU. Here all models of a thread share one context.
"""

from __future__ import annotations

import atexit
import threading
import weakref

import mujoco
import numpy as np
import numpy.typing as npt
from mujoco.gl_context import GLContext

from mm_robot.types import ImageArray

_MOST_GEOMS = 1000
_of_thread = threading.local()
_contexts: weakref.WeakSet[GLContext] = weakref.WeakSet()


class Renderer:
    """Draws one model. Every call has to come from the thread that made it.

    Pictures can be as large as ``offwidth`` by ``offheight`` of the model.
    """

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        self._gl = _shared_context(model)
        self._gl.make_current()
        self._context = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50.value)
        self._scene = mujoco.MjvScene(model, _MOST_GEOMS)
        self._option = mujoco.MjvOption()
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED

    def colours(self, data: mujoco.MjData, camera: str, width: int, height: int) -> ImageArray:
        """[height, width, 3] uint8 RGB as the named camera sees it."""
        return self._draw(data, camera, width, height, as_geoms=False)

    def geoms(self, data: mujoco.MjData, camera: str, width: int, height: int) -> npt.NDArray[np.int32]:
        """[height, width] id of the geom at each pixel, -1 where there is none."""
        drawn = self._draw(data, camera, width, height, as_geoms=True).astype(np.int32)
        numbers = drawn[:, :, 0] + (drawn[:, :, 1] << 8) + (drawn[:, :, 2] << 16)
        ids = np.full(self._scene.ngeom + 1, -1, np.int32)
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.objtype == mujoco.mjtObj.mjOBJ_GEOM and geom.segid >= 0:
                ids[geom.segid + 1] = geom.objid
        return ids[numbers]

    def close(self) -> None:
        """Free what the model holds of the context."""
        self._gl.make_current()
        self._context.free()

    def _draw(
        self, data: mujoco.MjData, camera: str, width: int, height: int, as_geoms: bool
    ) -> npt.NDArray[np.uint8]:
        self._gl.make_current()
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN.value, self._context)
        self._camera.fixedcamid = self._model.camera(camera).id
        mujoco.mjv_updateScene(
            self._model,
            data,
            self._option,
            None,
            self._camera,
            mujoco.mjtCatBit.mjCAT_ALL.value,
            self._scene,
        )
        self._scene.flags[mujoco.mjtRndFlag.mjRND_SEGMENT] = as_geoms
        self._scene.flags[mujoco.mjtRndFlag.mjRND_IDCOLOR] = as_geoms
        area = mujoco.MjrRect(0, 0, width, height)
        picture = np.empty((height, width, 3), np.uint8)
        mujoco.mjr_render(area, self._scene, self._context)
        mujoco.mjr_readPixels(picture, None, area, self._context)
        return np.ascontiguousarray(picture[::-1])


def _shared_context(model: mujoco.MjModel) -> GLContext:
    if not hasattr(_of_thread, "context"):
        size = model.vis.global_
        _of_thread.context = GLContext(size.offwidth, size.offheight)
        if not _contexts:
            atexit.register(_free_contexts)
        _contexts.add(_of_thread.context)
    return _of_thread.context


def _free_contexts() -> None:
    """Before MuJoCo closes the display, which it does at exit: afterwards they cannot be freed."""
    for context in list(_contexts):
        context.free()

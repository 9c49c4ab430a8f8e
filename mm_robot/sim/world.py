"""The simulated room with its robot: physics, camera, range scan and contacts, without ROS."""

from __future__ import annotations

import math
from dataclasses import dataclass

import mujoco
import numpy as np
import numpy.typing as npt

from mm_robot.sim.mjcf import (
    CAMERA,
    CAMERA_ABOVE,
    PHYSICS_STEP,
    ROBOT_GEOM,
    SOLID_GROUP,
    THING_PREFIX,
    room_to_mjcf,
)
from mm_robot.sim.renderer import Renderer
from mm_robot.sim.scene import MAX_ANGULAR, MAX_LINEAR, Room
from mm_robot.types import USUAL_MOUNT, CameraMount, FloatArray, ImageArray, RobotState

LINEAR_ACCELERATION = 1.0
LINEAR_BRAKING = 2.5
ANGULAR_ACCELERATION = 4.0
SCAN_RAYS = 360
SCAN_HEIGHT = 0.10
SCAN_RANGE = 12.0
_LIGHT_PERIOD = 20.0
_LIGHT_CHANGE = 0.15


@dataclass(frozen=True)
class Sight:
    """What one thing looks like in a camera frame.

    ``pixels`` its visible area; ``box`` (left, top, right, bottom) as fractions of the frame.
    """

    pixels: int
    box: tuple[float, float, float, float]


class World:
    """A room in MuJoCo. One thread must own it: rendering is bound to the thread that began it."""

    def __init__(self, room: Room, mount: CameraMount = USUAL_MOUNT, vivid: float = 0.0) -> None:
        self.room = room
        self._model = mujoco.MjModel.from_xml_string(room_to_mjcf(room, mount, vivid))
        self._data = mujoco.MjData(self._model)
        self._own_renderer: Renderer | None = None
        self._robot_geom = self._model.geom(ROBOT_GEOM).id
        self._robot_body = int(self._model.geom_bodyid[self._robot_geom])
        self._light = self._model.light_diffuse.copy()
        self._linear = self._angular = 0.0
        self._touched: set[str] = set()
        angles = -math.pi + np.arange(SCAN_RAYS) * 2 * math.pi / SCAN_RAYS
        self._scan_angles = angles
        self._thing_of_geom = np.full(self._model.ngeom + 1, -1, np.int32)
        for index in range(len(room.things)):
            self._thing_of_geom[self._model.geom(f"{THING_PREFIX}{index}").id] = index
        mujoco.mj_forward(self._model, self._data)

    @property
    def time(self) -> float:
        """Simulated seconds since the start."""
        return float(self._data.time)

    def place_robot(self, x: float, y: float, yaw: float) -> None:
        """Put the robot at rest at a pose in the world frame."""
        start_x, start_y, start_yaw = self.room.robot
        self._data.qpos[:3] = (x - start_x, y - start_y, yaw - start_yaw)
        self._data.qvel[:3] = 0.0
        self._linear = self._angular = 0.0
        mujoco.mj_forward(self._model, self._data)

    def step(self, linear: float, angular: float, seconds: float) -> None:
        """Drive for ``seconds`` with a commanded speed (m/s, rad/s) in the robot's frame."""
        if not (math.isfinite(linear) and math.isfinite(angular)):
            linear = angular = 0.0
        linear = max(-MAX_LINEAR, min(MAX_LINEAR, linear))
        angular = max(-MAX_ANGULAR, min(MAX_ANGULAR, angular))
        for _ in range(max(1, round(seconds / PHYSICS_STEP))):
            braking = abs(linear) < abs(self._linear)
            change = LINEAR_BRAKING if braking else LINEAR_ACCELERATION
            self._linear += _limited(linear - self._linear, change * PHYSICS_STEP)
            self._angular += _limited(angular - self._angular, ANGULAR_ACCELERATION * PHYSICS_STEP)
            yaw = self._yaw()
            self._data.ctrl[:3] = (
                self._linear * math.cos(yaw),
                self._linear * math.sin(yaw),
                self._angular,
            )
            self._move_things()
            mujoco.mj_step(self._model, self._data)
            self._note_contacts()

    def robot_state(self) -> RobotState:
        """Pose in the world frame and the speeds that the robot really has."""
        yaw = self._yaw()
        velocity_x, velocity_y, angular = (float(v) for v in self._data.qvel[:3])
        start_x, start_y, _ = self.room.robot
        return RobotState(
            x=start_x + float(self._data.qpos[0]),
            y=start_y + float(self._data.qpos[1]),
            yaw=(yaw + math.pi) % (2 * math.pi) - math.pi,
            linear=velocity_x * math.cos(yaw) + velocity_y * math.sin(yaw),
            angular=angular,
        )

    def thing_places(self) -> FloatArray:
        """[N, 2] m in the world frame: where the things are now."""
        places = [(t.x, t.y) if t.moves is None else t.moves.at(self.time) for t in self.room.things]
        return np.array(places, np.float32).reshape(-1, 2)

    def render(self, width: int = 640, height: int = 480) -> ImageArray:
        """The robot's camera, [height, width, 3] uint8 RGB."""
        return self._render(CAMERA, width, height)

    def render_above(self, size: int = 480) -> ImageArray:
        """The whole room from above, [size, size, 3] uint8 RGB; x points right, y up."""
        return self._render(CAMERA_ABOVE, size, size)

    def sights(self, width: int = 640, height: int = 480) -> list[Sight | None]:
        """For each thing what can be seen of it in the robot's camera, None where nothing can."""
        return self.sights_of(self.instance_map(width, height))

    def sights_of(self, ids: npt.NDArray[np.int32]) -> list[Sight | None]:
        """The same, read from an instance map."""
        height, width = ids.shape
        sights: list[Sight | None] = []
        for index in range(len(self.room.things)):
            rows, columns = np.nonzero(ids == index)
            if not len(rows):
                sights.append(None)
                continue
            box = (
                float(columns.min() / width),
                float(rows.min() / height),
                float((columns.max() + 1) / width),
                float((rows.max() + 1) / height),
            )
            sights.append(Sight(len(rows), box))
        return sights

    def instance_map(self, width: int = 640, height: int = 480) -> npt.NDArray[np.int32]:
        """[height, width] index of the thing at each pixel of the robot's camera, -1 elsewhere."""
        return self._thing_of_geom[self._renderer().geoms(self._data, CAMERA, width, height)]

    def scan(self) -> FloatArray:
        """[360] ranges in m from the robot's centre, first ray at -pi, counter-clockwise.

        inf where nothing is.
        """
        state = self.robot_state()
        angles = self._scan_angles + state.yaw
        directions = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=1)
        groups = np.zeros(6, np.uint8)
        groups[SOLID_GROUP] = 1
        geoms = np.zeros(SCAN_RAYS, np.int32)
        distances = np.zeros(SCAN_RAYS)
        origin = np.array([state.x, state.y, SCAN_HEIGHT])
        mujoco.mj_multiRay(
            self._model,
            self._data,
            origin,
            directions.reshape(-1),
            groups,
            1,
            self._robot_body,
            geoms,
            distances,
            None,
            SCAN_RAYS,
            SCAN_RANGE,
        )
        return np.where(distances < 0, np.inf, distances).astype(np.float32)

    def contacts(self) -> tuple[str, ...]:
        """Names of what the robot has touched since the last call, such as ``red ball`` or ``wall``."""
        touched, self._touched = tuple(sorted(self._touched)), set()
        return touched

    def close(self) -> None:
        """Free the renderer."""
        if self._own_renderer is not None:
            self._own_renderer.close()
            self._own_renderer = None

    def _move_things(self) -> None:
        for index, thing in enumerate(self.room.things):
            if thing.moves is not None:
                body = self._model.body(f"{THING_PREFIX}{index}").mocapid[0]
                self._data.mocap_pos[body][:2] = thing.moves.at(self.time)

    def _yaw(self) -> float:
        return self.room.robot[2] + float(self._data.qpos[2])

    def _render(self, camera: str, width: int, height: int) -> ImageArray:
        swing = 1.0 + _LIGHT_CHANGE * math.sin(2 * math.pi * self.time / _LIGHT_PERIOD + self.room.seed)
        self._model.light_diffuse[:] = self._light * swing
        return self._renderer().colours(self._data, camera, width, height)

    def _renderer(self) -> Renderer:
        if self._own_renderer is None:
            self._own_renderer = Renderer(self._model)
        return self._own_renderer

    def _note_contacts(self) -> None:
        contacts = self._data.contact
        touching = (contacts.geom == self._robot_geom).any(axis=1) & (contacts.dist <= 0)
        for pair in contacts.geom[touching].tolist():
            other = pair[0] if pair[1] == self._robot_geom else pair[1]
            index = int(self._thing_of_geom[other])
            self._touched.add(self.room.things[index].name if index >= 0 else "wall")


def _limited(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))

# ruff: noqa: E501
"""A room as a MuJoCo model (MJCF)."""

from __future__ import annotations

import math
from xml.sax.saxutils import quoteattr

import numpy as np

from mm_robot.sim.scene import (
    HORIZONTAL_FIELD_OF_VIEW,
    ROBOT_RADIUS,
    ROOM_HALF_SIZE,
    WALL_HEIGHT,
    Room,
    Thing,
)
from mm_robot.types import USUAL_MOUNT, CameraMount

PHYSICS_STEP = 0.005
THING_PREFIX = "thing"
WALL_PREFIX = "wall"
ROBOT_GEOM = "robot"
CAMERA = "camera"
CAMERA_ABOVE = "above"
SOLID_GROUP, DECORATION_GROUP = 0, 1
_ASPECT = 4 / 3
_VERTICAL_FIELD_OF_VIEW = 2 * math.atan(math.tan(HORIZONTAL_FIELD_OF_VIEW / 2) / _ASPECT)


def thing_height(thing: Thing) -> float:
    """How high a thing stands, m."""
    return thing.radius * {"ball": 2.0, "box": math.sqrt(2.0), "cylinder": 2.4, "cone": 2.4}[thing.shape]


def room_to_mjcf(room: Room, mount: CameraMount = USUAL_MOUNT, vivid: float = 0.0) -> str:
    """The room as MJCF text, the robot's camera mounted as told.

    ``vivid`` says how strong the colours of floor and walls are, from 0 (muted) to 1.

    The robot is a disc on two sliding joints and a hinge, driven by velocity actuators whose
    force is bounded, so that it is stopped by what it runs into.
    """
    generator = np.random.default_rng([room.seed, 1])
    things = "\n".join(_thing(index, thing) for index, thing in enumerate(room.things))
    meshes = "\n".join(_cone_mesh(i, t) for i, t in enumerate(room.things) if t.shape == "cone")
    x, y, yaw = room.robot
    return f"""<mujoco model="room">
  <option timestep="{PHYSICS_STEP}" gravity="0 0 -9.81" integrator="implicitfast"/>
  <visual>
    <global offwidth="640" offheight="480"/>
    <quality shadowsize="0" offsamples="0"/>
    <map znear="0.02" zfar="30"/>
    <headlight ambient="{_rgb(generator.uniform(0.3, 0.5))}" diffuse="{_rgb(generator.uniform(0.15, 0.35))}" specular="0 0 0"/>
  </visual>
  <asset>
    <texture type="skybox" builtin="gradient" width="64" height="64" rgb1="{_rgb(generator.uniform(0.6, 0.9))}" rgb2="{_rgb(generator.uniform(0.6, 0.9))}"/>
    {_texture("floor", generator, generator.uniform(3, 12), vivid)}
    {_texture("walls", generator, generator.uniform(1, 6), vivid)}
    {meshes}
  </asset>
  <worldbody>
    {_lights(generator)}
    <geom name="floor" type="plane" size="{ROOM_HALF_SIZE} {ROOM_HALF_SIZE} 0.1" material="floor" contype="0" conaffinity="0" group="{DECORATION_GROUP}"/>
    {_walls()}
    {things}
    <camera name="{CAMERA_ABOVE}" pos="0 0 {ROOM_HALF_SIZE * 2.6}" fovy="45"/>
    <body name="robot" pos="{x} {y} 0" euler="0 0 0">
      <joint name="x" type="slide" axis="1 0 0"/>
      <joint name="y" type="slide" axis="0 1 0"/>
      <joint name="yaw" type="hinge" axis="0 0 1" ref="0"/>
      <body name="base" euler="0 0 {math.degrees(yaw)}">
        <geom name="{ROBOT_GEOM}" type="cylinder" size="{ROBOT_RADIUS} 0.1" pos="0 0 0.12" mass="8" rgba="0.25 0.27 0.3 1"/>
        <geom type="cylinder" size="0.02 0.05" pos="0 0 0.25" mass="0.2" contype="0" conaffinity="0" group="{DECORATION_GROUP}" rgba="0.1 0.1 0.1 1"/>
        <geom type="box" size="0.06 0.015 0.003" pos="0.1 0 0.223" mass="0.01" contype="0" conaffinity="0" group="{DECORATION_GROUP}" rgba="0.2 0.9 0.9 1"/>
        <camera name="{CAMERA}" pos="0 0 {mount.height}" xyaxes="0 -1 0 {-math.sin(mount.tilt)} 0 {math.cos(mount.tilt)}" fovy="{math.degrees(_VERTICAL_FIELD_OF_VIEW)}"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <velocity joint="x" kv="400" ctrlrange="-1 1" forcerange="-60 60"/>
    <velocity joint="y" kv="400" ctrlrange="-1 1" forcerange="-60 60"/>
    <velocity joint="yaw" kv="20" ctrlrange="-3 3" forcerange="-6 6"/>
  </actuator>
</mujoco>"""


def _thing(index: int, thing: Thing) -> str:
    half_height = thing_height(thing) / 2
    side = thing.radius / math.sqrt(2)
    kind = {
        "ball": f'type="sphere" size="{thing.radius}"',
        "box": f'type="box" size="{side} {side} {half_height}"',
        "cylinder": f'type="cylinder" size="{thing.radius} {half_height}"',
        "cone": f'type="mesh" mesh="cone{index}"',
    }[thing.shape]
    height = 0.0 if thing.shape == "cone" else half_height
    red, green, blue = thing.rgb
    return (
        f'<body name={quoteattr(f"{THING_PREFIX}{index}")} mocap="true" pos="{thing.x} {thing.y} {height}" '
        f'euler="0 0 {math.degrees(thing.yaw)}">'
        f'<geom name="{THING_PREFIX}{index}" {kind} rgba="{red} {green} {blue} 1"/></body>'
    )


def _cone_mesh(index: int, thing: Thing, sides: int = 24) -> str:
    """A cone that stands on height zero."""
    angles = np.arange(sides) * 2 * math.pi / sides
    vertices = [(thing.radius * math.cos(a), thing.radius * math.sin(a), 0.0) for a in angles]
    vertices.append((0.0, 0.0, thing_height(thing)))
    text = " ".join(f"{v:.5f}" for vertex in vertices for v in vertex)
    return f'<mesh name="cone{index}" vertex="{text}" inertia="convex"/>'


def _walls() -> str:
    half, thick, height = ROOM_HALF_SIZE, 0.05, WALL_HEIGHT / 2
    places: list[tuple[float, float, float, float]] = [
        (half + thick, 0, thick, half),
        (-half - thick, 0, thick, half),
    ]
    places += [(0, half + thick, half, thick), (0, -half - thick, half, thick)]
    return "\n".join(
        f'<geom name="{WALL_PREFIX}{i}" type="box" pos="{x} {y} {height}" size="{sx} {sy} {height}" material="walls"/>'
        for i, (x, y, sx, sy) in enumerate(places)
    )


def _texture(name: str, generator: np.random.Generator, repeat: float, vivid: float) -> str:
    """A plain, chequered or speckled surface, its colours muted and unlike any thing's unless it is vivid."""
    grey = generator.uniform(0.3, 0.8)
    first = np.clip(grey + generator.uniform(-0.08, 0.08, 3), 0, 1)
    second = np.clip(first + generator.uniform(-0.15, 0.15), 0, 1)
    builtin = str(generator.choice(["flat", "checker", "gradient"]))
    if vivid:
        strong = generator.uniform(0.15, 0.85, (2, 3))
        first, second = (1 - vivid) * np.stack([first, second]) + vivid * strong
        builtin = "checker"
    mark = str(generator.choice(["none", "random"]))
    return (
        f'<texture name="{name}" type="2d" builtin="{builtin}" width="128" height="128" '
        f'rgb1="{_rgb(*first)}" rgb2="{_rgb(*second)}" mark="{mark}" random="0.03" '
        f'markrgb="{_rgb(*np.clip(first - 0.1, 0, 1))}"/>'
        f'<material name="{name}" texture="{name}" texrepeat="{repeat:.2f} {repeat:.2f}" specular="0" reflectance="0"/>'
    )


def _lights(generator: np.random.Generator) -> str:
    lights = []
    for index in range(int(generator.integers(1, 3))):
        x, y = generator.uniform(-3, 3, 2)
        tint = np.clip(generator.uniform(0.35, 0.6) + generator.uniform(-0.05, 0.05, 3), 0, 1)
        lights.append(
            f'<light name="light{index}" pos="{x:.2f} {y:.2f} {generator.uniform(2.5, 4):.2f}" '
            f'dir="{-x / 4:.2f} {-y / 4:.2f} -1" diffuse="{_rgb(*tint)}" specular="0.1 0.1 0.1" '
            f'castshadow="false" cutoff="80" exponent="1"/>'
        )
    return "\n".join(lights)


def _rgb(*values: float) -> str:
    three = values if len(values) == 3 else values * 3
    return " ".join(f"{v:.3f}" for v in three)

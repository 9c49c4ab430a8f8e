"""Makes labelled frames in random simulated rooms."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from mm_robot.data.frames import NOTHING, FrameLabels, FrameWriter
from mm_robot.errors import InputError
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.processor import Processor
from mm_robot.processes import in_processes
from mm_robot.sim.scene import (
    CLEARANCE,
    COLOUR_SPREAD,
    COLOURS,
    EVALUATION_SEEDS,
    ROBOT_RADIUS,
    ROOM_HALF_SIZE,
    SHAPES,
    Room,
    Thing,
    random_room,
    wrap_angle,
)
from mm_robot.sim.world import World
from mm_robot.types import USUAL_MOUNT, CameraMount, RobotState

FRAMES_PER_ROOM = 32
FRAMES_PER_SHARD = 2048
_ANY_COLOUR_SHARE = 0.3
"""Of the things: painted in any colour of RGB, so that colours are seen and not only told apart."""
_COVERED = 50
"""Of 255: how much of a grid cell a thing must cover to be what is seen there."""
_OTHER_MOUNT_SHARE = 0.6
_HEIGHTS = (0.18, 0.52)
_TILTS = (math.radians(-10), math.radians(10))
_VIVID_SHARE = 0.5
_MOST_VIVID = 0.7
_CAMERA = (640, 480)


@dataclass(frozen=True)
class ShardTask:
    """One shard to make: its number, how many frames, and the seed of its first room.

    ``plain`` rooms hold named colours alone and are seen by a camera that is mounted as usual.
    """

    index: int
    frames: int
    seed: int
    folder: Path
    plain: bool


def generate(
    folder: Path, frames: int, seed: int, workers: int, allow_evaluation_seeds: bool = False
) -> Iterator[int]:
    """Write ``frames`` labelled frames to ``folder``; yields the size of each shard as it is done.

    Shards that are already there are kept, so that a broken-off run goes on where it stopped.

    Raises:
        InputError: the seed belongs to the evaluation.
    """
    if seed < EVALUATION_SEEDS and not allow_evaluation_seeds:
        raise InputError(
            f"seed {seed} is for evaluation; training data takes seeds from {EVALUATION_SEEDS} on "
            "(--evaluation makes a set for evaluation)"
        )
    rooms_per_shard = math.ceil(FRAMES_PER_SHARD / FRAMES_PER_ROOM)
    tasks = []
    for index in range(math.ceil(frames / FRAMES_PER_SHARD)):
        size = min(FRAMES_PER_SHARD, frames - index * FRAMES_PER_SHARD)
        if (folder / f"frames-{index:05d}.npz").exists():
            yield size
        else:
            tasks.append(
                ShardTask(index, size, seed + index * rooms_per_shard, folder, plain=seed < EVALUATION_SEEDS)
            )
    yield from in_processes(_make_shard, tasks, workers)


def _make_shard(task: ShardTask) -> int:
    writer = FrameWriter(
        task.folder, {"shapes": list(SHAPES), "colours": list(COLOURS), "camera": list(_CAMERA)}
    )
    processor = Processor()
    seed = task.seed
    while len(writer) < task.frames:
        generator = np.random.default_rng([seed, 2])
        room = random_room(seed) if task.plain else _repainted(_training_room(seed, generator), generator)
        world = World(room) if task.plain else World(room, _mount(generator), _vivid(generator))
        try:
            for _ in range(min(FRAMES_PER_ROOM, task.frames - len(writer))):
                world.place_robot(*random_pose(world.room, generator))
                image = processor.image(world.render(*_CAMERA))
                writer.add(image, frame_labels(world, processor.width, processor.height))
        finally:
            world.close()
        seed += 1
    writer.flush(task.index)
    return task.frames


def _training_room(seed: int, generator: np.random.Generator) -> Room:
    """Half of the rooms hold look-alikes: things of one colour, or of one shape."""
    if generator.random() < 0.5:
        return random_room(seed, distractors=int(generator.integers(2, 9)))
    shape, colour = str(generator.choice(SHAPES)), str(generator.choice(list(COLOURS)))
    other_shape = str(generator.choice([s for s in SHAPES if s != shape]))
    other_colour = str(generator.choice([c for c in COLOURS if c != colour]))
    objects = [
        {"shape": shape, "colour": colour},
        {"shape": other_shape, "colour": colour},
        {"shape": shape, "colour": other_colour},
    ]
    return random_room(seed, objects=objects, distractors=int(generator.integers(0, 5)))


def _repainted(room: Room, generator: np.random.Generator) -> Room:
    """Some of the things in any colour; they keep their name, which their label does not."""

    def paint(thing: Thing) -> Thing:
        if generator.random() >= _ANY_COLOUR_SHARE:
            return thing
        red, green, blue = (float(c) for c in generator.uniform(0.02, 0.98, 3))
        return replace(thing, rgb=(red, green, blue))

    return replace(room, things=tuple(paint(thing) for thing in room.things))


def _mount(generator: np.random.Generator) -> CameraMount:
    if generator.random() >= _OTHER_MOUNT_SHARE:
        return USUAL_MOUNT
    return CameraMount(float(generator.uniform(*_HEIGHTS)), float(generator.uniform(*_TILTS)))


def _vivid(generator: np.random.Generator) -> float:
    """How strong the colours of floor and walls are."""
    return float(generator.uniform(0.1, _MOST_VIVID)) if generator.random() < _VIVID_SHARE else 0.0


def random_pose(room: Room, generator: np.random.Generator) -> tuple[float, float, float]:
    """x, y, yaw: near a thing and looking towards it, right beside one and looking anywhere, or anywhere."""
    while True:
        thing = room.things[generator.integers(len(room.things))]
        draw = generator.random()
        if draw < 0.15:
            distance = float(generator.uniform(0.03, 0.4)) + thing.radius + ROBOT_RADIUS
            around = generator.uniform(-math.pi, math.pi)
            x, y = thing.x + distance * math.cos(around), thing.y + distance * math.sin(around)
            yaw = generator.uniform(-math.pi, math.pi)
        elif draw < 0.55:
            gap = (
                float(generator.uniform(0.05, CLEARANCE))
                if generator.random() < 0.5
                else float(generator.uniform(0.5, 2.0))
            )
            distance = gap + thing.radius + ROBOT_RADIUS
            around = generator.uniform(-math.pi, math.pi)
            x, y = thing.x + distance * math.cos(around), thing.y + distance * math.sin(around)
            yaw = around + math.pi + generator.uniform(-0.8, 0.8)
        else:
            x, y = generator.uniform(-1, 1, 2) * (ROOM_HALF_SIZE - ROBOT_RADIUS)
            yaw = generator.uniform(-math.pi, math.pi)
            if generator.random() < 0.6:
                yaw = math.atan2(thing.y - y, thing.x - x) + generator.uniform(-0.6, 0.6)
        inside = max(abs(x), abs(y)) < ROOM_HALF_SIZE - ROBOT_RADIUS - 0.02
        free = all(math.hypot(x - t.x, y - t.y) > t.radius + ROBOT_RADIUS + 0.02 for t in room.things)
        if inside and free:
            return float(x), float(y), wrap_angle(float(yaw))


def frame_labels(world: World, width: int, height: int) -> FrameLabels:
    """What the robot's camera sees now, labelled by the segmentation renderer."""
    state = world.robot_state()
    things = world.room.things
    ids = world.instance_map(width, height)
    sights = world.sights_of(ids)
    cells = np.full((GRID_ROWS, GRID_COLUMNS), NOTHING, np.uint8)
    most = np.full((GRID_ROWS, GRID_COLUMNS), _COVERED, np.uint8)
    for index, sight in enumerate(sights):
        if sight is not None:
            mask = np.where(ids == index, np.uint8(255), np.uint8(0))
            cover = np.asarray(
                cv2.resize(mask, (GRID_COLUMNS, GRID_ROWS), interpolation=cv2.INTER_AREA), np.uint8
            )
            cells[cover > most] = index
            np.maximum(most, cover, out=most)
    return FrameLabels(
        shape=np.array([SHAPES.index(t.shape) for t in things], np.uint8),
        colour=np.array([_colour_label(t) for t in things], np.uint8),
        distance=np.array([math.hypot(t.x - state.x, t.y - state.y) for t in things], np.float32),
        bearing=np.array([_bearing(state, t.x, t.y) for t in things], np.float32),
        radius=np.array([t.radius for t in things], np.float32),
        pixels=np.array([0 if s is None else s.pixels for s in sights], np.int32),
        box=np.array([(0, 0, 0, 0) if s is None else s.box for s in sights], np.float32),
        rgb=np.array([t.rgb for t in things], np.float32),
        cells=cells,
    )


def _colour_label(thing: Thing) -> int:
    spread = max(abs(a - b) for a, b in zip(thing.rgb, COLOURS[thing.colour], strict=True))
    return list(COLOURS).index(thing.colour) if spread < COLOUR_SPREAD + 0.01 else NOTHING


def _bearing(state: RobotState, x: float, y: float) -> float:
    return wrap_angle(math.atan2(y - state.y, x - state.x) - state.yaw)

"""What a robot knows of a room when it is told something: where it stands, what it sees and remembers.

No simulator is needed: these are drawn with the errors that the eye and the memory make.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mm_robot.model.task import ALL_ROUND
from mm_robot.model.thing_tokens import in_frame, thing_features
from mm_robot.sim.scene import ROBOT_RADIUS, SHAPES
from mm_robot.training.layout import HALF_VIEW, Layout, in_view, is_free, polar
from mm_robot.training.mentions import Mention
from mm_robot.types import FloatArray, RobotState

_SEARCH_SHARE = 0.45
_LOOKED_ROUND_SHARE = 0.4


@dataclass(frozen=True)
class Scene:
    """Where the robot is, was, and what it knows: ``known`` [K] indices into the layout, ``seen`` [N] now,
    ``taken`` [N, shapes] how sure it is of each shape.
    """

    layout: Layout
    start: RobotState
    robot: RobotState
    known: npt.NDArray[np.int64]
    seen: npt.NDArray[np.bool_]
    looked: float
    surveyed: bool
    estimated: FloatArray
    taken: FloatArray


class SceneSampler:
    """Draws scenes of a room, and tells them as the language model is told."""

    def __init__(self, generator: np.random.Generator, robot_radius: float) -> None:
        self._generator = generator
        self._robot_radius = robot_radius

    def draw(self, layout: Layout, start: RobotState, mention: Mention | None) -> Scene | None:
        """Looking round where it started, or on its way to what is mentioned; None where there is no room."""
        uniform = self._generator.uniform
        searching = self._generator.random() < _SEARCH_SHARE
        compares = mention is not None and mention.relation is not None
        if searching:
            all_round = self._generator.random() < _LOOKED_ROUND_SHARE
            looked = float(uniform(ALL_ROUND, 2 * math.pi)) if all_round else float(uniform(0, ALL_ROUND))
            drift = self._generator.normal(0, 0.02, 2)
            robot = RobotState(start.x + float(drift[0]), start.y + float(drift[1]), start.yaw + looked)
            _, bearing = polar(layout.places, start)
            since = np.mod(bearing + HALF_VIEW, 2 * math.pi)
            turned_to = since < looked + 2 * HALF_VIEW
            known = turned_to & (self._generator.random(len(layout)) < 0.96)
            surveyed = all_round
        else:
            moved = self._pose_of_driving(layout, mention)
            if moved is None:
                return None
            robot = moved
            surveyed = compares or bool(self._generator.random() < 0.5)
            looked = float(uniform(0, 2 * math.pi))
            known = self._generator.random(len(layout)) < (0.96 if surveyed else 0.7)
        seen = in_view(layout, robot) & (self._generator.random(len(layout)) < 0.98)
        known |= seen
        if mention is not None:
            if not searching and mention.target is not None:
                known[mention.target] = True
            if compares and surveyed:
                known[:] = True
        return Scene(
            layout=layout,
            start=start,
            robot=robot,
            known=np.flatnonzero(known),
            seen=seen,
            looked=looked,
            surveyed=surveyed,
            estimated=self._estimated(layout, robot, seen),
            taken=self._taken(layout, robot, seen),
        )

    def _pose_of_driving(self, layout: Layout, mention: Mention | None) -> RobotState | None:
        """Near the thing meant, right beside some thing, or anywhere."""
        uniform = self._generator.uniform
        draw = self._generator.random()
        target = None if mention is None else mention.target
        for _ in range(20):
            if draw < 0.5 and target is not None:
                thing, gap = target, float(uniform(0.05, 0.7) if draw < 0.35 else uniform(0.3, 3.0))
                facing = float(self._generator.normal(0, 0.25 if draw < 0.35 else 0.5))
            elif draw < 0.7:
                thing, gap = int(self._generator.integers(len(layout))), float(uniform(0.03, 0.4))
                facing = float(uniform(-math.pi, math.pi))
            else:
                pose = self.free_pose(layout)
                if pose is None or target is None or self._generator.random() < 0.4:
                    return pose
                away = layout.places[target] - np.array([pose.x, pose.y])
                return replace(pose, yaw=math.atan2(away[1], away[0]) + float(self._generator.normal(0, 0.4)))
            around = uniform(-math.pi, math.pi)
            distance = gap + float(layout.radius[thing]) + ROBOT_RADIUS
            x = float(layout.places[thing, 0]) + distance * math.cos(around)
            y = float(layout.places[thing, 1]) + distance * math.sin(around)
            if not is_free(layout, x, y):
                continue
            heading = around + math.pi + facing
            if draw >= 0.5 and target is not None and self._generator.random() < 0.6:
                away = layout.places[target] - np.array([x, y])
                heading = math.atan2(away[1], away[0]) + float(self._generator.normal(0, 0.3))
            return RobotState(x, y, heading)
        return None

    def free_pose(self, layout: Layout) -> RobotState | None:
        """A pose at which the robot touches nothing."""
        for _ in range(20):
            x, y = (float(v) for v in self._generator.uniform(-3.7, 3.7, 2))
            if is_free(layout, x, y, 0.05):
                return RobotState(x, y, float(self._generator.uniform(-math.pi, math.pi)))
        return None

    def _estimated(self, layout: Layout, robot: RobotState, seen: npt.NDArray[np.bool_]) -> FloatArray:
        """Where the robot takes the things to be, [N, 2] m: what is in view is known better."""
        count = len(layout)
        distance, bearing = polar(layout.places, robot)
        factor = np.exp(self._generator.normal(0, 0.07, count))
        off = bearing + self._generator.normal(0, 0.012, count) + robot.yaw
        viewed = np.stack(
            [robot.x + factor * distance * np.cos(off), robot.y + factor * distance * np.sin(off)], axis=1
        )
        spread = self._generator.uniform(0.02, 0.22, (count, 1))
        remembered = layout.places + spread * self._generator.normal(0, 1, (count, 2))
        result: FloatArray = np.where(seen[:, None], viewed, remembered).astype(np.float32)
        return result

    def features(self, scene: Scene, order: npt.NDArray[np.int64]) -> FloatArray:
        """What the language model is told of those things, [len(order), THING_FEATURES]."""
        layout, count = scene.layout, len(order)
        seen = scene.seen[order]
        distance = np.where(
            seen, polar(layout.places[order], scene.robot)[0], self._generator.uniform(0.8, 5.0, count)
        )
        rgb = layout.rgb[order] + (0.02 + 0.008 * distance[:, None]) * self._generator.normal(
            0, 1, (count, 3)
        )
        age = np.where(seen, 0.0, np.minimum(self._generator.exponential(4.0, count) + 0.1, 60.0))
        radius = layout.radius[order] * np.exp(self._generator.normal(0, 0.05, count))
        return thing_features(
            in_frame(scene.estimated[order], scene.robot),
            in_frame(scene.estimated[order], scene.start),
            radius.astype(np.float32),
            np.clip(rgb, 0, 1).astype(np.float32),
            scene.taken[order],
            age.astype(np.float32),
            self._robot_radius,
        )

    def ghost(self, scene: Scene) -> FloatArray:
        """Something that the eye takes for a thing, of no certain shape."""
        place = self._generator.uniform(-4, 4, (1, 2)).astype(np.float32)
        return thing_features(
            in_frame(place, scene.robot),
            in_frame(place, scene.start),
            self._generator.uniform(0.08, 0.3, 1).astype(np.float32),
            self._generator.uniform(0, 1, (1, 3)).astype(np.float32),
            self._generator.dirichlet(np.ones(len(SHAPES)), 1).astype(np.float32),
            self._generator.exponential(1.0, 1).astype(np.float32),
            self._robot_radius,
        )[0]

    def _taken(self, layout: Layout, robot: RobotState, seen: npt.NDArray[np.bool_]) -> FloatArray:
        """[N, shapes] how sure the eye is of each shape: what is far is often taken for another."""
        count = len(layout)
        distance = np.where(seen, polar(layout.places, robot)[0], self._generator.uniform(0.8, 5.5, count))
        doubt = np.minimum(0.75, self._generator.exponential(0.02 + 0.0015 * distance**3))
        other = (layout.shape + self._generator.integers(1, len(SHAPES), count)) % len(SHAPES)
        taken = np.zeros((count, len(SHAPES)), np.float32)
        taken[np.arange(count), layout.shape] = 1 - doubt
        taken[np.arange(count), other] += doubt
        return taken

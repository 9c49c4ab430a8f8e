"""Situations to learn from: a room, what the robot knows of it, an instruction, and what the expert does.

No simulator is needed: the language model is told what stands around by features (``thing_tokens``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mm_robot.data import phrasing
from mm_robot.data.instructions import Instruction, InstructionSampler, Step, Wanted
from mm_robot.data.requests import Request
from mm_robot.model.fused_lm import OUTCOMES
from mm_robot.model.memory import MOST_THINGS
from mm_robot.model.processor import Processor
from mm_robot.model.task import ALL_ROUND
from mm_robot.model.thing_tokens import THING_FEATURES
from mm_robot.sim.expert import Obstacle, advise_chunk
from mm_robot.sim.scene import MAX_ANGULAR, MAX_LINEAR
from mm_robot.training.layout import (
    polar,
    random_layout,
    sector_distances,
)
from mm_robot.training.mentions import Mention, Mentioner
from mm_robot.training.scenes import Scene, SceneSampler
from mm_robot.types import FloatArray, Outcome, Pace, RobotState, Skill, TaskState

NONE = MOST_THINGS
"""The index of "no thing is meant"."""
_SCAN_SHARE = 0.9
"""The rest of the situations has no scan, for robots without one."""
_GHOST_SHARE = 0.12
_SUSPECT_SHAPE, _SUSPECT_COLOUR, _SUSPECT_DISTANCE = 0.25, 0.2, 1.5
"""A thing may be the one meant where its shape is this likely, its colour within this sRGB distance, and it
stands farther away, m: it is worth a closer look before the robot says that there is none.
"""
_NEARLY_DONE = 0.15
"""m or rad before or past the end of a move or turn, where it is decided whether it is done."""


@dataclass(frozen=True)
class Situation:
    """One row of a batch.

    ``things`` [MOST_THINGS, THING_FEATURES], ``present`` [MOST_THINGS]; ``state`` [STATE_SIZE]; ``step``
    index of the instruction's step that is under way; ``meant``, ``reference`` an index or ``NONE``;
    ``actions`` [CHUNK, 2] in units of the top speeds; ``outcome`` an index.
    """

    things: FloatArray
    present: npt.NDArray[np.bool_]
    state: FloatArray
    instruction: Instruction
    step: int
    meant: int
    reference: int
    actions: FloatArray
    outcome: int


class SituationSampler:
    """Draws situations; ``seed`` decides which, ``varied`` whether their sentences are dressed up."""

    def __init__(
        self,
        processor: Processor,
        seed: int | list[int],
        requests: Sequence[Request] | None = None,
        varied: bool = True,
    ) -> None:
        self._processor = processor
        self._generator = np.random.default_rng(seed)
        self._sentences = InstructionSampler(self._generator, requests, varied)
        self._scenes = SceneSampler(self._generator, processor.robot_radius)

    def text(self) -> Instruction:
        """A sentence of any kind, for what is learned from text alone."""
        draws = (
            (0.08, lambda: self._sentences.go_to(*self._sentences.any_thing())),
            (0.03, lambda: self._sentences.follow(*self._sentences.any_thing())),
            (0.05, self._sentences.elsewhere),
            (0.06, self._sentences.motion),
            (0.02, self._sentences.stop),
            (0.03, self._sentences.describe),
            (0.34, self._sequence_of_names),
            (0.04, self._sentences.unable),
            (0.06, self._sentences.refuse),
            (0.02, self._sentences.harmless),
            (0.27, self._sentences.request),
        )
        draw = self._generator.random()
        for share, sentence in draws:
            draw -= share
            if draw < 0:
                return sentence()
        return self._sentences.request()

    def _sequence_of_names(self) -> Instruction:
        """Two to four steps; often a turn or move before a thing to go to, or two things for one verb."""
        count = int(self._generator.choice([2, 3, 3, 4]))
        parts = [self._any_step() for _ in range(count)]
        draw = self._generator.random()
        if draw < 0.5:
            parts[-2:] = [self._motion_and_thing()]
        elif draw < 0.7:
            start = int(self._generator.integers(count - 1))
            parts[start : start + 2] = [self._two_things()]
        return self._sentences.sequence(parts)

    def _motion_and_thing(self) -> Instruction:
        around = self._generator.random() < 0.6
        motion = self._sentences.turn_around() if around else self._sentences.motion()
        parts = [motion, self._sentences.go_to(*self._sentences.any_thing())]
        return self._sentences.sequence(parts, phrasing.CLOSE_JOINTS)

    def _two_things(self) -> Instruction:
        first = self._sentences.go_to(*self._sentences.any_thing())
        thing, wanted = self._sentences.any_thing()
        return self._sentences.go_on_to(first, thing, Step((Skill.GO_TO,), target=wanted))

    def _any_step(self) -> Instruction:
        draw = self._generator.random()
        if draw < 0.5:
            return self._sentences.go_to(*self._sentences.any_thing())
        if draw < 0.6:
            return self._sentences.follow(*self._sentences.any_thing())
        if draw < 0.65:
            return self._sentences.stop() if draw < 0.625 else self._sentences.describe()
        return self._sentences.motion()

    def situation(self) -> Situation:
        """One situation with an instruction for it."""
        while True:
            found = self._try()
            if found is not None:
                return found

    def _try(self) -> Situation | None:
        layout = random_layout(self._generator)
        if not len(layout):
            return None
        start = self._scenes.free_pose(layout)
        if start is None:
            return None
        mentioner = Mentioner(layout, start, self._sentences, self._generator)
        draw = self._generator.random()
        mention: Mention | None = None
        skill = Skill.GO_TO
        if draw < 0.28:
            mention = mentioner.plain(int(self._generator.integers(len(layout))))
        elif draw < 0.42:
            alike = int(self._generator.integers(len(layout))) if self._generator.random() < 0.9 else None
            mention = mentioner.absent(alike)
        elif draw < 0.76:
            mention = mentioner.relation(tries=10)
        elif draw < 0.83:
            mention, skill = mentioner.plain(int(self._generator.integers(len(layout)))), Skill.FOLLOW
        if mention is not None:
            instruction = self._told(mention, skill)
        elif draw < 0.83:
            return None
        else:
            instruction = self._without_thing()
        instruction, step = self._in_sequence(instruction, mentioner)
        scene = self._scenes.draw(layout, start, mention)
        return None if scene is None else self._acted(scene, instruction, step, mention)

    def _without_thing(self) -> Instruction:
        draw = self._generator.random()
        if draw < 0.72:
            return self._sentences.motion()
        if draw < 0.85:
            return self._sentences.elsewhere()
        return self._sentences.stop() if draw < 0.92 else self._sentences.describe()

    def _in_sequence(self, instruction: Instruction, mentioner: Mentioner) -> tuple[Instruction, int]:
        """Now and then as one step among others."""
        draw = self._generator.random()
        if draw > 0.32:
            return instruction, 0
        if draw > 0.25:
            return self._close_to_motion(instruction)
        count = int(self._generator.choice([2, 2, 2, 3, 3, 4]))
        place = int(self._generator.integers(count))
        parts = [instruction if i == place else self._other_step(mentioner) for i in range(count)]
        return self._sentences.sequence(parts), place

    def _close_to_motion(self, instruction: Instruction) -> tuple[Instruction, int]:
        """With a turn before it, or, where it is a motion itself, with a thing to go to after it."""
        if instruction.steps[0].skill in (Skill.TURN, Skill.MOVE):
            after = self._sentences.go_to(*self._sentences.any_thing())
            return self._sentences.sequence([instruction, after], phrasing.CLOSE_JOINTS), 0
        before = self._sentences.turn_around()
        return self._sentences.sequence([before, instruction], phrasing.CLOSE_JOINTS), 1

    def _other_step(self, mentioner: Mentioner) -> Instruction:
        """A step for another thing of the room, or for none."""
        if self._generator.random() < 0.5:
            return self._any_step()
        relation = mentioner.relation(tries=3) if self._generator.random() < 0.3 else None
        other = mentioner.plain(int(self._generator.integers(len(mentioner))))
        return self._told(relation or other or mentioner.absent(None), Skill.GO_TO)

    def _told(self, mention: Mention, skill: Skill) -> Instruction:
        if skill is Skill.FOLLOW:
            return self._sentences.follow(mention.phrase, mention.wanted)
        return self._sentences.go_to(
            mention.phrase, mention.wanted, mention.wanted_reference, mention.relation
        )

    def _acted(self, scene: Scene, instruction: Instruction, step: int, mention: Mention | None) -> Situation:
        known = scene.known
        asked = instruction.steps[step]
        order = self._generator.permutation(known)[:MOST_THINGS]
        place = {int(thing): position for position, thing in enumerate(order)}
        target = reference = None
        if mention is not None:
            told = mention.relation is None or scene.surveyed
            target = mention.target if told else None
            reference = mention.reference
            if target is None and mention.relation is None:
                target = self._suspect(scene, mention.wanted)
        meant = NONE if target is None else place.get(target, NONE)
        task = self._task(scene, asked)
        others, goal, visible = self._obstacles(scene, None if meant == NONE else target)
        actions, outcome = advise_chunk(asked.skill, task, goal, visible, others, asked.pace)
        features = np.zeros((MOST_THINGS, THING_FEATURES), np.float32)
        present = np.zeros(MOST_THINGS, np.bool_)
        features[: len(order)] = self._scenes.features(scene, order)
        present[: len(order)] = True
        if len(order) < MOST_THINGS and self._generator.random() < _GHOST_SHARE:
            features[len(order)] = self._scenes.ghost(scene)
            present[len(order)] = True
        return Situation(
            things=features,
            present=present,
            state=self._state(scene, task, asked.pace),
            instruction=instruction,
            step=step,
            meant=meant,
            reference=NONE if reference is None else place.get(reference, NONE),
            actions=(actions / np.array([MAX_LINEAR, MAX_ANGULAR])).astype(np.float32),
            outcome=OUTCOMES.index(outcome if outcome in OUTCOMES else Outcome.DONE),
        )

    def _suspect(self, scene: Scene, wanted: Wanted) -> int | None:
        """What may be the thing meant, once the robot has looked all round and is certain of none."""
        if not scene.surveyed or scene.looked < ALL_ROUND or wanted.shape is None or wanted.rgb is None:
            return None
        layout, known = scene.layout, scene.known
        far, _ = polar(scene.estimated[known], scene.robot)
        off = np.linalg.norm(layout.rgb[known] - np.array(wanted.rgb, np.float32), axis=1)
        likely = np.where(
            (far > _SUSPECT_DISTANCE) & (off < _SUSPECT_COLOUR), scene.taken[known, wanted.shape], 0.0
        )
        if not len(known) or likely.max() < _SUSPECT_SHAPE:
            return None
        return int(known[likely.argmax()])

    def _obstacles(self, scene: Scene, target: int | None) -> tuple[list[Obstacle], Obstacle | None, bool]:
        """All but the target as they are; the target as the robot knows it; whether it is in view."""
        distance, bearing = polar(scene.layout.places, scene.robot)
        others = [
            Obstacle(float(distance[i]), float(bearing[i]), float(scene.layout.radius[i]))
            for i in range(len(scene.layout))
            if i != target
        ]
        if target is None:
            return others, None, False
        far, aside = polar(scene.estimated[target : target + 1], scene.robot)
        goal = Obstacle(float(far[0]), float(aside[0]), float(scene.layout.radius[target]))
        return others, goal, bool(scene.seen[target])

    def _task(self, scene: Scene, asked: Step) -> TaskState:
        uniform = self._generator.uniform
        elapsed = float(uniform(0.5, 40))
        if asked.skill not in (Skill.TURN, Skill.MOVE):
            return TaskState(
                elapsed=elapsed,
                travelled=float(uniform(-1, 6)),
                turned=float(uniform(-4, 8)),
                looked=scene.looked,
                surveyed=scene.surveyed,
            )
        amount = asked.amount or 0.0
        if asked.either_side and uniform() < 0.3:
            amount = -amount
        remaining = float(uniform(-0.1, 1.0)) * amount
        draw = uniform()
        if draw < 0.65:
            near = _NEARLY_DONE if draw < 0.3 else _NEARLY_DONE / 2.5
            remaining = float(uniform(-near, near))
        elif draw < 0.75:
            remaining = amount
        progress = amount - remaining
        turning = asked.skill is Skill.TURN
        return TaskState(
            elapsed=float(uniform(0, 15)),
            travelled=float(uniform(-0.03, 0.03)) if turning else progress,
            turned=progress if turning else float(uniform(-0.1, 0.1)),
            looked=min(abs(progress), 2 * math.pi) if turning else float(uniform(0, 0.2)),
            surveyed=scene.surveyed,
            amount=amount,
        )

    def _state(self, scene: Scene, task: TaskState, pace: Pace) -> FloatArray:
        robot = RobotState(
            linear=float(self._generator.uniform(-0.1, MAX_LINEAR)),
            angular=float(self._generator.uniform(-1, 1)),
        )
        ranges = None
        if self._generator.random() < _SCAN_SHARE:
            ranges = sector_distances(scene.layout, scene.robot)
        return self._processor.state(robot, task, pace, ranges)

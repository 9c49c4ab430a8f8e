"""Pairs frames with instructions and asks the expert what to do: the rows of a training batch.

One frame serves many instructions, since the expert is a function of the state; rows are drawn
anew for every batch from one random generator.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from mm_robot.data.frames import GRID_COLUMNS, GRID_ROWS, FrameDataset, FrameLabels
from mm_robot.data.instructions import Instruction, InstructionSampler
from mm_robot.model.amount import read_amount
from mm_robot.model.fused_lm import CHUNK, OUTCOMES
from mm_robot.model.processor import Processor
from mm_robot.sim.expert import SEARCH_SWEEP, Obstacle, advise_chunk
from mm_robot.sim.scene import COLOURS, MAX_ANGULAR, MAX_LINEAR, SHAPES, wrap_angle
from mm_robot.types import FloatArray, Outcome, RobotState, Skill, TaskState

CELLS = GRID_ROWS * GRID_COLUMNS
VISIBLE_PIXELS = 10
LABELLED_PIXELS = 12
IGNORE = -100
_ABSENT_SHARE = 0.33
_LOOK_ALIKE_SHARE = 0.9
_MIXED_SHARE = 0.5
"""Of the names of things that are not there: the colour of one thing in view with the shape of another."""
_IN_VIEW_SHARE = 0.65
_TIGHT_SHARE, _TIGHT_GAP = 0.12, 0.15
"""Frames in which something is so near (m) that the robot has to get past it."""
_SCAN_SHARE = 0.9
"""The rest of the rows has no scan, for robots without one."""
_MOTION_SHARE = 0.7
"""Of the rows without a thing to go to; what the other sentences ask for is learned from text alone."""
_NEARLY_DONE = 0.15
"""m or rad before or past the end of a move or turn, where it is decided whether it is done."""
_GO_TO_VARIANTS = 600
_OTHER_VARIANTS = 8000
_COLOUR_NAMES = tuple(COLOURS)


@dataclass(frozen=True)
class SceneTargets:
    """What the scene head should say: ``presence`` [CELLS] 0 or 1; ``shape``, ``colour`` [CELLS] class
    or IGNORE; ``box`` [CELLS, 4] fractions, meant where shape is not IGNORE.
    """

    presence: FloatArray
    shape: npt.NDArray[np.int64]
    colour: npt.NDArray[np.int64]
    box: FloatArray


@dataclass(frozen=True)
class Row:
    """One frame with one instruction and what the expert does.

    ``state`` [STATE_SIZE]; ``grounding`` [CELLS + 1], the share of each cell in the thing meant, the
    last for "not in view"; ``actions`` [CHUNK, 2] in units of the top speeds; ``outcome`` an index.
    """

    frame: int
    instruction: Instruction
    state: FloatArray
    grounding: FloatArray
    actions: FloatArray
    outcome: int
    scene: SceneTargets


def scene_targets(labels: FrameLabels) -> SceneTargets:
    """The labels of a frame on the grid; where things overlap, the one that covers more of a cell counts."""
    presence = np.zeros(CELLS, np.float32)
    shape = np.full(CELLS, IGNORE, np.int64)
    colour = np.full(CELLS, IGNORE, np.int64)
    box = np.zeros((CELLS, 4), np.float32)
    best = np.zeros(CELLS, np.int64)
    for index in np.argsort(labels.pixels):
        if labels.pixels[index] < LABELLED_PIXELS:
            continue
        cover = labels.coverage[index].reshape(CELLS).astype(np.int64)
        centre = _centre_cell(labels.box[index])
        cells = (cover >= 50) & (cover > best)
        cells[centre] = True
        presence[centre] = 1.0
        shape[cells], colour[cells], box[cells] = labels.shape[index], labels.colour[index], labels.box[index]
        best = np.maximum(best, cover)
    return SceneTargets(presence, shape, colour, box)


@cache
def go_to_instruction(colour: str, shape: str, variant: int) -> Instruction:
    """One of the sentences that send the robot to a thing."""
    seed = [_COLOUR_NAMES.index(colour), SHAPES.index(shape), variant]
    return InstructionSampler(np.random.default_rng(seed)).go_to(colour, shape)


@cache
def other_instruction(variant: int) -> Instruction:
    """One of the sentences for the other skills."""
    return InstructionSampler(np.random.default_rng(variant)).other()


@cache
def motion_instruction(variant: int) -> Instruction:
    """One of the sentences for turns and moves."""
    sampler = InstructionSampler(np.random.default_rng([variant, 1]))
    return sampler.turn() if variant % 5 < 2 else sampler.move()


class RowSampler:
    """Draws rows from a data set; ``seed`` decides which."""

    def __init__(self, dataset: FrameDataset, processor: Processor, seed: int | list[int]) -> None:
        self._dataset = dataset
        self._processor = processor
        self._generator = np.random.default_rng(seed)

    def frames(self, count: int) -> npt.NDArray[np.int64]:
        """Random frame numbers, some of them of tight places."""
        frames = self._generator.integers(len(self._dataset), size=count)
        tight = self._dataset.tight(_TIGHT_GAP)
        if len(tight):
            chosen = self._generator.random(count) < _TIGHT_SHARE
            frames[chosen] = self._generator.choice(tight, int(chosen.sum()))
        return frames

    def text(self) -> Instruction:
        """A sentence of any kind, for what is learned from text alone."""
        if self._generator.random() < 0.3:
            return self._go_to_instruction(*self._random_name())
        return self._other_instruction()

    def go_to(self, frame: int) -> Row:
        """A row that sends the robot to a thing of the frame's room, or to one that is not there."""
        labels = self._dataset.labels(frame)
        index = self._target(labels)
        if index is None:
            colour, shape = self._absent_name(labels)
        else:
            colour, shape = _COLOUR_NAMES[labels.colour[index]], SHAPES[labels.shape[index]]
        instruction = self._go_to_instruction(colour, shape)
        visible = index is not None and labels.pixels[index] >= VISIBLE_PIXELS
        things = [
            Obstacle(float(d), float(b), float(r))
            for d, b, r in zip(labels.distance, labels.bearing, labels.radius, strict=True)
        ]
        target = things[index] if index is not None else None
        others = [thing for i, thing in enumerate(things) if i != index]
        task = self._search_state(target, visible)
        actions, outcome = advise_chunk(Skill.GO_TO, task, target, visible, others)
        grounding = np.zeros(CELLS + 1, np.float32)
        if visible and index is not None:
            cover = labels.coverage[index].reshape(CELLS).astype(np.float32)
            if cover.sum() <= 0:
                cover[_centre_cell(labels.box[index])] = 1.0
            grounding[:CELLS] = cover / cover.sum()
        else:
            grounding[CELLS] = 1.0
        return self._row(frame, instruction, task, grounding, actions, outcome, labels)

    def other(self, frame: int) -> Row:
        """A row whose instruction needs nothing of what is in view to be carried out."""
        labels = self._dataset.labels(frame)
        instruction = self._other_instruction()
        if self._generator.random() < _MOTION_SHARE:
            instruction = motion_instruction(int(self._generator.integers(_OTHER_VARIANTS)))
        task = TaskState(elapsed=float(self._generator.uniform(0, 10)))
        if instruction.skill in (Skill.TURN, Skill.MOVE):
            task = self._progress_state(instruction)
        actions, outcome = advise_chunk(instruction.skill, task)
        grounding = np.zeros(CELLS + 1, np.float32)
        grounding[CELLS] = 1.0
        return self._row(frame, instruction, task, grounding, actions, outcome, labels)

    def _row(
        self,
        frame: int,
        instruction: Instruction,
        task: TaskState,
        grounding: FloatArray,
        actions: FloatArray,
        outcome: Outcome,
        labels: FrameLabels,
    ) -> Row:
        assert actions.shape[0] == CHUNK
        robot = RobotState(
            linear=float(self._generator.uniform(-0.1, MAX_LINEAR)),
            angular=float(self._generator.uniform(-1, 1)),
        )
        ranges = labels.ranges if self._generator.random() < _SCAN_SHARE else None
        state = self._processor.state(robot, task, read_amount(instruction.text), ranges)
        scaled: FloatArray = (actions / np.array([MAX_LINEAR, MAX_ANGULAR])).astype(np.float32)
        known = OUTCOMES.index(outcome if outcome in OUTCOMES else Outcome.DONE)
        return Row(frame, instruction, state, grounding, scaled, known, scene_targets(labels))

    def _go_to_instruction(self, colour: str, shape: str) -> Instruction:
        return go_to_instruction(colour, shape, int(self._generator.integers(_GO_TO_VARIANTS)))

    def _other_instruction(self) -> Instruction:
        return other_instruction(int(self._generator.integers(_OTHER_VARIANTS)))

    def _target(self, labels: FrameLabels) -> int | None:
        if self._generator.random() < _ABSENT_SHARE:
            return None
        seen = np.flatnonzero(labels.pixels >= VISIBLE_PIXELS)
        if len(seen) and self._generator.random() < _IN_VIEW_SHARE:
            return int(self._generator.choice(seen))
        return int(self._generator.integers(len(labels)))

    def _absent_name(self, labels: FrameLabels) -> tuple[str, str]:
        """A colour and a shape that the room has not; mostly it shares one of them with a thing in view."""
        present = {(_COLOUR_NAMES[c], SHAPES[s]) for c, s in zip(labels.colour, labels.shape, strict=True)}
        seen = np.flatnonzero(labels.pixels >= VISIBLE_PIXELS)
        alike = bool(len(seen)) and self._generator.random() < _LOOK_ALIKE_SHARE
        while True:
            colour, shape = self._random_name()
            if alike and len(seen) > 1 and self._generator.random() < _MIXED_SHARE:
                one, other = self._generator.choice(seen, 2, replace=False)
                colour, shape = _COLOUR_NAMES[labels.colour[one]], SHAPES[labels.shape[other]]
            elif alike:
                thing = int(self._generator.choice(seen))
                if self._generator.random() < 0.5:
                    colour = _COLOUR_NAMES[labels.colour[thing]]
                else:
                    shape = SHAPES[labels.shape[thing]]
            if (colour, shape) not in present:
                return colour, shape

    def _random_name(self) -> tuple[str, str]:
        return str(self._generator.choice(_COLOUR_NAMES)), str(self._generator.choice(SHAPES))

    def _search_state(self, target: Obstacle | None, visible: bool) -> TaskState:
        uniform = self._generator.uniform
        elapsed = float(uniform(0, 40))
        travelled, turned = float(uniform(-1, 6)), float(uniform(-4, 8))
        base = TaskState(elapsed=elapsed, travelled=travelled, turned=turned)
        if visible and target is not None:
            if uniform() < 0.65:
                bearing = wrap_angle(target.bearing + float(self._generator.normal(0, 0.1)))
                return replace(base, swept=float(uniform(0, 0.15)), last_bearing=bearing, unseen=0.1)
            return replace(
                base, swept=float(uniform(0, SEARCH_SWEEP + 0.6)), unseen=float(uniform(0, elapsed))
            )
        swept = float(uniform(0, 9.0))
        if uniform() < 0.5 or target is None:
            return replace(base, swept=swept, unseen=elapsed)
        bearing = (
            target.bearing + float(self._generator.normal(0, 0.15))
            if uniform() < 0.5
            else float(uniform(-math.pi, math.pi))
        )
        unseen = float(uniform(0.1, 5))
        return replace(base, swept=min(swept, unseen * 0.9), last_bearing=wrap_angle(bearing), unseen=unseen)

    def _progress_state(self, instruction: Instruction) -> TaskState:
        uniform = self._generator.uniform
        amount = instruction.amount
        if instruction.either_side and uniform() < 0.3:
            amount = -amount
        remaining = float(uniform(-0.1, 1.0)) * amount
        draw = uniform()
        if draw < 0.65:
            near = _NEARLY_DONE if draw < 0.3 else _NEARLY_DONE / 2.5
            remaining = float(uniform(-near, near))
        elif draw < 0.75:
            remaining = amount
        progress = amount - remaining
        turning = instruction.skill is Skill.TURN
        return TaskState(
            elapsed=float(uniform(0, 15)),
            travelled=float(uniform(-0.03, 0.03)) if turning else progress,
            turned=progress if turning else float(uniform(-0.1, 0.1)),
            swept=abs(progress) if turning else float(uniform(0, 0.2)),
            amount=amount,
            unseen=float(uniform(0, 15)),
        )


def _centre_cell(box: FloatArray) -> int:
    left, top, right, bottom = box
    column = min(GRID_COLUMNS - 1, int((left + right) / 2 * GRID_COLUMNS))
    row = min(GRID_ROWS - 1, int((top + bottom) / 2 * GRID_ROWS))
    return row * GRID_COLUMNS + column

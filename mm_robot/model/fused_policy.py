"""The fused language model as a policy: observations in, decisions out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transformers import PreTrainedTokenizerBase

from mm_robot.errors import InputError
from mm_robot.model.amount import read_amounts
from mm_robot.model.fused_lm import MOST_STEPS, OUTCOMES, FusedLanguageModel, FusedOutput
from mm_robot.model.labels import attribution, scene_labels
from mm_robot.model.memory import remember
from mm_robot.model.plan import PlannedStep, read_plan
from mm_robot.model.processor import Processor
from mm_robot.model.scan import sector_ranges
from mm_robot.model.sightings import sightings
from mm_robot.model.task import wrap
from mm_robot.model.thing_tokens import told
from mm_robot.types import (
    Decision,
    FloatArray,
    KnownThing,
    Observation,
    Outcome,
    RobotState,
    SceneLabel,
    Skill,
)

MAX_LINEAR, MAX_ANGULAR = 0.5, 1.2
ARRIVED_GAP = 0.5
"""m from the robot's edge to that of the thing meant, within which a robot that would stand has arrived."""
STANDING = (0.02, 0.05)
"""m/s and rad/s below which it would stand."""
PAUSE = 0.5
"""s that the robot stands between the steps of a sentence."""
_UNABLE = "I cannot do that. I can go to things, follow them, turn, move, stop and tell what I see."
_REFUSED = "I will not do that: it could do harm."


class FusedPolicy:
    """Drives by the fused language model.

    In float32: to turn the weights to bfloat16 for each pass takes longer than it saves, as a pass is short.
    """

    def __init__(
        self,
        model: FusedLanguageModel,
        tokenizer: PreTrainedTokenizerBase,
        processor: Processor,
        shapes: tuple[str, ...],
        colours: tuple[str, ...],
    ) -> None:
        model.merge_adapter()
        self.model = model
        self._tokenizer = tokenizer
        self._processor = processor
        self._shapes, self._colours = shapes, colours
        self._device = next(model.parameters()).device
        self._instruction: str | None = None
        self._plan: tuple[PlannedStep, ...] = ()

    @property
    def plan(self) -> tuple[PlannedStep, ...]:
        """The steps of the present sentence; what is declined is one step that says so."""
        return self._plan

    @torch.inference_mode()
    def reset(self, instruction: str) -> None:
        """Start a task: the sentence is read once, step by step; its embeddings serve every frame."""
        if instruction == self._instruction:
            return
        tokens, mask = self._tokens(instruction)
        self._understand(instruction, self.model.embed_text(tokens, mask), mask)

    @torch.inference_mode()
    def listen(self, sound: FloatArray) -> str:
        """Start a task by a spoken sentence [N] at 16 kHz: the ear's vectors of its words take the place of
        the text's. Returns the words heard, which stand for it from now on; empty where there are none.

        Raises:
            InputError: the checkpoint was trained without an ear.
        """
        if self.model.ear is None:
            raise InputError(
                "this checkpoint does not hear; train one with the key hear in its configuration"
            )
        heard, vectors = self.model.ear.listen(torch.from_numpy(sound).to(self._device))
        if heard:
            mask = torch.ones(vectors.shape[:2], dtype=torch.long, device=self._device)
            self._understand(heard, vectors, mask)
        return heard

    def _understand(self, instruction: str, text: torch.Tensor, mask: torch.Tensor) -> None:
        """Read each step of the sentence, whose vectors are ``text`` [1, T, width]."""
        self._instruction = instruction
        steps = torch.arange(MOST_STEPS, device=self._device)
        each = text.expand(MOST_STEPS, -1, -1), mask.expand(MOST_STEPS, -1)
        self._sentence = self.model.understand(*each, steps)
        reader = self.model.verdict_reader
        verdict = None if reader is None else reader(*self._tokens(instruction))[0]
        self._plan = read_plan(self._sentence.asked, read_amounts(instruction), verdict)

    def _tokens(self, text: str) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask [1, T]."""
        tokens = self._tokenizer(
            [text], truncation=True, max_length=self._processor.max_text_tokens, return_tensors="pt"
        ).to(self._device)
        return tokens["input_ids"], tokens["attention_mask"]

    @torch.inference_mode()
    def decide(self, observation: Observation) -> Decision:
        """Take one decision; a new instruction in the observation starts a new task."""
        if observation.instruction != self._instruction:
            self.reset(observation.instruction)
        task, robot = observation.task, observation.robot
        number = min(task.step, len(self._plan) - 1)
        step = self._plan[number]
        if task.amount is None:
            task = replace(task, amount=step.amount)
        image = torch.from_numpy(self._processor.image(observation.image)).unsqueeze(0).to(self._device)
        seen = sightings(self.model.eye(image), mount=observation.mount)
        things, owners = remember(task.things, seen, robot, observation.mount)
        features, present = told(things, robot, task.start, self._processor.robot_radius)
        ranges = None if observation.scan is None else sector_ranges(observation.scan)
        state = self._processor.state(robot, task, step.pace, ranges)
        output = self.model(
            self._row(features), self._row(present), self._row(state), self._sentence.row(number)
        )
        shares = output.meant[0].softmax(-1).cpu().numpy()
        targets = [0.0 if owner is None else float(shares[owner]) for owner in owners]
        labels = scene_labels(seen, self._shapes, self._colours, targets)
        actions = output.actions[0].cpu().numpy() * np.array([MAX_LINEAR, MAX_ANGULAR], np.float32)
        visible, bearing, gap = _target(things, shares, robot, self._processor.robot_radius)
        stands = bool((np.abs(actions[0]) < STANDING).all())
        arrived = stands and visible > 0.5 and gap < ARRIVED_GAP
        outcome, answer, reason = self._outcome(step.skill, output, labels, arrived)
        pausing = number > 0 and task.elapsed < PAUSE
        if outcome is Outcome.DONE and number + 1 < len(self._plan):
            outcome, reason, number, pausing = Outcome.RUNNING, "", number + 1, True
            answer = answer if step.skill is Skill.DESCRIBE else ""
        elif pausing:
            outcome, answer, reason = Outcome.RUNNING, "", ""
        if outcome is not Outcome.RUNNING or pausing:
            actions = np.zeros_like(actions)
        return Decision(
            actions=actions,
            outcome=outcome,
            skill=step.skill,
            reason=reason,
            answer=answer,
            amount=step.amount,
            target_visible=visible if step.skill in (Skill.GO_TO, Skill.FOLLOW) else 0.0,
            bearing=bearing,
            step=number,
            labels=labels,
            things=things,
            attribution=attribution(seen, targets),
        )

    def _row(self, values: npt.NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(values).unsqueeze(0).to(self._device)

    def _outcome(
        self, skill: Skill, output: FusedOutput, labels: tuple[SceneLabel, ...], arrived: bool
    ) -> tuple[Outcome, str, str]:
        """How the step stands, what is said of it, and why.

        ``arrived`` says that the robot would stand before the thing meant: that is the end of going there,
        even where the model is not certain of it.
        """
        if skill is Skill.REFUSE:
            return Outcome.REFUSED, _REFUSED, "it could do harm"
        if skill is Skill.UNABLE:
            return Outcome.UNABLE, _UNABLE, "not something this robot does"
        if skill is Skill.STOP:
            return Outcome.DONE, "", "stopped"
        if skill is Skill.DESCRIBE:
            return Outcome.DONE, described(labels), "answered"
        outcome = OUTCOMES[int(output.outcome[0].argmax())]
        searches = skill in (Skill.GO_TO, Skill.FOLLOW)
        if (outcome is Outcome.ABSENT and not searches) or (
            outcome is Outcome.DONE and skill is Skill.FOLLOW
        ):
            outcome = Outcome.RUNNING
        if skill is Skill.GO_TO and outcome is Outcome.RUNNING and arrived:
            outcome = Outcome.DONE
        answer = {Outcome.DONE: "Done.", Outcome.ABSENT: "I looked all round and cannot find it."}.get(
            outcome, ""
        )
        return outcome, answer, answer.rstrip(".").lower()


def _target(
    things: Sequence[KnownThing], shares: FloatArray, robot: RobotState, robot_radius: float
) -> tuple[float, float, float]:
    """How likely the thing meant is in view, its bearing in rad and the gap to it in m."""
    if not things:
        return 0.0, 0.0, math.inf
    best = max(range(len(things)), key=lambda i: shares[i])
    thing = things[best]
    in_view = sum(float(shares[i]) for i, t in enumerate(things) if t.age == 0.0)
    x, y = thing.x - robot.x, thing.y - robot.y
    gap = math.hypot(x, y) - thing.radius - robot_radius
    return min(in_view, 1.0), wrap(math.atan2(y, x) - robot.yaw), gap


def described(labels: tuple[SceneLabel, ...]) -> str:
    """The labels as a sentence."""
    names = [f"{'an' if label.name[0] in 'aeiou' else 'a'} {label.name}" for label in labels]
    if not names:
        return "I see nothing that I know."
    return "I see " + (names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]) + "."

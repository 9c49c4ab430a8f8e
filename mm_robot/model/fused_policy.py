"""The fused language model as a policy: observations in, decisions out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from transformers import PreTrainedTokenizerBase

from mm_robot.model.amount import Amount, read_amount
from mm_robot.model.encoders import GRID_COLUMNS, GRID_ROWS
from mm_robot.model.fused_lm import OUTCOMES, SKILLS, FusedLanguageModel, FusedOutput, TextOutput
from mm_robot.model.labels import scene_labels
from mm_robot.model.precision import fast_bfloat16
from mm_robot.model.processor import Processor
from mm_robot.model.scan import sector_ranges
from mm_robot.types import Decision, Observation, Outcome, SceneLabel, Skill

MAX_LINEAR, MAX_ANGULAR = 0.5, 1.2
_HALF_WIDTH_TANGENT = 0.7002
_UNABLE = "I cannot do that. I can go to things, turn, move, stop and tell what I see."


class FusedPolicy:
    """Drives by the fused language model, in bfloat16 where the device is fast at it, as in training."""

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
        self._bfloat16 = fast_bfloat16(self._device)
        self._instruction: str | None = None

    @torch.inference_mode()
    def reset(self, instruction: str) -> None:
        """Start a task: the sentence is read once, its embeddings serve every frame."""
        if instruction == self._instruction:
            return
        self._instruction = instruction
        tokens = self._tokenizer(
            [instruction], truncation=True, max_length=self._processor.max_text_tokens, return_tensors="pt"
        ).to(self._device)
        self._text_mask = tokens["attention_mask"]
        self._text = self.model.embed_text(tokens["input_ids"], self._text_mask)
        read = self.model.understand(self._text, self._text_mask)
        self._skill = SKILLS[int(read.skill[0].argmax())]
        self._number = read_amount(instruction)
        self._amount = amount_of(self._skill, read, self._number)

    @torch.inference_mode()
    def decide(self, observation: Observation) -> Decision:
        """Take one decision; a new instruction in the observation starts a new task."""
        if observation.instruction != self._instruction:
            self.reset(observation.instruction)
        task = observation.task
        if task.amount is None:
            task = replace(task, amount=self._amount)
        image = torch.from_numpy(self._processor.image(observation.image)).unsqueeze(0).to(self._device)
        ranges = None if observation.scan is None else sector_ranges(observation.scan)
        state = torch.from_numpy(self._processor.state(observation.robot, task, self._number, ranges))
        grid = self.model.stem(image)
        with torch.autocast(self._device.type, dtype=torch.bfloat16, enabled=self._bfloat16):
            output = self.model(grid, state.unsqueeze(0).to(self._device), self._text, self._text_mask)
        return self._decision(output)

    def _decision(self, output: FusedOutput) -> Decision:
        attention = output.scene.attention[0].cpu().numpy()
        visible = float(attention.sum())
        columns = (np.arange(GRID_COLUMNS) + 0.5) / GRID_COLUMNS
        shares = attention.reshape(GRID_ROWS, GRID_COLUMNS)
        across = float((shares.sum(0) * columns).sum() / max(visible, 1e-6))
        bearing = float(np.arctan((0.5 - across) * 2 * _HALF_WIDTH_TANGENT))
        labels = scene_labels(output.scene, self._shapes, self._colours)
        actions = output.actions[0].float().cpu().numpy() * np.array([MAX_LINEAR, MAX_ANGULAR], np.float32)
        outcome, answer, reason = self._outcome(output, labels)
        if outcome is not Outcome.RUNNING:
            actions = np.zeros_like(actions)
        return Decision(
            actions=actions,
            outcome=outcome,
            skill=self._skill,
            reason=reason,
            answer=answer,
            amount=self._amount,
            target_visible=visible if self._skill is Skill.GO_TO else 0.0,
            bearing=bearing,
            labels=labels,
            attribution=shares.astype(np.float32),
        )

    def _outcome(self, output: FusedOutput, labels: tuple[SceneLabel, ...]) -> tuple[Outcome, str, str]:
        if self._skill is Skill.UNABLE:
            return Outcome.UNABLE, _UNABLE, "not something this robot does"
        if self._skill is Skill.STOP:
            return Outcome.DONE, "", "stopped"
        if self._skill is Skill.DESCRIBE:
            return Outcome.DONE, described(labels), "answered"
        outcome = OUTCOMES[int(output.outcome[0].argmax())]
        if self._skill is not Skill.GO_TO and outcome is Outcome.ABSENT:
            outcome = Outcome.RUNNING
        answer = {Outcome.DONE: "Done.", Outcome.ABSENT: "I looked all round and cannot find it."}.get(
            outcome, ""
        )
        return outcome, answer, answer.rstrip(".").lower()


def amount_of(skill: Skill, read: TextOutput, number: Amount | None) -> float | None:
    """The signed argument of a turn (rad) or a move (m): by the model, but for the number."""
    if skill not in (Skill.TURN, Skill.MOVE):
        return None
    turn_side, turn_size, move_side, move_size = (float(v) for v in read.amount[0])
    side, size, unit = (turn_side, turn_size, "rad") if skill is Skill.TURN else (move_side, move_size, "m")
    if number is not None and number.unit == unit:
        size = number.value
    elif number is not None and not number.unit:
        size = np.deg2rad(number.value) if skill is Skill.TURN else number.value
    return float(np.copysign(max(0.0, size), side))


def described(labels: tuple[SceneLabel, ...]) -> str:
    """The labels as a sentence."""
    names = [f"{'an' if label.name[0] in 'aeiou' else 'a'} {label.name}" for label in labels]
    if not names:
        return "I see nothing that I know."
    return "I see " + (names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]) + "."

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import tokenizer_of
from mm_robot.model.fused_lm import CHUNK, OUTCOMES, FusedOutput, Sentence
from mm_robot.model.fused_policy import PAUSE, FusedPolicy
from mm_robot.model.memory import MOST_THINGS
from mm_robot.model.processor import Processor
from mm_robot.model.read_words import ReadWords
from mm_robot.types import Decision, Observation, Outcome, Pace, RobotState, Skill, TaskState

from .test_labels import COLOURS, SHAPES, scene
from .test_plan import NOTHING, Row, reading


class Told(nn.Module):
    """A model that reads the steps it was given, sees one red ball, and says how each step stands."""

    def __init__(self, *rows: Row) -> None:
        super().__init__()
        self.anchor = nn.Parameter(torch.zeros(1))
        self.rows = rows
        self.outcome = Outcome.RUNNING
        self.speed = 1.0
        self.verdict_reader: Any = None
        self.seen = scene({600: (0, 0, (0.45, 0.45, 0.55, 0.5))})  # no foot below the horizon

    def merge_adapter(self) -> None:
        """Nothing to merge."""

    def embed_text(self, token_ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return torch.zeros(*token_ids.shape, 8)

    def understand(self, text: torch.Tensor, mask: torch.Tensor, _: torch.Tensor) -> Sentence:
        return Sentence(reading(*self.rows), text, mask, ReadWords())

    def eye(self, _: torch.Tensor) -> Any:
        return self.seen

    def forward(self, things: torch.Tensor, present: torch.Tensor, *_: Any) -> FusedOutput:
        meant = torch.full((1, MOST_THINGS + 1), -9.0)
        meant[0, 0 if bool(present[0, 0]) else MOST_THINGS] = 9.0
        outcome = 9.0 * torch.nn.functional.one_hot(
            torch.tensor([OUTCOMES.index(self.outcome)]), len(OUTCOMES)
        )
        return FusedOutput(meant, meant, reading(*self.rows), torch.full((1, CHUNK, 2), self.speed), outcome)


def policy(*rows: Row) -> tuple[FusedPolicy, Told]:
    model = Told(*rows)
    made = FusedPolicy(
        model,  # type: ignore[arg-type]
        tokenizer_of(find_base_model()),
        Processor(),
        SHAPES,
        COLOURS,
    )
    return made, model


def decide(made: FusedPolicy, task: TaskState) -> Decision:
    image = np.zeros((240, 320, 3), np.uint8)
    return made.decide(Observation(image, "do this and that", RobotState(), task, 0.0))


GO: Row = (Skill.GO_TO, NOTHING, 0, Pace.NORMAL)
LEFT: Row = (Skill.TURN, (4.0, math.pi / 2, 0.0, 0.0), 0, Pace.NORMAL)


def test_a_step_that_is_done_makes_way_for_the_next_after_a_pause() -> None:
    made, model = policy(GO, LEFT)
    assert decide(made, TaskState()).actions[0, 0] == pytest.approx(0.5)
    model.outcome = Outcome.DONE
    changed = decide(made, TaskState(elapsed=5.0))
    assert (changed.outcome, changed.step, changed.answer) == (Outcome.RUNNING, 1, "")
    assert not changed.actions.any()
    model.outcome = Outcome.RUNNING
    pausing = decide(made, TaskState(step=1, elapsed=PAUSE / 2))
    assert pausing.outcome is Outcome.RUNNING and not pausing.actions.any()
    turning = decide(made, TaskState(step=1, elapsed=PAUSE + 0.1))
    assert turning.skill is Skill.TURN and turning.amount == pytest.approx(math.pi / 2)
    assert turning.actions.any()
    model.outcome = Outcome.DONE
    assert decide(made, TaskState(step=1, elapsed=3.0)).outcome is Outcome.DONE


@pytest.mark.parametrize(
    ("distance", "speed", "ended"), [(0.8, 0.0, True), (0.8, 1.0, False), (2.0, 0.0, False)]
)
def test_a_robot_that_would_stand_before_what_is_meant_has_arrived(
    distance: float, speed: float, ended: bool
) -> None:
    made, model = policy(GO)
    model.seen.distance.fill_(math.log(distance))
    model.speed = speed
    assert (decide(made, TaskState(elapsed=5.0)).outcome is Outcome.DONE) is ended


def test_what_is_not_found_ends_the_whole() -> None:
    made, model = policy(GO, LEFT)
    model.outcome = Outcome.ABSENT
    assert decide(made, TaskState(elapsed=9.0)).outcome is Outcome.ABSENT


@pytest.mark.parametrize(
    ("skill", "outcome"), [(Skill.REFUSE, Outcome.REFUSED), (Skill.UNABLE, Outcome.UNABLE)]
)
def test_what_is_declined_is_declined_at_once_and_said(skill: Skill, outcome: Outcome) -> None:
    made, _ = policy(GO, (skill, NOTHING, 0, Pace.NORMAL))
    decision = decide(made, TaskState())
    assert decision.outcome is outcome and decision.answer and decision.reason
    assert not decision.actions.any()


def test_what_is_seen_on_the_way_is_told_on_the_way() -> None:
    made, _ = policy((Skill.DESCRIBE, NOTHING, 0, Pace.NORMAL), LEFT)
    decision = decide(made, TaskState())
    assert decision.answer == "I see a red ball." and decision.outcome is Outcome.RUNNING


def test_following_has_no_end_of_its_own() -> None:
    made, model = policy((Skill.FOLLOW, NOTHING, 0, Pace.NORMAL))
    model.outcome = Outcome.DONE
    assert decide(made, TaskState(elapsed=9.0)).outcome is Outcome.RUNNING


def test_what_is_known_and_meant_is_told() -> None:
    made, _ = policy(GO)
    decision = decide(made, TaskState())
    assert len(decision.things) == 1 and decision.target_visible > 0.9
    assert decision.labels[0].target > 0.9
    assert decision.attribution is not None and decision.attribution.max() > 0.9


@pytest.mark.parametrize(
    ("verdict", "outcome"), [((0.0, 0.0, 15.0), Outcome.REFUSED), ((15.0, 0.0, 0.0), Outcome.RUNNING)]
)
def test_the_verdict_on_the_whole_sentence_decides(
    verdict: tuple[float, float, float], outcome: Outcome
) -> None:
    made, model = policy(GO)
    model.verdict_reader = lambda token_ids, mask: torch.tensor([verdict])
    assert decide(made, TaskState()).outcome is outcome

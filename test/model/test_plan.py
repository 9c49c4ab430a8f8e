from __future__ import annotations

import math

import pytest
import torch

from mm_robot.model.amount import Amount
from mm_robot.model.fused_lm import END, MOST_NUMBERS, MOST_STEPS, PACES, SKILLS, TextOutput
from mm_robot.model.heads import WANTED_SHAPES, WantedOutput
from mm_robot.model.plan import PlannedStep, read_plan
from mm_robot.types import RELATIONS, Pace, Skill

Row = tuple[Skill | None, tuple[float, float, float, float], int, Pace]
NOTHING = (0.0, 0.0, 0.0, 0.0)


def reading(*rows: Row) -> TextOutput:
    """What is read of steps given by skill (None: no such step), amount, position of the number and pace."""
    filled = [*rows, *[(None, NOTHING, 0, Pace.NORMAL)] * (MOST_STEPS - len(rows))]
    skill = torch.tensor([END if s is None else SKILLS.index(s) for s, *_ in filled])
    one_hot = torch.nn.functional.one_hot
    return TextOutput(
        skill=9.0 * one_hot(skill, END + 1),
        amount=torch.tensor([amount for _, amount, _, _ in filled]),
        number=9.0 * one_hot(torch.tensor([n for _, _, n, _ in filled]), MOST_NUMBERS + 1),
        pace=9.0 * one_hot(torch.tensor([PACES.index(p) for *_, p in filled]), len(PACES)),
        relation=torch.zeros(MOST_STEPS, 1 + len(RELATIONS)),
        wanted=WantedOutput(
            torch.zeros(MOST_STEPS, 2, 3),
            torch.zeros(MOST_STEPS, 2),
            torch.zeros(MOST_STEPS, 2, WANTED_SHAPES),
        ),
    )


def test_steps_are_read_up_to_the_end() -> None:
    read = reading(
        (Skill.GO_TO, NOTHING, 0, Pace.SLOW),
        (Skill.TURN, (-3.0, 1.5, 0.0, 0.0), 0, Pace.NORMAL),
    )
    plan = read_plan(read, ())
    assert plan == (PlannedStep(Skill.GO_TO, None, Pace.SLOW), PlannedStep(Skill.TURN, -1.5))


def test_each_step_takes_its_own_number_from_the_sentence() -> None:
    read = reading(
        (Skill.MOVE, (0.0, 0.0, 4.0, 0.5), 1, Pace.NORMAL),
        (Skill.TURN, (4.0, 1.0, 0.0, 0.0), 2, Pace.NORMAL),
    )
    plan = read_plan(read, (Amount(2.0, "m"), Amount(45.0, "")))
    assert plan[0].amount == 2.0
    assert plan[1].amount == pytest.approx(math.radians(45))


@pytest.mark.parametrize("numbers", [(), (Amount(1.0, "rad"),)])
def test_a_number_that_is_missing_or_of_another_kind_leaves_the_models_size(
    numbers: tuple[Amount, ...],
) -> None:
    read = reading((Skill.MOVE, (0.0, 0.0, -4.0, 0.3), 1, Pace.NORMAL))
    assert read_plan(read, numbers)[0].amount == pytest.approx(-0.3)


@pytest.mark.parametrize("declined", [Skill.REFUSE, Skill.UNABLE])
def test_one_step_that_is_declined_declines_the_whole(declined: Skill) -> None:
    read = reading((Skill.GO_TO, NOTHING, 0, Pace.NORMAL), (declined, NOTHING, 0, Pace.NORMAL))
    assert [step.skill for step in read_plan(read, ())] == [declined]


def test_a_sentence_without_any_step_is_nothing_that_the_robot_does() -> None:
    assert [step.skill for step in read_plan(reading(), ())] == [Skill.UNABLE]


def test_a_number_whose_unit_does_not_fit_is_passed_over() -> None:
    read = reading((Skill.TURN, (4.0, 1.0, 0.0, 0.0), 1, Pace.NORMAL))
    read.number[0, 2] = 5.0
    assert read_plan(read, (Amount(0.5, "m"), Amount(2.0, "rad")))[0].amount == 2.0


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [((0.0, 0.0, 15.0), Skill.REFUSE), ((0.0, 15.0, 0.0), Skill.UNABLE), ((15.0, 0.0, 0.0), Skill.GO_TO)],
)
def test_a_sure_verdict_outweighs_the_steps(verdict: tuple[float, float, float], expected: Skill) -> None:
    read = reading((Skill.GO_TO, NOTHING, 0, Pace.NORMAL), (Skill.STOP, NOTHING, 0, Pace.NORMAL))
    assert read_plan(read, (), torch.tensor(verdict))[0].skill is expected


def test_what_the_verdict_clears_is_carried_out_in_its_most_probable_way() -> None:
    read = reading((Skill.REFUSE, NOTHING, 0, Pace.NORMAL))
    read.skill[0, SKILLS.index(Skill.FOLLOW)] = 5.0
    assert read_plan(read, (), torch.tensor([15.0, 0.0, 0.0])) == (PlannedStep(Skill.FOLLOW),)

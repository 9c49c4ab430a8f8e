from __future__ import annotations

from mm_robot.data.instructions import Instruction, Step
from mm_robot.data.requests import ALLOWED
from mm_robot.model.fused_lm import END, SKILLS
from mm_robot.training.batches import text_batch
from mm_robot.types import Skill


def right_at(instruction: Instruction, step: int) -> set[int]:
    return set(text_batch([instruction], [step]).skill[0].nonzero().flatten().tolist())


def test_after_the_last_step_a_sentence_ends() -> None:
    known = Instruction("go to the ball", (Step((Skill.GO_TO,)),))
    assert right_at(known, 0) == {SKILLS.index(Skill.GO_TO)}
    assert right_at(known, 1) == {END}


def test_where_the_steps_are_not_known_nothing_is_said_of_how_many_there_are() -> None:
    allowed = {SKILLS.index(skill) for skill in ALLOWED}
    unknown = Instruction("look behind the sofa, then come back to me", (Step(ALLOWED),))
    assert right_at(unknown, 0) == allowed
    assert right_at(unknown, 1) == allowed | {END}

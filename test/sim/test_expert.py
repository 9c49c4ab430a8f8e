from __future__ import annotations

import math

import pytest

from mm_robot.model.task import TaskTracker
from mm_robot.sim.expert import Obstacle, advise, advise_chunk
from mm_robot.sim.scene import random_room, wrap_angle
from mm_robot.sim.world import World
from mm_robot.types import Decision, Outcome, Pace, Skill, TaskState


def drive(seed: int) -> tuple[Outcome, float, float, tuple[str, ...]]:
    """Let the expert drive to the first thing of a room; outcome, gap m, bearing rad, what was touched."""
    objects = [{"shape": "ball", "colour": "red"}, {"shape": "box", "colour": "red"}]
    world = World(random_room(seed, objects, distractors=3))
    tracker = TaskTracker(0.0, world.robot_state())
    outcome, pending, known = Outcome.RUNNING, (0.0, 0.0), False
    try:
        for _ in range(600):
            state = world.robot_state()
            seen = [
                Obstacle(
                    math.hypot(t.x - state.x, t.y - state.y),
                    wrap_angle(math.atan2(t.y - state.y, t.x - state.x) - state.yaw),
                    t.radius,
                )
                for t in world.room.things
            ]
            sight = world.sights(320, 240)[0]
            visible = sight is not None and sight.pixels > 10
            task = tracker.update(world.time, state)
            known = known or visible
            target = seen[0] if known else None
            actions, outcome = advise_chunk(Skill.GO_TO, task, target, visible, seen[1:])
            tracker.note(Decision(actions))
            world.step(*pending, 0.1)
            pending = (float(actions[0, 0]), float(actions[0, 1]))
            if outcome is not Outcome.RUNNING:
                break
        world.step(0, 0, 0.5)
        state, thing = world.robot_state(), world.room.things[0]
        gap = math.hypot(thing.x - state.x, thing.y - state.y) - thing.radius - 0.18
        bearing = wrap_angle(math.atan2(thing.y - state.y, thing.x - state.x) - state.yaw)
        return outcome, gap, bearing, world.contacts()
    finally:
        world.close()


@pytest.mark.parametrize("seed", range(4))
def test_it_reaches_its_target_without_touching_anything(seed: int) -> None:
    outcome, gap, bearing, touched = drive(seed)
    assert outcome is Outcome.DONE
    assert gap < 0.5 and abs(bearing) < math.radians(30) and touched == ()


def test_it_looks_round_for_what_it_does_not_see_and_gives_up_after_a_turn() -> None:
    assert advise(Skill.GO_TO, TaskState()).angular > 0
    assert advise(Skill.GO_TO, TaskState(looked=math.radians(355))).outcome is Outcome.ABSENT


def test_it_turns_to_where_it_knows_the_target() -> None:
    assert advise(Skill.GO_TO, TaskState(), Obstacle(2.0, -2.0, 0.2)).angular < 0


def test_it_is_not_done_before_it_sees_the_target() -> None:
    near = Obstacle(0.6, 0.0, 0.2)
    assert advise(Skill.GO_TO, TaskState(), near, visible=False).outcome is Outcome.RUNNING
    assert advise(Skill.GO_TO, TaskState(), near, visible=True).outcome is Outcome.DONE


@pytest.mark.parametrize(("distance", "sign"), [(2.0, 1), (0.6, -1)])
def test_what_is_followed_is_neither_lost_nor_run_into(distance: float, sign: int) -> None:
    advice = advise(Skill.FOLLOW, TaskState(), Obstacle(distance, 0.0, 0.2), visible=True)
    assert advice.outcome is Outcome.RUNNING
    assert math.copysign(1, advice.linear) == sign


def test_the_pace_changes_the_speed() -> None:
    far = Obstacle(3.0, 0.0, 0.2)
    slow, normal, fast = (advise(Skill.GO_TO, TaskState(), far, True, (), pace).linear for pace in Pace)
    assert 0 < slow < normal < fast


def test_it_steers_round_a_thing_in_the_way() -> None:
    target = Obstacle(3.0, 0.0, 0.2)
    clear = advise(Skill.GO_TO, TaskState(), target, True)
    blocked = advise(Skill.GO_TO, TaskState(), target, True, [Obstacle(1.0, 0.05, 0.2)])
    assert clear.angular == pytest.approx(0.0)
    assert blocked.angular < -0.3


@pytest.mark.parametrize(("skill", "amount"), [(Skill.TURN, -1.5), (Skill.MOVE, 0.8)])
def test_turns_and_moves_end_where_they_should(skill: Skill, amount: float) -> None:
    progress = 0.0
    for _ in range(200):
        task = TaskState(amount=amount, turned=progress, travelled=progress)
        advice = advise(skill, task)
        if advice.outcome is Outcome.DONE:
            break
        progress += 0.1 * (advice.angular if skill is Skill.TURN else advice.linear)
    assert progress == pytest.approx(amount, abs=0.06)


def test_what_it_cannot_do_does_not_move_it() -> None:
    actions, outcome = advise_chunk(Skill.UNABLE, TaskState())
    assert outcome is Outcome.UNABLE and not actions.any()

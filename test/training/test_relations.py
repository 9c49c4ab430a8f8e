from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.scene import Room, random_room
from mm_robot.sim.world import World
from mm_robot.training.episodes import parse_episode
from mm_robot.training.judge import judge
from mm_robot.training.relations import Relation, related
from mm_robot.training.rollout import run_episode, time_for
from mm_robot.types import Decision, Observation, Outcome

OBJECTS: list[dict[str, Any]] = [
    {"shape": "ball", "colour": "red", "at": [2.0, 1.5], "size": 0.13},
    {"shape": "ball", "colour": "blue", "at": [3.0, -1.5], "size": 0.24},
    {"shape": "ball", "colour": "green", "at": [1.2, -1.2], "size": 0.18},
    {"shape": "box", "colour": "red", "at": [3.0, 0.0], "size": 0.2},
]
BOX = {"shape": "box", "colour": "red"}


def room() -> Room:
    return random_room(1, OBJECTS, robot=[0, 0, 0])


@pytest.mark.parametrize(
    ("relation", "meant"),
    [
        (Relation("left_of", "red", "box"), [0]),
        (Relation("right_of", "red", "box"), [1, 2]),
        (Relation("near", "red", "box"), [1]),
        (Relation("nearest"), [2]),
        (Relation("farthest"), [1]),
        (Relation("biggest"), [1]),
        (Relation("smallest"), [0]),
        (Relation("left_of", "black", "box"), []),
    ],
)
def test_relations_of_a_room(relation: Relation, meant: list[int]) -> None:
    assert related(room(), None, "ball", relation) == meant


def row(target: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": "go",
        "seed": 1,
        "robot": [0, 0, 0],
        "objects": OBJECTS,
        "expect": {"outcome": "reach", "target": target},
    }


def test_a_target_may_be_told_by_relation() -> None:
    episode = parse_episode(row({"shape": "ball", "relation": {"is": "left_of", "of": BOX}}))
    assert episode.target == 0


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"shape": "ball", "relation": {"is": "right_of", "of": BOX}}, "2 fit the ball"),
        ({"shape": "ball", "relation": {"is": "above", "of": BOX}}, "relation.is must be one of"),
        ({"shape": "ball", "relation": {"is": "near"}}, "relation.of must hold"),
    ],
)
def test_a_relation_that_does_not_tell_is_refused(target: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_episode(row(target))


class Steps:
    """Turns for a while, goes straight on for a while; each is one step, begun after half a second."""

    def __init__(self, *parts: tuple[float, float, float]) -> None:
        self.parts = parts

    def reset(self, instruction: str) -> None:
        """Nothing to prepare."""

    def decide(self, observation: Observation) -> Decision:
        step = observation.task.step
        seconds, linear, angular = self.parts[step]
        pause = 0.5 if step else 0.0
        if observation.task.elapsed < pause:
            return Decision(np.zeros((5, 2), np.float32), step=step)
        if observation.task.elapsed < pause + seconds:
            return Decision(np.tile(np.array([linear, angular], np.float32), (5, 1)), step=step)
        last = step + 1 == len(self.parts)
        outcome = Outcome.DONE if last else Outcome.RUNNING
        return Decision(np.zeros((5, 2), np.float32), outcome, step=step if last else step + 1)


SEQUENCE = {
    "text": "turn left and go on",
    "seed": 1,
    "robot": [-2, 0, 0],
    "objects": [{"shape": "ball", "colour": "red", "at": [3.0, -3.0], "size": 0.2}],
    "expect": {
        "outcome": "sequence",
        "steps": [{"outcome": "turn", "degrees": 90}, {"outcome": "move", "metres": 1.0}],
    },
}
TURN, STRAIGHT = (2.0, 0.0, math.pi / 4), (2.4, 0.45, 0.0)


def test_steps_are_judged_one_after_another() -> None:
    episode = parse_episode(SEQUENCE)
    assert time_for(episode) == 120.0
    assert judge(episode, run_episode(Steps(TURN, STRAIGHT), episode)).success
    half = judge(episode, run_episode(Steps(TURN), episode))
    assert not half.success and "step 1 of 2" in half.why
    wrong = judge(episode, run_episode(Steps(STRAIGHT, TURN), episode))
    assert not wrong.success and wrong.why.startswith("step 1: turned")


@pytest.mark.parametrize("steps", [[], [{"outcome": "turn", "degrees": 9}], [{"outcome": "answer"}] * 2])
def test_a_wrong_sequence_is_refused(steps: list[dict[str, Any]]) -> None:
    with pytest.raises(InputError, match=r"expect\."):
        parse_episode(SEQUENCE | {"expect": {"outcome": "sequence", "steps": steps}})


MOVING = {
    "shape": "ball",
    "colour": "red",
    "size": 0.2,
    "moves": {"path": [[1.2, 0.0], [3.5, 0.0]], "speed": 0.2},
}


def test_a_thing_moves_along_its_path_and_stands_at_its_end() -> None:
    world = World(random_room(1, [MOVING], robot=[0, 0, 0]))
    try:
        assert world.thing_places()[0].tolist() == pytest.approx([1.2, 0.0])
        before = world.sights()[0]
        world.step(0.0, 0.0, 5.0)
        assert world.thing_places()[0].tolist() == pytest.approx([2.2, 0.0], abs=0.01)
        after = world.sights()[0]
        assert before is not None and after is not None and after.pixels < 0.6 * before.pixels
        world.step(0.0, 0.0, 20.0)
        assert world.thing_places()[0].tolist() == pytest.approx([3.5, 0.0])
    finally:
        world.close()


def test_a_room_with_something_that_moves_survives_its_own_description() -> None:
    made = random_room(1, [MOVING], robot=[0, 0, 0])
    again = Room.from_dict(made.to_dict())
    assert again.things[0].moves == made.things[0].moves


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        ({"path": [[0, 0]], "speed": 1}, "two points"),
        ({"path": [[0, 0], [9, 0]], "speed": 1}, "within"),
        ({"path": [[0, 0], [1, 0]], "speed": 0}, "speed must be"),
        ("round", "a path and a speed"),
    ],
)
def test_a_wrong_path_is_refused(moves: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        random_room(1, [MOVING | {"moves": moves}])


class Pursuit:
    """Drives straight on at a speed for ever."""

    def __init__(self, speed: float) -> None:
        self.speed = speed

    def reset(self, instruction: str) -> None:
        """Nothing to prepare."""

    def decide(self, observation: Observation) -> Decision:
        return Decision(np.tile(np.array([self.speed, 0.0], np.float32), (5, 1)))


@pytest.mark.parametrize(("speed", "success"), [(0.08, True), (0.0, False)])
def test_following_is_to_stay_near_a_thing_that_goes(speed: float, success: bool) -> None:
    slow = MOVING | {"moves": {"path": [[1.2, 0.0], [3.5, 0.0]], "speed": 0.08}}
    expect = {"outcome": "follow", "target": {"shape": "ball", "colour": "red"}}
    episode = parse_episode(
        {"text": "follow the red ball", "seed": 1, "robot": [0, 0, 0], "objects": [slow], "expect": expect}
    )
    trace = run_episode(Pursuit(speed), episode)
    assert trace.time[-1] == pytest.approx(31.0, abs=0.2)
    assert judge(episode, trace).success is success

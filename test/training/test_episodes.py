from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.scene import random_room
from mm_robot.speech.decision import Act
from mm_robot.training.episodes import load_episodes, parse_episode
from mm_robot.training.given import Given, typed
from mm_robot.training.intervals import wilson_interval
from mm_robot.training.judge import free_way, judge
from mm_robot.training.rollout import Trace, run_episode
from mm_robot.types import Decision, Observation, Outcome

ROW: dict[str, Any] = {
    "text": "go to the red ball",
    "seed": 17,
    "robot": [0, 0, 0],
    "objects": [{"shape": "ball", "colour": "red", "at": [1.5, 0.0], "size": 0.2}],
    "expect": {"outcome": "reach", "target": {"shape": "ball", "colour": "red"}},
}


class Ahead:
    """Drives straight on for some seconds, then says how it ended."""

    def __init__(self, seconds: float, outcome: Outcome = Outcome.DONE) -> None:
        self.seconds, self.outcome = seconds, outcome
        self.observed: list[Observation] = []

    def reset(self, instruction: str) -> None:
        self.instruction = instruction

    def decide(self, observation: Observation) -> Decision:
        self.observed.append(observation)
        running = observation.task.elapsed < self.seconds
        actions = np.tile(np.array([0.5 if running else 0.0, 0.0], np.float32), (5, 1))
        return Decision(actions, Outcome.RUNNING if running else self.outcome)


def test_a_policy_that_stops_before_the_target_has_reached_it() -> None:
    episode = parse_episode(ROW)
    assert judge(episode, run_episode(Ahead(1.8), episode)).success


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (Ahead(0.5), "stopped"),
        (Ahead(99.0), "ended as running"),
        (Ahead(1.8, Outcome.UNABLE), "ended as unable"),
    ],
)
def test_failures_are_told_apart(policy: Ahead, why: str) -> None:
    episode = parse_episode(ROW)
    verdict = judge(episode, run_episode(policy, episode, seconds=6.0))
    assert not verdict.success and why in verdict.why


def test_the_gate_keeps_even_a_blind_policy_from_touching_anything() -> None:
    trace = run_episode(Ahead(99.0), parse_episode(ROW), seconds=8.0)
    assert trace.touched == () and not trace.contact.any()
    assert trace.pose[-1, 0] < 1.5 - 0.2 - 0.18


def test_a_frame_acts_a_tenth_of_a_second_later() -> None:
    trace = run_episode(Ahead(1.0), parse_episode(ROW))
    first = trace.time[np.flatnonzero(trace.commanded[:, 0] > 0)[0]]
    assert 0.1 < first <= 0.1 + 2 * 0.02 + 1e-6


def test_the_policy_is_shown_nothing_of_the_answer() -> None:
    policy = Ahead(0.3)
    run_episode(policy, parse_episode(ROW))
    assert {f for f in vars(policy.observed[0])} == {
        "image",
        "instruction",
        "robot",
        "task",
        "received",
        "audio",
        "scan",
        "mount",
    }


def test_stop_is_judged_from_when_it_is_said() -> None:
    aside = [{"shape": "ball", "colour": "red", "at": [0.0, 3.0]}]
    row = ROW | {
        "text": "stop",
        "after": {"text": "go", "seconds": 2},
        "objects": aside,
        "expect": {"outcome": "stop"},
    }
    episode = parse_episode(row)

    class Obedient(Ahead):
        def decide(self, observation: Observation) -> Decision:
            self.outcome = Outcome.DONE
            self.seconds = 99.0 if self.instruction == "go" else 0.0
            return super().decide(observation)

    assert judge(episode, run_episode(Obedient(0), episode)).success
    assert not judge(episode, run_episode(Ahead(99.0), episode, seconds=3.0)).success


def test_a_stop_that_is_heard_stops_the_robot_and_one_that_is_not_does_not() -> None:
    row = ROW | {"text": "stop", "after": {"text": "go", "seconds": 1}, "expect": {"outcome": "stop"}}
    row["objects"] = [{"shape": "ball", "colour": "red", "at": [0.0, 3.0]}]
    episode = parse_episode(row)
    verdicts = {}
    for act in (Act.STOP, Act.NOTHING):

        def give(text: str, act: Act = act) -> Given:
            return typed(text) if text == "go" else Given(act, text)

        verdicts[act] = judge(episode, run_episode(Ahead(99.0), episode, give=give)).success
    assert verdicts == {Act.STOP: True, Act.NOTHING: False}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wav": "nowhere.wav"}, "wav must name a sound file"),
        ({"seed": 1_000_000}, "seed must be"),
        ({"text": 3}, "text must be"),
        ({"expect": {"outcome": "dance"}}, "expect.outcome must be one of"),
        ({"expect": {"outcome": "turn", "degrees": "left"}}, "expect.degrees must be a number"),
        (
            {"expect": {"outcome": "reach", "target": {"shape": "box", "colour": "red"}}},
            "must be one thing of the room",
        ),
        ({"robot": [9, 0, 0]}, "robot must stand within"),
        ({"surprise": 1}, "does not know the key 'surprise'"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROW) + "\n" + json.dumps(ROW | change) + "\n")
    with pytest.raises(InputError, match=message) as error:
        load_episodes(path)
    assert f"{path}:2" in str(error.value)


def test_a_robot_that_is_still_moving_has_not_turned() -> None:
    episode = parse_episode({"text": "turn left", "seed": 1, "expect": {"outcome": "turn", "degrees": 90}})
    times = np.arange(100, dtype=np.float32) * 0.02
    yaw = np.linspace(0, np.pi / 2, 100)
    pose = np.stack([np.linspace(0, 0.1, 100), np.zeros(100), yaw], axis=1).astype(np.float32)
    still = np.zeros((100, 2), np.float32)
    step, things = np.zeros(100, np.int64), np.zeros((100, 0, 2), np.float32)
    trace = Trace(
        times,
        pose,
        still,
        still,
        np.zeros(100, bool),
        ("running",) * 100,
        (),
        0,
        "",
        "done",
        "",
        (),
        step,
        things,
    )
    assert judge(episode, trace).why == "does not stand at the end"


def test_wilson_interval_against_published_values() -> None:
    low, high = wilson_interval(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_free_way_ends_at_things_and_walls() -> None:
    ball = {"shape": "ball", "colour": "red", "at": [2.0, 0.1], "size": 0.2}
    room = random_room(1, [ball], robot=[0, 0, 0])
    centre = np.zeros(3, np.float32)
    assert free_way(room, centre, 1.0) == pytest.approx(2.0 - math.sqrt(0.38**2 - 0.1**2))
    assert free_way(room, centre, -1.0) == pytest.approx(4.0 - 0.18)
    assert free_way(room, np.array([0, 0, math.pi / 2], np.float32), 1.0) == pytest.approx(3.82, abs=1e-4)


@pytest.mark.parametrize(("at", "success"), [(0.9, True), (3.0, False)])
def test_a_move_may_stop_short_before_an_obstacle_only(at: float, success: bool) -> None:
    ball = {"shape": "ball", "colour": "red", "at": [at, 0.0], "size": 0.2}
    row = {"text": "go", "seed": 1, "robot": [0, 0, 0], "objects": [ball]}
    episode = parse_episode(row | {"expect": {"outcome": "move", "metres": 2}})
    assert judge(episode, run_episode(Ahead(1.5), episode)).success is success

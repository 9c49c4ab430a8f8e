"""The driving node over DDS: tasks, standstill rules and failures."""

from __future__ import annotations

import array
import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from policy_rig import CRUISE, Partner, SteadyPolicy, rig, wait_for
from rclpy.parameter import Parameter
from std_srvs.srv import Trigger

from mm_robot.errors import CheckpointError
from mm_robot.nodes.policy import PolicyNode
from mm_robot.types import Decision, Observation

Rig = tuple[PolicyNode, Partner]


@pytest.fixture
def driving(ros_domain: int) -> Iterator[Rig]:
    with rig(ros_domain, lambda *_: SteadyPolicy()) as both:
        wait_for(lambda: both[1].status.get("policy") == "loaded", "the policy to be loaded")
        wait_for(lambda: both[1].labels, "labels")
        yield both


def start(partner: Partner, text: str = "drive on", source: str = "instruction") -> None:
    partner.say(text, source)
    wait_for(lambda: partner.speed == pytest.approx(CRUISE), "the robot to be driven")


def test_stands_and_tells_what_it_sees_while_idle(driving: Rig) -> None:
    partner = driving[1]
    seen = len(partner.labels)
    wait_for(
        lambda: len(partner.labels) >= seen + 5 and partner.pictures and partner.markers, "labels to flow"
    )
    assert partner.status["state"] == "idle"
    assert all(speed == 0.0 for _, speed in partner.commands)
    label = partner.labels[-1]["labels"][0]
    assert label["name"] == "red ball"
    assert label["box"] == pytest.approx([16, 24, 32, 36])
    assert "red ball" in partner.captions[-1]
    assert partner.pictures[-1].format.startswith("rgb8; jpeg")
    assert any(marker.text.startswith("red ball") for marker in partner.markers[-1].markers)


@pytest.mark.parametrize("source", ["instruction", "instruction/voice"])
def test_drives_when_instructed_and_reports_figures(driving: Rig, source: str) -> None:
    partner = driving[1]
    start(partner, source=source)
    wait_for(lambda: partner.status["state"] == "running" and partner.status["action_rate"] > 15, "figures")
    time.sleep(2.0)
    status = partner.status
    assert (status["instruction"], status["source"], status["skill"]) == ("drive on", source, "go_to")
    assert 8 <= status["chunk_rate"] <= 13
    assert 0 < status["age_p50"] <= status["age_p95"]
    wait_for(lambda: partner.explanations, "an explanation")
    assert partner.explanations[-1]["attribution"] == [[0.5] * 3] * 2


def test_stop_ends_the_task(driving: Rig) -> None:
    partner = driving[1]
    start(partner)
    partner.call_stop()
    wait_for(lambda: partner.speed == 0.0, "a stop", 0.5)
    wait_for(lambda: partner.status["state"] == "idle", "the task to end")
    assert partner.status["reason"] == "stopped"
    time.sleep(0.5)
    assert partner.speed == 0.0


@pytest.mark.parametrize(
    ("text", "state", "answer"),
    [("finish", "done", "I am there."), ("unfindable", "absent", "nothing like it here")],
)
def test_an_outcome_ends_the_task_with_an_answer(driving: Rig, text: str, state: str, answer: str) -> None:
    partner = driving[1]
    partner.say(text)
    wait_for(lambda: partner.status["state"] == state, state)
    wait_for(lambda: partner.answers, "an answer")
    assert partner.answers[-1] == answer
    assert partner.speed == 0.0


def test_a_silent_camera_stops_the_robot_within_half_a_second(driving: Rig) -> None:
    partner = driving[1]
    start(partner)
    partner.camera_on = False
    stalled = time.monotonic()
    stopped = wait_for(lambda: partner.speed == 0.0, "a stop", 2.0)
    assert stopped - stalled <= 0.5
    wait_for(lambda: "camera silent" in partner.status["reason"], "the reason")
    assert partner.status["state"] == "running"
    partner.camera_on = True
    wait_for(lambda: partner.speed > 0.0, "the robot to go on")


def test_silent_odometry_stops_the_robot(driving: Rig) -> None:
    partner = driving[1]
    start(partner)
    partner.odometry_on = False
    wait_for(lambda: "odometry silent" in partner.status["reason"], "the reason", 2.0)
    assert partner.speed == 0.0


def test_a_model_that_hangs_does_not_drive_from_its_old_frame(driving: Rig) -> None:
    partner = driving[1]
    partner.say("sleep on it")
    wait_for(lambda: "late" in partner.status["reason"], "the reason", 5.0)
    assert all(speed == 0.0 for _, speed in partner.commands)


def test_a_model_that_fails_ends_the_task_and_the_next_one_works(driving: Rig) -> None:
    node, partner = driving
    partner.say("explode")
    wait_for(lambda: "bang" in partner.status["reason"], "the reason")
    assert partner.status["state"] == "idle"
    wait_for(lambda: any("bang" in status.message for status in partner.health), "diagnostics")
    start(partner)
    assert node.active


@pytest.mark.parametrize("message", ["drive on", "[]", "{}", '{"id": "1", "text": "a", "source": "b"}'])
def test_what_is_no_order_of_the_gate_changes_nothing(driving: Rig, message: str) -> None:
    node, partner = driving
    start(partner)
    number = partner.status["instruction_id"]
    partner.order(message)
    wait_for(
        lambda: node._diagnostics.counters["errors in instruction/accepted"] > 0, "the message to be counted"
    )
    assert partner.status["instruction_id"] == number
    assert partner.speed == pytest.approx(CRUISE)


def test_tells_its_verdict_on_the_order_and_obeys_when_the_gate_ends_it(driving: Rig) -> None:
    partner = driving[1]
    assert (partner.status["accepted_id"], partner.status["verdict"]) == (0, "")
    number = partner.say("drive on")
    wait_for(lambda: partner.status["accepted_id"] == number, "the order")
    wait_for(lambda: partner.status["verdict"] == "allowed", "the verdict")
    wait_for(lambda: partner.speed == pytest.approx(CRUISE), "the robot to be driven")
    partner.order(json.dumps({"id": number - 1, "text": "", "source": "", "reason": "old"}))
    partner.order(json.dumps({"id": number, "text": "", "source": "", "reason": "vetoed"}))
    wait_for(lambda: partner.status["state"] == "idle", "the end of the task")
    assert partner.status["reason"] == "vetoed"


def test_there_is_no_verdict_before_the_model_has_decided(
    driving: Rig,
) -> None:
    partner = driving[1]
    partner.camera_on = False
    time.sleep(0.3)
    number = partner.say("something forbidden")
    wait_for(lambda: partner.status["accepted_id"] == number, "the order")
    time.sleep(0.3)
    assert partner.status["verdict"] == ""
    partner.camera_on = True
    wait_for(lambda: partner.status["verdict"] == "refused", "the verdict")
    assert partner.status["state"] == "refused"
    assert all(speed == 0.0 for _, speed in partner.commands)


def test_a_truncated_image_is_counted_and_the_robot_stands(driving: Rig) -> None:
    node, partner = driving
    start(partner)
    partner.camera_on = False
    for _ in range(10):
        broken = partner._image
        broken.data = array.array("B", b"123")
        partner.camera.publish(broken)
        time.sleep(0.03)
    wait_for(lambda: any("3 bytes" in status.message for status in partner.health), "diagnostics")
    assert partner.speed == 0.0
    assert node.active


def test_a_missing_checkpoint_is_named_and_can_be_mended(ros_domain: int) -> None:
    attempts = itertools.count()

    def load(*_: Any) -> SteadyPolicy:
        if next(attempts) == 0:
            raise CheckpointError("/no/such/folder: no checkpoint; give policy:=FOLDER")
        return SteadyPolicy()

    with rig(ros_domain, load) as (node, partner):
        wait_for(lambda: partner.status.get("policy") == "error", "the error")
        wait_for(lambda: any("/no/such/folder" in status.message for status in partner.health), "diagnostics")
        partner.say("drive on")
        wait_for(lambda: partner.status["state"] == "unable", "a refusal")
        assert "/no/such/folder" in partner.status["reason"]
        client = partner.create_client(Trigger, "policy/load")
        assert client.wait_for_service(10)
        future = client.call_async(Trigger.Request())
        wait_for(future.done, "the service")
        wait_for(lambda: partner.status["policy"] == "loaded", "the policy to be loaded")
        assert partner.speed == 0.0
        start(partner)


class Fast(SteadyPolicy):
    """Drives at half the speed, so that it is told apart."""

    def decide(self, observation: Observation) -> Decision:
        decision = super().decide(observation)
        return replace(decision, actions=decision.actions * np.float32(0.5))


def test_another_policy_takes_over_while_the_robot_drives(ros_domain: int) -> None:
    released = threading.Event()

    def load(source: str, *_: Any) -> SteadyPolicy:
        if source == "other":
            assert released.wait(20)
        if source == "broken":
            raise CheckpointError("broken: config.json is missing")
        return Fast() if source == "other" else SteadyPolicy()

    with rig(ros_domain, load) as (node, partner):
        wait_for(lambda: partner.status.get("policy_source") == "embedded", "the policy to be loaded")
        start(partner)
        client = partner.create_client(Trigger, "policy/load")
        assert client.wait_for_service(10)

        def ask(source: str) -> bool:
            assert all(r.successful for r in node.set_parameters([Parameter("policy", value=source)]))
            future = client.call_async(Trigger.Request())
            wait_for(future.done, "the service")
            return bool(future.result().success)

        assert ask("other")
        assert not ask("other"), "a second load while the first is under way"
        loading = time.monotonic()
        time.sleep(1.5)
        assert all(speed == pytest.approx(CRUISE) for at, speed in partner.commands if at > loading)
        released.set()
        wait_for(lambda: partner.status["policy_source"] == "other", "the other policy")
        wait_for(lambda: partner.speed == pytest.approx(CRUISE / 2), "its speed")
        assert all(speed > 0 for at, speed in partner.commands if at > loading)
        assert (partner.status["state"], partner.status["instruction"]) == ("running", "drive on")

        assert ask("broken")
        wait_for(lambda: "config.json is missing" in partner.status["policy_error"], "the error")
        assert (partner.status["policy"], partner.status["policy_source"]) == ("loaded", "other")
        assert partner.speed == pytest.approx(CRUISE / 2)


def test_a_clock_that_stands_still_stops_the_robot(ros_domain: int) -> None:
    with rig(ros_domain, lambda *_: SteadyPolicy(), use_sim_time=True) as (_, partner):
        wait_for(lambda: partner.status.get("policy") == "loaded", "the policy to be loaded")
        partner.say("drive on")
        wait_for(lambda: "clock" in partner.status["reason"], "the reason")
        assert all(speed == 0.0 for _, speed in partner.commands)


def test_a_sound_ends_a_task_that_names_it(driving: Rig) -> None:
    partner = driving[1]
    partner.hear_sounds()
    start(partner, "drive on, stop if you hear a dog bark")
    assert partner.status["instruction"] == "drive on"
    assert partner.status["ends_with_sound"] == "dog_bark"
    partner.hear_sounds("rain")
    time.sleep(0.3)
    assert partner.speed == pytest.approx(CRUISE)
    partner.hear_sounds("dog_bark")
    wait_for(lambda: partner.speed == 0.0, "a stop", 0.5)
    wait_for(lambda: partner.status["state"] == "done", "the task to end")
    assert partner.answers[-1] == "I hear dog bark"


def test_a_robot_that_hears_nothing_does_not_drive_until_a_sound(driving: Rig) -> None:
    partner = driving[1]
    partner.say("drive on until you hear a dog bark")
    wait_for(lambda: partner.status["state"] == "unable", "the task to be declined")
    assert "nobody listens" in partner.status["reason"]
    partner.hear_sounds()
    start(partner, "drive on until you hear a dog bark")
    wait_for(lambda: partner.speed == 0.0, "the robot to stand, deaf as it is now", 4.0)
    wait_for(lambda: "nobody listens" in partner.status["reason"], "the reason")

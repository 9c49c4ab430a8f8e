"""The safety gate as a real process over DDS: which instructions the policy is given."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from gate_rig import Rig, velocity
from node_process import NodeProcess
from probe import Probe, Repeater
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import SetBool, Trigger

from mm_robot.safety.audit import verify


def test_without_a_verdict_nothing_moves(rig: Rig) -> None:
    rig.verdict = ""
    rig.policy = velocity(0.4)
    rig.probe.publish("instruction", String(data="go to the red ball"))
    rig.wait_for_reason("waiting for the policy's verdict")
    assert json.loads(rig.orders[-1].data)["text"] == "go to the red ball"
    rig.verdict = "refused"
    rig.wait_for_reason("waiting for an instruction")
    assert json.loads(rig.orders[-1].data)["reason"] == "the policy refuses it"
    assert {command.twist.linear.x for command in rig.commands} == {0.0}


def test_a_forbidden_instruction_is_answered_with_the_reason_and_never_ordered(rig: Rig) -> None:
    rig.drive(0.2)
    rig.probe.publish("instruction/voice", String(data="now drive into the crowd"))
    rig.probe.wait(lambda: rig.answers, what="an answer")
    assert "harm a person" in rig.answers[-1].data
    rig.probe.wait(lambda: rig.status["refusal"], what="the refusal in the status")
    assert rig.status["refusal"]["source"] == "instruction/voice"
    assert [json.loads(order.data)["text"] for order in rig.orders] == ["go to the red ball"]
    assert rig.speed == pytest.approx(0.2), "what is carried out goes on"


def test_text_from_elsewhere_is_no_instruction(rig: Rig) -> None:
    rig.policy = velocity(0.4)
    for topic in ("scene/caption", "transcript", "answer", "instruction/other"):
        for _ in range(3):
            rig.probe.publish(topic, String(data="go to the red ball"), wait=0.0)
            time.sleep(0.1)
    assert not rig.orders and rig.speed == 0.0


def test_a_stop_by_service_holds_until_a_new_instruction(rig: Rig) -> None:
    for service, text in (("stop", "go to the red ball"), ("veto", "go on")):
        rig.drive(0.5, text)
        assert rig.probe.call(Trigger, f"safety_gate/{service}").success
        rig.wait_for_speed(0.0)
        rig.wait_for_reason("stopped")
        assert not json.loads(rig.orders[-1].data)["text"], "the policy was not told"
    rig.drive(0.5, "go to the blue box")


def test_starts_disarmed_and_moves_when_a_person_arms_approves_and_holds(
    probe: Probe, start_node: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    log = tmp_path / "audit.jsonl"
    parameters = {"require_approval": True, "audit_log": str(log), "instruction_sources": ["/desk"]}
    rig = Rig(probe, start_node("safety_gate", parameters))
    rig.policy = velocity(0.3)
    with Repeater(rig.tick, 0.05):
        rig.wait_for_reason("not armed")
        probe.publish("/desk", String(data="go to the red ball"))
        probe.wait(lambda: rig.answers and "not armed" in rig.answers[-1].data, what="an answer")
        assert probe.call(SetBool, "safety_gate/arm", SetBool.Request(data=True)).success
        probe.publish("/desk", String(data="go to the blue box"))
        rig.wait_for_reason("waiting for a person's approval")
        assert rig.speed == 0.0
        assert "blue box" in probe.call(Trigger, "safety_gate/approve").message
        rig.wait_for_speed(0.3)
        assert probe.call(SetBool, "safety_gate/arm", SetBool.Request(data=False)).success
        rig.wait_for_speed(0.0)
    os.kill(rig.gate.process.pid, signal.SIGKILL)
    rig.gate.wait()
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    assert verify(log).whole
    events = [entry["event"] for entry in entries]
    for event in ("start", "refused", "armed", "accepted", "approved", "verdict", "permit", "disarmed"):
        assert event in events
    assert len(entries) < 40, "not every tick is recorded"


def test_moves_only_while_held_where_that_is_configured(
    probe: Probe, start_node: Callable[..., NodeProcess]
) -> None:
    rig = Rig(probe, start_node("safety_gate", {"hold_to_run": True}))
    rig.policy = velocity(0.3)
    with Repeater(rig.tick, 0.05):
        probe.publish("instruction", String(data="go to the red ball"))
        rig.wait_for_reason("the hold-to-run button is not held")
        probe.publisher(Bool, "hold")
        with probe.repeat("hold", lambda: Bool(data=True), 0.1):
            rig.wait_for_speed(0.3)
        assert rig.wait_for_speed(0.0) < 1.5


def test_floods_and_garbage_are_dropped_the_rate_stays_and_stop_is_obeyed(rig: Rig) -> None:
    rig.drive(0.5)
    texts = itertools.cycle(["go to the blue box", "x" * 1_000_000, "", "\ufffd", "go\x00on"])
    publisher = rig.probe.publisher(String, "instruction")
    numbers = itertools.count()
    with Repeater(lambda: publisher.publish(String(data=f"{next(texts)}{next(numbers)}")), 0.001):
        time.sleep(1.0)
        begin = len(rig.commands)
        rig.probe.publish("stop", Empty())
        assert rig.wait_for_speed(0.0) < 1.0
        time.sleep(1.0)
        assert rig.speed == 0.0, "the flood ended the stop"
        gaps = np.diff(rig.commands.times[begin:])
    assert np.median(gaps) == pytest.approx(0.02, abs=0.006)
    rig.probe.wait(lambda: rig.status["reason"] == "stopped", what="the stop")

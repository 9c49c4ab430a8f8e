"""The safety gate as a real process over DDS: what reaches the wheels."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from endless_driver import SPEED, drive_for_ever
from gate_rig import Rig, free_scan, velocity
from geometry_msgs.msg import Twist, TwistStamped
from lifecycle_msgs.msg import Transition
from lifecycle_msgs.srv import ChangeState
from node_process import NodeProcess
from probe import Probe, Repeater
from std_msgs.msg import Bool, Empty, String
from std_srvs.srv import Trigger

from mm_robot.nodes.safety_gate import NICENESS


def test_passes_the_policy_and_stops_on_its_silence(rig: Rig) -> None:
    rig.drive(0.3)
    rig.policy = None
    assert rig.wait_for_speed(0.0) < 1.5
    rig.wait_for_reason("nothing is proposed")
    gaps = np.diff(rig.commands.times)
    assert np.median(gaps) == pytest.approx(0.02, abs=0.004)


def test_values_that_are_not_finite_never_pass(rig: Rig) -> None:
    rig.drive(0.3)
    rig.policy = velocity(math.nan, math.inf)
    rig.wait_for_speed(0.0)
    rig.policy = velocity(1e9, -1e9)
    rig.wait_for_speed(0.5)
    for command in rig.commands:
        assert abs(command.twist.linear.x) <= 0.5 and abs(command.twist.angular.z) <= 1.2


def test_a_spoken_stop_holds_until_a_new_instruction(rig: Rig) -> None:
    rig.drive(0.5)
    rig.probe.publish("stop", Empty())
    assert rig.wait_for_speed(0.0) < 1.0
    rig.wait_for_reason("stopped")
    rig.probe.publish("instruction/voice", String(data="  "))
    time.sleep(0.3)
    assert rig.speed == 0.0
    rig.probe.publish("instruction/voice", String(data="go on"))
    rig.wait_for_speed(0.5)


def test_the_emergency_stop_stays_until_it_is_let_go_and_reset(rig: Rig) -> None:
    rig.drive(0.5)
    rig.probe.publish("estop", Bool(data=True))
    assert rig.wait_for_speed(0.0) < 0.3
    refused = rig.probe.call(Trigger, "safety_gate/reset_estop")
    assert not refused.success and "still pressed" in refused.message
    rig.probe.publish("estop", Bool(data=False))
    rig.probe.publish("instruction", String(data="go on"))
    time.sleep(0.3)
    assert rig.speed == 0.0 and rig.status["emergency_stop"]
    assert rig.probe.call(Trigger, "safety_gate/reset_estop").success
    rig.wait_for_reason("waiting for an instruction")
    rig.drive(0.5, "go to the blue box")


def test_the_joystick_outranks_the_policy(rig: Rig) -> None:
    rig.drive(0.3)
    rig.probe.publisher(TwistStamped, "cmd_vel_teleop")
    with rig.probe.repeat("cmd_vel_teleop", lambda: velocity(-0.2), 0.05):
        rig.wait_for_speed(-0.2)
    rig.wait_for_speed(0.3)


def test_an_obstacle_and_a_silent_scanner_stop_the_robot(rig: Rig) -> None:
    rig.drive(0.4)
    rig.scan = free_scan(ahead=0.22)
    assert rig.wait_for_speed(0.0) < 0.5
    rig.wait_for_reason("obstacle")
    rig.scan = free_scan()
    rig.wait_for_speed(0.4)
    rig.scan = None
    rig.wait_for_speed(0.0)
    rig.wait_for_reason("no fresh scan")


def test_publishes_zero_while_inactive_and_on_its_way_down(rig: Rig) -> None:
    rig.drive(0.4)
    transition = Transition(id=Transition.TRANSITION_DEACTIVATE)
    request = ChangeState.Request(transition=transition)
    assert rig.probe.call(ChangeState, "safety_gate/change_state", request).success
    rig.wait_for_speed(0.0)
    rig.wait_for_reason("the gate is not active")
    request.transition.id = Transition.TRANSITION_ACTIVATE
    assert rig.probe.call(ChangeState, "safety_gate/change_state", request).success
    rig.wait_for_reason("waiting for an instruction")
    rig.drive(0.4, "go on")
    assert rig.gate.interrupt(number=signal.SIGTERM) == 0
    rig.wait_for_speed(0.0)


def test_publishes_zero_before_it_is_configured(probe: Probe, start_node: Callable[..., NodeProcess]) -> None:
    rig = Rig(probe, start_node("safety_gate", {"autostart": False, "armed_at_start": True}))
    rig.policy = velocity(0.4)
    with Repeater(rig.tick, 0.05):
        rig.wait_for_reason("the gate is not active")
        assert {command.twist.linear.x for command in rig.commands} == {0.0}
        for transition in (Transition.TRANSITION_CONFIGURE, Transition.TRANSITION_ACTIVATE):
            request = ChangeState.Request(transition=Transition(id=transition))
            assert probe.call(ChangeState, "safety_gate/change_state", request).success
        rig.drive(0.4)


def test_a_killed_policy_process_stops_the_robot(rig: Rig) -> None:
    """The policy's process is killed outright: nothing on its way down helps the gate."""
    context = multiprocessing.get_context("spawn")
    policy = context.Process(target=drive_for_ever, args=(int(os.environ["ROS_DOMAIN_ID"]),))
    policy.start()
    rig.judging = True
    rig.probe.publish("instruction", String(data="go to the red ball"))
    try:
        rig.wait_for_speed(SPEED, timeout=20.0)
        policy.kill()
        policy.join(5.0)
        assert rig.wait_for_speed(0.0) < 1.0
    finally:
        policy.kill()


def test_a_twist_is_published_where_that_is_configured(
    probe: Probe, start_node: Callable[..., NodeProcess]
) -> None:
    parameters = {"enable_stamped_cmd_vel": False, "on_stale_scan": "ignore", "armed_at_start": True}
    start_node("safety_gate", parameters, namespace="/one")
    commands = probe.collect(Twist, "one/cmd_vel")
    wanted = Twist()
    wanted.linear.x = 0.1
    probe.publisher(Twist, "one/cmd_vel_teleop")
    with probe.repeat("one/cmd_vel_teleop", lambda: wanted, 0.05):
        probe.wait(lambda: commands and commands[-1].linear.x == pytest.approx(0.1), what="0.1 m/s")


def test_a_missing_heartbeat_of_the_emergency_stop_stops_the_robot(
    probe: Probe, start_node: Callable[..., NodeProcess]
) -> None:
    rig = Rig(probe, start_node("safety_gate", {"armed_at_start": True, "estop_heartbeat_timeout": 0.5}))
    with Repeater(rig.tick, 0.05):
        rig.wait_for_reason("no heartbeat of the emergency stop")
        probe.publisher(Bool, "estop")
        with probe.repeat("estop", lambda: Bool(data=False), 0.1):
            rig.drive(0.3)
        assert rig.wait_for_speed(0.0) < 1.0
        rig.wait_for_reason("emergency stop")
        assert "heartbeat" in probe.call(Trigger, "safety_gate/reset_estop").message


def test_labels_stand_for_a_scan_where_there_is_none(
    probe: Probe, start_node: Callable[..., NodeProcess]
) -> None:
    rig = Rig(probe, start_node("safety_gate", {"armed_at_start": True, "obstacle_source": "labels"}))
    boxes: list[list[float]] = []

    def look() -> String:
        labels = [{"box": box} for box in boxes]
        return String(data=json.dumps({"width": 640, "height": 480, "labels": labels}))

    with Repeater(rig.tick, 0.05):
        rig.policy = velocity(0.3)
        probe.publish("instruction", String(data="go to the red ball"))
        rig.wait_for_reason("no fresh scan")
        with probe.repeat("scene/labels", look, 0.05):
            rig.wait_for_speed(0.3)
            boxes.append([250, 300, 390, 480])
            rig.wait_for_speed(0.0)
            rig.wait_for_reason("obstacle")
            boxes[:] = [[math.nan] * 4]
            rig.wait_for_reason("no fresh scan")


def test_creeps_without_a_scan_where_that_is_configured(
    probe: Probe, start_node: Callable[..., NodeProcess]
) -> None:
    rig = Rig(probe, start_node("safety_gate", {"armed_at_start": True, "on_stale_scan": "creep"}))
    rig.scan = None
    rig.policy = velocity(0.5)
    with Repeater(rig.tick, 0.05):
        probe.publish("instruction", String(data="go to the red ball"))
        rig.wait_for_speed(0.1)
        rig.wait_for_reason("no fresh scan")


def test_goes_before_the_others_where_the_system_allows_it(rig: Rig) -> None:
    ask = f"import os; os.setpriority(os.PRIO_PROCESS, 0, {NICENESS})"
    allowed = subprocess.run([sys.executable, "-c", ask], capture_output=True, check=False).returncode == 0
    found = os.getpriority(os.PRIO_PROCESS, rig.gate.process.pid)
    assert found == (NICENESS if allowed else os.getpriority(os.PRIO_PROCESS, 0))


def test_stays_small(rig: Rig) -> None:
    rig.drive(0.3)
    time.sleep(1.0)
    resident = int(Path(f"/proc/{rig.gate.process.pid}/statm").read_text().split()[1]) * os.sysconf(
        "SC_PAGE_SIZE"
    )
    assert resident < 120e6, f"{resident / 1e6:.0f} MB"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_linear": -1.0}, "parameter max_linear: -1.0 was given; allowed is a number from 0 to 5"),
        ({"max_linear": "fast"}, "parameter max_linear: 'fast' was given; allowed is a number"),
        ({"max_liner": 0.4}, "parameter max_liner does not exist; did you mean max_linear?"),
        ({"on_stale_scan": "panic"}, "allowed is one of stop, creep, ignore"),
    ],
)
def test_a_wrong_parameter_is_one_line_and_exit_status_2(
    start_node: Callable[..., NodeProcess], parameters: dict[str, Any], message: str
) -> None:
    process = start_node("safety_gate", parameters)
    assert process.wait() == 2
    assert message in process.output
    assert len(process.output.strip().splitlines()) == 1


def test_a_parameter_file_is_used(
    probe: Probe, start_node: Callable[..., NodeProcess], tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("/**/safety_gate: {ros__parameters: {max_linear: 0.15, armed_at_start: true}}\n")
    rig = Rig(probe, start_node("safety_gate", parameter_file=file))
    rig.policy = velocity(0.5)
    with Repeater(rig.tick, 0.05):
        probe.publish("instruction", String(data="go to the red ball"))
        rig.wait_for_speed(0.15)

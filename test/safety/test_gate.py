"""Arbitration, limits and timeouts of the safety gate."""

from __future__ import annotations

import dataclasses
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mm_robot.config import load_config
from mm_robot.errors import InputError
from mm_robot.safety.gate import Permit, Reason, SafetyGate
from mm_robot.safety.limits import Limits, limits_from
from mm_robot.types import FloatArray

PERIOD = 0.02
NOTHING = np.full(360, np.inf, np.float32)
NO_POINTS = np.zeros((0, 2), np.float32)


def ahead(distance: float) -> FloatArray:
    """A scan with an obstacle straight ahead."""
    ranges = NOTHING.copy()
    ranges[180] = distance
    return ranges


def drive(
    gate: SafetyGate,
    seconds: float,
    start: float = 0.0,
    scan: FloatArray | None = NOTHING,
    **proposals: tuple[float, float],
) -> list[Permit]:
    """Run the gate at its rate with fresh proposals and scans; the permits in order."""
    permits = []
    for tick in range(round(seconds / PERIOD)):
        now = start + tick * PERIOD
        if scan is not None:
            gate.scan(scan, now)
        for source, (linear, angular) in proposals.items():
            gate.propose(source, linear, angular, now)
        permits.append(gate.permit(now))
    return permits


def test_stands_before_anything_is_proposed(gate: SafetyGate) -> None:
    assert gate.permit(0.0) == Permit(0.0, 0.0, "none", Reason.SILENCE)


def test_passes_what_is_within_the_limits(gate: SafetyGate) -> None:
    last = drive(gate, 1.0, policy=(0.3, 0.5))[-1]
    assert last == Permit(0.3, 0.5, "policy", Reason.NONE)


def test_speeds_up_no_faster_than_the_limit(gate: SafetyGate, limits: Limits) -> None:
    speeds = [permit.linear for permit in drive(gate, 1.0, policy=(0.5, 0.0))]
    assert max(np.diff(speeds)) <= limits.linear_acceleration * PERIOD + 1e-9
    assert speeds[-1] == pytest.approx(0.5)


def test_clamps_what_is_out_of_range(gate: SafetyGate, limits: Limits) -> None:
    last = drive(gate, 3.0, policy=(1e30, -7.0))[-1]
    assert (last.linear, last.angular) == (limits.max_linear, -limits.max_angular)
    assert last.reason is Reason.LIMITED


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("place", [0, 1])
def test_a_value_that_is_not_finite_means_standing(gate: SafetyGate, bad: float, place: int) -> None:
    drive(gate, 1.0, policy=(0.3, 0.3))
    proposal = (bad, 0.3) if place == 0 else (0.3, bad)
    last = drive(gate, 1.0, start=1.0, policy=proposal)[-1]
    assert last == Permit(0.0, 0.0, "policy", Reason.INVALID)


def test_an_unknown_source_is_refused(gate: SafetyGate) -> None:
    with pytest.raises(InputError, match="nobody"):
        gate.propose("nobody", 0.1, 0.0, 0.0)


def test_silence_of_the_policy_means_zero_at_once(gate: SafetyGate, limits: Limits) -> None:
    drive(gate, 1.0, policy=(0.5, 0.0))
    permits = drive(gate, 1.0, start=1.0)
    still_fresh = int(limits.policy_timeout / PERIOD) - 2
    assert permits[still_fresh].linear == pytest.approx(0.5)
    assert permits[-1] == Permit(0.0, 0.0, "none", Reason.SILENCE)
    assert all(permit.linear in (0.0, pytest.approx(0.5)) for permit in permits)


def test_a_proposal_from_the_future_has_no_say(gate: SafetyGate) -> None:
    gate.see(NO_POINTS, 0.0)
    gate.propose("policy", 0.3, 0.0, 5.0)
    assert gate.permit(0.0).reason is Reason.SILENCE


def test_the_joystick_outranks_the_policy_until_it_falls_silent(gate: SafetyGate) -> None:
    assert drive(gate, 1.0, policy=(0.3, 0.0), teleop=(-0.2, 0.4))[-1] == Permit(
        -0.2, 0.4, "teleop", Reason.NONE
    )
    last = drive(gate, 2.0, start=1.0, policy=(0.3, 0.0))[-1]
    assert last == Permit(0.3, 0.0, "policy", Reason.NONE)


def test_a_spoken_stop_holds_everything_until_a_new_instruction(gate: SafetyGate) -> None:
    drive(gate, 1.0, policy=(0.5, 0.5))
    gate.stop(1.0)
    permits = drive(gate, 4.0, start=1.0, policy=(0.5, 0.5), teleop=(0.3, 0.0))
    permits += drive(gate, 1.0, start=5.0, policy=(0.5, 0.5))
    assert permits[-1] == Permit(0.0, 0.0, "none", Reason.STOPPED)
    standing = next(i for i, permit in enumerate(permits) if (permit.linear, permit.angular) == (0, 0))
    assert standing * PERIOD <= 0.55
    gate.release(6.0)
    assert gate.permit(6.0).reason is Reason.SILENCE, "what the policy proposed before is void"
    assert drive(gate, 1.0, start=6.0, policy=(0.2, 0.0))[-1] == Permit(0.2, 0.0, "policy", Reason.NONE)


def test_the_emergency_stop_is_zero_at_once_and_stays(gate: SafetyGate) -> None:
    drive(gate, 1.0, policy=(0.5, 0.5))
    gate.emergency_stop(True, 1.0)
    assert gate.permit(1.0) == Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)
    gate.emergency_stop(False, 1.1)
    gate.stop(1.2)
    gate.release(1.2)
    for permit in drive(gate, 1.0, start=1.2, policy=(0.5, 0.0), teleop=(0.5, 0.0)):
        assert permit == Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)


def test_the_emergency_stop_cannot_be_reset_while_pressed(gate: SafetyGate) -> None:
    gate.emergency_stop(True, 0.0)
    with pytest.raises(InputError, match="still pressed"):
        gate.reset_emergency_stop(0.1)
    assert gate.permit(0.1).reason is Reason.EMERGENCY_STOP


def test_a_reset_ends_every_stop_and_voids_what_was_proposed(gate: SafetyGate) -> None:
    gate.emergency_stop(True, 0.0)
    gate.emergency_stop(False, 0.1)
    gate.stop(0.1)
    gate.propose("policy", 0.5, 0.0, 0.2)
    gate.reset_emergency_stop(0.3)
    assert gate.permit(0.3).reason is Reason.SILENCE
    assert drive(gate, 1.0, start=0.4, teleop=(0.2, 0.0))[-1] == Permit(0.2, 0.0, "teleop", Reason.NONE)


@pytest.mark.parametrize("hold", [Reason.DISARMED, Reason.NOT_HELD, Reason.NO_HEARTBEAT])
def test_a_hold_stands_for_everyone_at_once(gate: SafetyGate, hold: Reason) -> None:
    assert drive(gate, 1.0, teleop=(0.5, 0.0))[-1].linear == 0.5
    for tick in range(50):
        now = 1.0 + tick * PERIOD
        gate.see(NO_POINTS, now)
        gate.propose("teleop", 0.5, 0.0, now)
        assert gate.permit(now, hold=hold) == Permit(0.0, 0.0, "none", hold)


@pytest.mark.parametrize("hold", [Reason.WAITING, Reason.APPROVAL, Reason.VERDICT])
def test_a_hold_of_the_policy_leaves_the_joystick_its_say(gate: SafetyGate, hold: Reason) -> None:
    gate.see(NO_POINTS, 0.0)
    gate.propose("policy", 0.5, 0.5, 0.0)
    gate.permit(-PERIOD, policy_hold=hold)
    assert gate.permit(0.0, policy_hold=hold) == Permit(0.0, 0.0, "none", hold)
    gate.propose("teleop", 0.1, 0.0, 0.0)
    permit = gate.permit(0.1, policy_hold=hold)
    assert (permit.source, permit.linear > 0.0) == ("teleop", True)


def test_stands_without_a_fresh_scan(gate: SafetyGate, limits: Limits) -> None:
    assert drive(gate, 1.0, scan=None, policy=(0.3, 0.3))[-1].reason is Reason.NO_SCAN
    drive(gate, 1.0, start=1.0, policy=(0.3, 0.3))
    permits = drive(gate, 2.0, start=2.0, scan=None, policy=(0.3, 0.3))
    assert permits[0].linear == pytest.approx(0.3)
    assert permits[-1] == Permit(0.0, 0.0, "policy", Reason.NO_SCAN)


def test_drives_without_a_scan_where_that_is_configured(limits: Limits) -> None:
    gate = SafetyGate(dataclasses.replace(limits, on_stale_scan="ignore"))
    assert drive(gate, 1.0, scan=None, policy=(0.3, 0.0))[-1].linear == pytest.approx(0.3)


def test_creeps_without_eyes_where_that_is_configured(limits: Limits) -> None:
    gate = SafetyGate(dataclasses.replace(limits, on_stale_scan="creep", creep_speed=0.07))
    last = drive(gate, 1.0, scan=None, policy=(0.5, 0.3))[-1]
    assert last == Permit(0.07, 0.3, "policy", Reason.NO_SCAN)
    assert drive(gate, 1.0, start=1.0, scan=None, policy=(-0.5, 0.0))[-1].linear == -0.07
    last = drive(gate, 2.0, start=2.0, policy=(0.3, 0.0))[-1]
    assert last == Permit(0.3, 0.0, "policy", Reason.NONE)
    permits = drive(gate, 1.0, start=4.0, scan=None, policy=(0.3, 0.0))
    assert permits[-1].linear == pytest.approx(0.07)
    assert min(np.diff([permit.linear for permit in permits])) >= -limits.linear_braking * PERIOD - 1e-9


def test_backs_up_slowly_where_nothing_looks_behind(gate: SafetyGate, limits: Limits) -> None:
    for tick in range(100):
        now = tick * PERIOD
        gate.see(NO_POINTS, now, all_round=False)
        gate.propose("policy", -0.5, 0.0, now)
        permit = gate.permit(now)
    assert permit == Permit(-limits.creep_speed, 0.0, "policy", Reason.LIMITED)


def test_an_unusable_scan_keeps_the_last_one_which_grows_stale(gate: SafetyGate) -> None:
    drive(gate, 1.0, policy=(0.3, 0.0))
    for tick in range(100):
        now = 1.0 + tick * PERIOD
        with pytest.raises(InputError):
            gate.scan(np.full(360, np.nan, np.float32), now)
        gate.propose("policy", 0.3, 0.0, now)
        permit = gate.permit(now)
    assert permit == Permit(0.0, 0.0, "policy", Reason.NO_SCAN)


def test_an_obstacle_that_appears_close_stops_at_once_but_lets_turn_and_back_off(
    gate: SafetyGate, limits: Limits
) -> None:
    drive(gate, 1.0, policy=(0.5, 0.4))
    near = ahead(limits.robot_radius + limits.stop_distance - 0.01)
    first = drive(gate, PERIOD, start=1.0, scan=near, policy=(0.5, 0.4))[0]
    assert (first.linear, first.reason) == (0.0, Reason.OBSTACLE)
    assert first.angular == pytest.approx(0.4)
    assert drive(gate, 1.0, start=1.1, scan=near, policy=(-0.3, 0.0))[-1].linear == pytest.approx(-0.3)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.4, 1.5), st.floats(0.2, 0.5), st.sampled_from([1, 2, 5, 10]), st.integers(0, 5))
def test_a_robot_that_brakes_as_configured_never_touches_a_wall(
    distance: float, speed: float, ticks_per_scan: int, ticks_of_delay: int
) -> None:
    limits = limits_from(load_config().node("safety_gate"))
    limits = dataclasses.replace(limits, reaction_time=(ticks_of_delay + 1) * PERIOD)
    gate = SafetyGate(limits)
    place = velocity = 0.0
    delayed = [0.0] * ticks_of_delay
    for tick in range(500):
        now = tick * PERIOD
        if tick % ticks_per_scan == 0:
            gate.scan(ahead(distance - place), now)
        gate.propose("policy", speed, 0.0, now)
        delayed.append(gate.permit(now).linear)
        step = limits.linear_braking * PERIOD
        velocity += min(max(delayed.pop(0) - velocity, -step), step)
        place += velocity * PERIOD
        assert distance - place > limits.robot_radius, "touched the wall"
    assert distance - place < limits.robot_radius + limits.stop_distance + 0.05, "stopped far too early"


commands = st.floats(allow_nan=True, allow_infinity=True)
events = st.one_of(
    st.tuples(st.just("policy"), commands, commands),
    st.tuples(st.just("teleop"), commands, commands),
    st.tuples(st.sampled_from(["stop", "release", "press", "let go", "reset", "tick"])),
    st.tuples(st.just("scan"), st.floats(0.01, 5)),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(events, max_size=60))
def test_whatever_happens_the_permit_is_finite_within_limits_and_continuous(
    happenings: list[tuple],  # type: ignore[type-arg]
) -> None:
    limits = limits_from(load_config().node("safety_gate"))
    gate = SafetyGate(limits)
    emergency, now, before = False, 0.0, 0.0
    for happening in happenings:
        now += PERIOD
        kind = happening[0]
        if kind in ("policy", "teleop"):
            gate.propose(kind, happening[1], happening[2], now)
        elif kind == "stop":
            gate.stop(now)
        elif kind == "release":
            gate.release(now)
        elif kind in ("press", "let go"):
            gate.emergency_stop(kind == "press", now)
            emergency = emergency or kind == "press"
        elif kind == "reset":
            try:
                gate.reset_emergency_stop(now)
                emergency = False
            except InputError:
                assert emergency
        elif kind == "scan":
            gate.scan(ahead(happening[1]), now)
        permit = gate.permit(now)
        assert math.isfinite(permit.linear) and abs(permit.linear) <= limits.max_linear
        assert math.isfinite(permit.angular) and abs(permit.angular) <= limits.max_angular
        assert abs(permit.linear) - abs(before) <= limits.linear_acceleration * PERIOD + 1e-9
        assert emergency == gate.emergency
        if emergency or gate.stopped:
            assert permit.source == "none" and abs(permit.linear) <= abs(before)
        if emergency:
            assert (permit.linear, permit.angular) == (0.0, 0.0)
        before = permit.linear


def test_a_late_call_does_not_make_a_jump(gate: SafetyGate, limits: Limits) -> None:
    gate.see(NO_POINTS, 0.0)
    gate.permit(0.0)
    gate.see(NO_POINTS, 60.0)
    gate.propose("policy", 0.5, 0.0, 60.0)
    assert gate.permit(60.0).linear <= limits.linear_acceleration * 0.1 + 1e-9
    assert gate.permit(59.0).linear <= limits.linear_acceleration * 0.1 + 1e-9


def test_the_gate_needs_neither_torch_nor_ros() -> None:
    import subprocess

    code = (
        "import sys, mm_robot.safety.gate, mm_robot.config;"
        "print([m for m in ('torch', 'rclpy', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr

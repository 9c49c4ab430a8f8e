"""Something appears in the robot's way, or the robot is pushed towards it: no contact at any speed."""

from __future__ import annotations

import time

from mm_robot.config import load_config
from mm_robot.faults.body import RATES, WHEEL_DELAY
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig

SPEEDS = (0.5, 0.1, -0.5, 0.3, 1.0, -0.2, 5.0, 0.2)
"""What the policy proposes, m/s; the gate lets less of it through."""
RADII = (0.05, 0.2, 1.0)
LATENCY = 0.1
"""Seconds for the scan and the command to travel, and for the gate's cycle."""
PUSH = 0.1
STANDS_WITHIN = 8.0


def appears(rig: Rig, number: int) -> float:
    """A thing appears just beyond the braking distance; the contacts, 0 or 1."""
    return _drive_at(rig, number, pushed=0.0)


def pushed(rig: Rig, number: int) -> float:
    """A thing appears further away, and the driving robot is pushed towards it; the contacts, 0 or 1."""
    return _drive_at(rig, number, pushed=PUSH)


def _drive_at(rig: Rig, number: int, pushed: float) -> float:
    wanted = SPEEDS[number % len(SPEEDS)]
    rig.body.thing = None
    rig.move(linear=wanted)
    speed = min(abs(wanted), rig.speed)
    try:
        ahead = 1.0 if wanted > 0 else -1.0
        distance = braking_distance(speed) + pushed
        rig.body.put_ahead(distance, RADII[number % len(RADII)], ahead)
        if pushed:
            time.sleep(0.5 / RATES["scan"])
            rig.body.push(ahead * pushed)
        fault = time.monotonic()
        rig.probe.seconds_to_zero(fault, STANDS_WITHIN)
        time.sleep(0.2)
        if rig.body.clearance == float("inf"):
            raise FaultError("the thing was not there")
        return float(rig.body.clearance <= 0.0)
    finally:
        rig.drive(0.0)
        rig.body.thing = None


def braking_distance(speed: float) -> float:
    """How far a robot goes, m, that sees a thing one scan late and then brakes as it is configured."""
    gate = load_config().node("safety_gate")
    reaction = 1 / RATES["scan"] + LATENCY + WHEEL_DELAY
    return float(gate["stop_distance"] + speed * reaction + speed**2 / (2 * gate["linear_braking"]))


FAULTS = (
    Fault("obstacle appears", 0.0, appears, unit="contacts"),
    Fault("robot pushed towards an obstacle", 0.0, pushed, unit="contacts"),
)

"""Nodes are killed, as the kernel kills."""

from __future__ import annotations

import time
from collections.abc import Callable

from mm_robot.faults.cast import age
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig
from mm_robot.supervisor import STEADY_AFTER

IN_FLIGHT = 0.05
"""Seconds after its sender's death in which a message may still arrive."""


def killed(node: str) -> Callable[[Rig, int], float]:
    """A node is killed; the robot stands, and the node is started again."""

    def trial(rig: Rig, number: int) -> float:
        process = _grown_up(rig, node)
        rig.move()
        fault = rig.kill(node)
        seconds = rig.probe.seconds_to_zero(fault, 3.0)
        rig.wait_for_restart(node, process)
        return seconds

    return trial


def gate_killed(rig: Rig, number: int) -> float:
    """The gate is killed: the s until it is back, with nothing but zero before the next instruction."""
    process = _grown_up(rig, "safety_gate")
    rig.move()
    fault = rig.kill("safety_gate")
    back = fault + IN_FLIGHT
    rig.probe.wait(lambda: rig.probe.since(back), 10.0, "the gate to publish again")
    first = rig.probe.since(back)[0]
    time.sleep(1.0)
    if any(each.moves for each in rig.probe.since(back)):
        raise FaultError("the gate let the robot move after its restart without a new instruction")
    rig.wait_for_restart("safety_gate", process)
    return first.received - fault


def _grown_up(rig: Rig, node: str) -> int:
    """The process of a node, old enough for the supervisor to start it again without a longer delay."""
    process = rig.troupe.nodes()[node]
    time.sleep(max(0.0, STEADY_AFTER + 0.5 - age(process)))
    return process


FAULTS = (
    Fault("speech killed", 0.3, killed("speech"), cast="robot"),
    Fault("camera killed", 0.3, killed("camera"), cast="robot"),
    Fault("safety gate killed", 2.0, gate_killed, cast="robot"),
    Fault("policy killed", 0.3, killed("policy"), cast="robot"),
)

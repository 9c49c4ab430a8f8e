"""The model gives nonsense, raises, hangs, or runs out of memory."""

from __future__ import annotations

import time
from collections.abc import Callable

from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.policy_node import HANG_SECONDS
from mm_robot.faults.rig import Rig

SAME_CYCLE = 0.1
"""Seconds from a decision to ``cmd_vel``: a period of ``cmd_vel_raw``, one of ``cmd_vel``, and the way."""
QUICK = 0.3


def goes_wrong(fault: str) -> Callable[[Rig, int], float]:
    """The model goes wrong from one decision on, and well again later, when the robot has to drive again."""

    def trial(rig: Rig, number: int) -> float:
        process = rig.troupe.nodes()["policy"]
        rig.move()
        rig.model(fault)
        try:
            began = rig.began(fault)
            seconds = rig.probe.seconds_to_zero(began, 3.0)
        finally:
            rig.model("")
        too_fast = max((abs(each.linear) for each in rig.probe.since(began)), default=0.0)
        if too_fast > rig.speed + 1e-6:
            raise FaultError(f"{too_fast:g} m/s reached the wheels; {rig.speed:g} m/s is the limit")
        if rig.troupe.nodes().get("policy") not in (process, None):
            rig.wait_for_restart("policy", process)
        rig.move()
        return seconds

    return trial


def hangs(rig: Rig, number: int) -> float:
    """One decision hangs; the robot stands until it is over, and drives again by itself or by a new task."""
    process = rig.troupe.nodes()["policy"]
    rig.move()
    rig.model("hangs")
    began = rig.began("hangs")
    rig.model("")
    seconds = rig.probe.seconds_to_zero(began, 3.0)
    time.sleep(max(0.0, began + HANG_SECONDS - 0.5 - time.monotonic()))
    if any(each.moves for each in rig.probe.since(began + seconds)):
        raise FaultError("the robot moved while its model hung")
    if rig.troupe.nodes().get("policy") != process:
        rig.wait_for_restart("policy", process)
    rig.move()
    return seconds


FAULTS = (
    *(
        Fault(f"model output: {name}", SAME_CYCLE, goes_wrong(name))
        for name in ("nan", "one nan", "inf", "huge", "shape", "empty", "words")
    ),
    Fault("model raises", QUICK, goes_wrong("raises")),
    Fault("model out of host memory", QUICK, goes_wrong("memory")),
    Fault("model out of torch's memory", QUICK, goes_wrong("torch memory")),
    Fault("model out of GPU memory", QUICK, goes_wrong("gpu memory")),
    Fault("model hangs for 10 s", QUICK, hangs, cast="robot"),
)

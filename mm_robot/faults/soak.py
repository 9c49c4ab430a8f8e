"""Drives for long at full rate, and watches memory and latency."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from mm_robot.faults.cast import memory
from mm_robot.faults.fault import FaultError
from mm_robot.faults.report import Report
from mm_robot.faults.rig import INSTRUCTIONS, Rig

PERIOD = 2.0
"""Seconds between two looks."""
WARM_UP = 0.2
"""Part of the time that is left out, in which memory still fills."""
MEMORY_LIMIT = 10.0
"""MB an hour that a node's memory may grow by."""
LATENCY_LIMIT = 1.25
"""How many times longer the last third's latency may be than the first's."""
GAP_LIMIT = 0.1
"""Seconds that ``cmd_vel``, which comes every 0.02 s, may be silent."""
ROWS = (
    ("soak: growth of a node's memory", MEMORY_LIMIT, "MB/h"),
    ("soak: growth of the latency", LATENCY_LIMIT, "times"),
    ("soak: longest silence of cmd_vel", GAP_LIMIT, "s"),
)


@dataclass
class Course:
    """What was seen: times and gaps in s; memory of each node in MB; the driving node's age p95 in ms."""

    times: list[float] = field(default_factory=list)
    memory: dict[str, list[float]] = field(default_factory=dict)
    ages: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)

    def growth(self) -> dict[str, float]:
        """Node -> how fast its memory grew after the warm-up, MB/h: the slope of a line of least squares."""
        first = int(WARM_UP * len(self.times))
        hours = np.array(self.times[first:]) / 3600
        return {node: float(np.polyfit(hours, values[first:], 1)[0]) for node, values in self.memory.items()}

    def slowdown(self) -> float:
        """The median age of the last third, as a multiple of that of the first third after the warm-up."""
        ages = self.ages[int(WARM_UP * len(self.ages)) :]
        third = max(1, len(ages) // 3)
        return float(np.median(ages[-third:]) / np.median(ages[:third]))


def soak(rig: Rig, minutes: float, report: Report, tell: Callable[[str], None]) -> None:
    """Drive for so many minutes, and add the rows of ``ROWS`` to the report.

    Raises:
        FaultError: a node died, or the robot cannot be brought to move.
    """
    processes = rig.troupe.nodes()
    course = Course(memory={node: [] for node in processes})
    began, number = time.monotonic(), 0
    while time.monotonic() < began + 60 * minutes:
        looked = time.monotonic()
        if rig.probe.status.get("state") != "running":
            rig.instruct(INSTRUCTIONS[number % len(INSTRUCTIONS)])
            number += 1
        time.sleep(PERIOD)
        if rig.troupe.nodes() != processes:
            raise FaultError(f"a node died after {(time.monotonic() - began) / 60:.1f} minutes")
        course.times.append(time.monotonic() - began)
        for node, process in processes.items():
            course.memory[node].append(memory(process))
        if rig.probe.status.get("age_p95") is not None:
            course.ages.append(float(rig.probe.status["age_p95"]))
        received = [each.received for each in rig.probe.since(looked)]
        course.gaps.append(max(np.diff(received), default=PERIOD))
    if len(course.ages) < 3:
        raise FaultError("the robot hardly moved during the soak")
    growth = course.growth()
    tell(f"soak: {', '.join(f'{node} {slope:+.1f} MB/h' for node, slope in growth.items())}")
    values = ([*growth.values()], [course.slowdown()], [max(course.gaps)])
    for (name, limit, unit), found in zip(ROWS, values, strict=True):
        row = report.row(name, limit, unit, len(found))
        row.values[:] = [round(float(value), 4) for value in found]
    report.save()

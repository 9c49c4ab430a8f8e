"""Instructions that are doubled, too many, too long or no text: dropped, counted, and stop is obeyed."""

from __future__ import annotations

import time
from collections.abc import Callable

from std_msgs.msg import Empty, String

from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig

PROMPT = 0.1
FLOOD_SECONDS = 0.5
FLOOD_RATE = 1000
BEFORE_STOP = 0.2
SETTLE = 1.2
"""Seconds after the last of them: by then the gate hears their source again."""
COUNTED_WITHIN = 3.0
MEGABYTE = "go to the red ball " * 52_632


def flooded(make: Callable[[int], String | bytes], rate: float = FLOOD_RATE) -> Callable[[Rig, int], float]:
    """While instructions keep coming at ``rate`` Hz, a person says stop; the s until the robot stands.

    They keep coming for a while after the stop, and none of them may bring the robot to move again.
    """

    def trial(rig: Rig, number: int) -> float:
        processes = rig.troupe.nodes()
        rig.move()
        counted = _counted(rig)
        fault = began = time.monotonic()
        stopped = False
        sent = 0
        while time.monotonic() < began + FLOOD_SECONDS:
            rig.probe.publish("instruction", make(sent))
            sent += 1
            if not stopped and time.monotonic() >= began + BEFORE_STOP:
                fault, stopped = time.monotonic(), True
                rig.probe.publish("stop", Empty())
            time.sleep(max(0.0, began + sent / rate - time.monotonic()))
        seconds = rig.probe.seconds_to_zero(fault, 3.0)
        time.sleep(SETTLE)
        if any(each.moves for each in rig.probe.since(fault + seconds)):
            raise FaultError("the robot moved again after the stop, by what kept coming")
        rig.probe.wait(lambda: _counted(rig) > counted, COUNTED_WITHIN, "the instructions to be counted")
        if rig.troupe.nodes() != processes:
            raise FaultError("a node died")
        return seconds

    return trial


def _counted(rig: Rig) -> int:
    """How many instructions the driving node and the gate say that they did not accept."""
    return sum(
        int(value)
        for node in ("policy", "safety_gate")
        for key, value in tuple(rig.probe.health.get(node, {}).items())
        if "instructions" in key and "accepted" not in key and value.isdigit()
    )


def not_utf8(_number: int) -> bytes:
    """An instruction, as it goes over the wire, whose bytes are no UTF-8."""
    text = b"go to the \xff\xfe\xc3\x28 ball\0"
    return b"\0\1\0\0" + len(text).to_bytes(4, "little") + text


FAULTS = (
    Fault("instructions doubled at 1 kHz", PROMPT, flooded(lambda _n: String(data="go to the red ball"))),
    Fault("instructions at 1 kHz", PROMPT, flooded(lambda n: String(data=f"go forward {n % 9 + 1} metres"))),
    Fault("instruction of 1 MB", PROMPT, flooded(lambda _n: String(data=MEGABYTE), rate=20)),
    Fault("instruction not UTF-8", PROMPT, flooded(not_utf8, rate=100)),
    Fault("instruction with control characters", PROMPT, flooded(lambda _n: String(data="go\x07\x1b[2J"))),
    Fault("empty instructions at 1 kHz", PROMPT, flooded(lambda _n: String(data="  "))),
)

"""The microphone stutters, overruns or falls silent in mid-sentence: nothing stale is carried out."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable

import numpy as np
from std_msgs.msg import Empty, Int16MultiArray

from mm_robot.devices.sound_blocks import to_int16
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig
from mm_robot.ros.convert import AudioBlock, Int16Array, audio_to_message
from mm_robot.sim.voices import synthesise

RATE = 16000
BLOCK = 512
SENTENCE = "go to the red ball"
CUT = 0.45
"""Part of the sentence after which the sound goes wrong."""
SETTLE = 4.0
"""Seconds after the sound in which a late instruction would come, and by which all of it is heard."""
FRESH = 1.5
"""Seconds after its last sound within which an instruction is not stale."""


def wrong(spoil: Callable[[Rig, Int16Array], float]) -> Callable[[Rig, int], float]:
    """While the robot drives, half a sentence is spoken and then ``spoil`` happens, which returns when.

    A person stops the robot; whatever is still heard must not bring it to move again. The value is the s from
    that stop to zero velocity.
    """

    def trial(rig: Rig, number: int) -> float:
        process = rig.troupe.nodes()["speech"]
        rig.move()
        ended = spoil(rig, sentence())
        fault = time.monotonic()
        rig.probe.publish("stop", Empty())
        seconds = rig.probe.seconds_to_zero(fault, 3.0)
        time.sleep(SETTLE)
        late = [text for at, text in rig.heard if at > ended + FRESH]
        if late:
            raise FaultError(
                f"{late[0]!r} was carried out {FRESH:g} s and more after the sound had gone wrong"
            )
        if any(each.moves for each in rig.probe.since(fault + seconds)):
            raise FaultError(f"the robot moved again after the stop, by {rig.heard[-1:] or 'nothing heard'}")
        if rig.troupe.nodes().get("speech") != process:
            raise FaultError("the speech node died")
        return seconds

    return trial


def gaps(rig: Rig, samples: Int16Array) -> float:
    """Every third block is lost from the middle of the sentence on."""
    first = int(CUT * len(samples)) // BLOCK
    blocks = [index for index in range(len(samples) // BLOCK) if index < first or index % 3]
    return play(rig, samples, blocks)


def silence(rig: Rig, samples: Int16Array) -> float:
    """The sound ends in the middle of the sentence."""
    return play(rig, samples, range(int(CUT * len(samples)) // BLOCK))


def overrun(rig: Rig, samples: Int16Array) -> float:
    """The sound of a minute comes at once."""
    many = np.tile(samples, 1 + 60 * RATE // len(samples))
    return play(rig, many, range(len(many) // BLOCK), pace=0.0)


def play(rig: Rig, samples: Int16Array, blocks: range | list[int], pace: float = 1.0) -> float:
    """Publish some of the blocks of a sound; the monotonic time of the last one."""
    began = time.monotonic()
    for index in blocks:
        time.sleep(max(0.0, began + pace * index * BLOCK / RATE - time.monotonic()))
        piece = samples[index * BLOCK : (index + 1) * BLOCK, None]
        message: Int16MultiArray = audio_to_message(AudioBlock(piece, RATE, index * BLOCK))
        rig.probe.publish("audio", message, "stream")
    return time.monotonic()


@functools.cache
def sentence() -> Int16Array:
    """The sentence as a synthetic voice says it."""
    return to_int16(synthesise(SENTENCE, rate=RATE))


FAULTS = (
    Fault("audio gaps", 0.1, wrong(gaps)),
    Fault("audio silence", 0.1, wrong(silence)),
    Fault("audio overrun", 0.1, wrong(overrun)),
)

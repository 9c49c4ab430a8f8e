"""A speech node, and everything that it publishes."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from node_process import NodeProcess
from probe import Probe, Received
from std_msgs.msg import Empty, Int16MultiArray, String

from mm_robot.nodes.say import speak
from mm_robot.ros.convert import AudioBlock, audio_to_message
from mm_robot.sim.voices import synthesise
from mm_robot.types import FloatArray

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)


@dataclass
class Hearing:
    """A speech node and everything it publishes."""

    probe: Probe
    process: NodeProcess
    transcripts: Received
    instructions: Received
    stops: Received
    diagnostics: Received

    def say(self, text: str, **voice: Any) -> float:
        """Speak; the monotonic time of the end of the speech."""
        return speak(self.probe.node, 0.5 * synthesise(text, **voice))

    def play(self, samples: FloatArray, rate: int, channels: int, lose: range = range(0)) -> None:
        """Publish sound at real time as a device of many channels, without the blocks in ``lose``."""
        length = round(0.05 * rate)
        whole = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        publisher = self.probe.publisher(Int16MultiArray, "audio", "stream")
        began = time.monotonic()
        for number, first in enumerate(range(0, len(whole), length)):
            block = np.repeat(whole[first : first + length, None], channels, axis=1)
            time.sleep(max(0.0, began + (first + length) / rate - time.monotonic()))
            if number not in lose:
                publisher.publish(audio_to_message(AudioBlock(block, rate, first)))

    def recogniser(self) -> int:
        """The process that recognises."""
        threads = Path("/proc", str(self.process.process.pid), "task").glob("*/children")
        (child,) = "".join(thread.read_text() for thread in threads).split()
        return int(child)

    def values(self) -> dict[str, str]:
        """The latest diagnostics, message included."""
        status = self.diagnostics[-1].status[0] if self.diagnostics else None
        if status is None:
            return {}
        return {"message": status.message, **{pair.key: pair.value for pair in status.values}}

    def counted(self, name: str) -> int:
        """A counter of the latest diagnostics."""
        return int(self.values().get(name, "0"))


def hear(process: NodeProcess, probe: Probe) -> Hearing:
    """What a node publishes from now on; returns when it listens."""
    hearing = Hearing(
        probe,
        process,
        probe.collect(String, "transcript"),
        probe.collect(String, "instruction/voice"),
        probe.collect(Empty, "stop"),
        probe.collect(DiagnosticArray, "/diagnostics"),
    )
    probe.publisher(Int16MultiArray, "audio", "stream", wait=20.0)
    return hearing

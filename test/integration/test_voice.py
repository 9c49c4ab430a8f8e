"""The voice node: spoken answers through a real PulseAudio server, and an ear that does not obey them."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from node_process import NodeProcess
from probe import Probe, Received
from pulse_audio import PulseAudio
from std_msgs.msg import Bool, Empty, Int16MultiArray, String

from mm_robot.ros.convert import message_to_audio
from mm_robot.sim.voices import synthesise
from mm_robot.speech.decision import ECHO_SECONDS

Start = Callable[..., NodeProcess]
SENTENCE = "go to the red ball"

pytestmark = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)


def messages(diagnostics: Received, node: str) -> list[str]:
    return [s.message for array in diagnostics for s in array.status if s.name == f"/{node}"]


def level_of(audio: Received, since: int = 0) -> float:
    """The loudest sample from a message on, of 1."""
    return max((np.abs(message_to_audio(m).samples).max() / 32768 for m in audio[since:]), default=0.0)


def test_an_answer_is_spoken_and_a_stop_breaks_it_off(
    start_node: Start, probe: Probe, pulse: PulseAudio
) -> None:
    start_node("microphone", {"device": "PULSE"})
    start_node("voice", {"device": "PULSE"})
    audio = probe.collect(Int16MultiArray, "audio", "stream")
    speaking = probe.collect(Bool, "speaking")
    probe.wait(lambda: len(audio) > 10, 20.0, "sound of the device")
    before = len(audio)
    probe.publish("answer", String(data="I see a red ball and a blue box."))
    probe.wait(lambda: speaking and speaking[0].data, 10.0, "the node to say that it speaks")
    probe.wait(lambda: not speaking[-1].data, 10.0, "the end of the answer")
    took = speaking.times[-1] - speaking.times[0]
    assert 1.0 < took < 5.0
    assert level_of(audio, before) > 0.05

    del speaking[:], speaking.times[:]
    probe.publish("answer", String(data="one two three four five six seven eight nine ten " * 4))
    probe.wait(lambda: bool(speaking) and speaking[-1].data, 10.0, "the node to speak again")
    probe.publish("stop", Empty())
    probe.wait(lambda: not speaking[-1].data, 2.0, "silence after the stop")
    assert speaking.times[-1] - speaking.times[0] < 3.0


def test_the_robot_does_not_obey_its_own_voice_but_a_person(
    start_node: Start, probe: Probe, pulse: PulseAudio, tmp_path: Path
) -> None:
    start_node("microphone", {"device": "PULSE"})
    start_node("voice", {"device": "PULSE"})
    start_node("speech")
    transcripts: Received = probe.collect(String, "transcript")
    instructions = probe.collect(String, "instruction/voice")
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    audio = probe.collect(Int16MultiArray, "audio", "stream")
    speaking = probe.collect(Bool, "speaking")
    probe.wait(lambda: len(audio) > 10 and any(messages(diagnostics, "speech")), 30.0, "the ear")
    probe.publish("answer", String(data=SENTENCE))
    heard = _next(probe, transcripts, 0)
    assert heard["text"] == SENTENCE and heard["confidence"] > 0.8 and not heard["accepted"]
    assert not instructions

    probe.wait(lambda: not speaking[-1].data, 5.0, "the end of the answer")
    time.sleep(ECHO_SECONDS + 0.5)
    person = tmp_path / "person.wav"
    soundfile.write(person, synthesise(SENTENCE, rate=22050), 22050)
    with pulse.play(person):
        heard = _next(probe, transcripts, 1)
    assert heard["text"] == SENTENCE and heard["accepted"]
    probe.wait(lambda: [message.data for message in instructions] == [SENTENCE], 5.0, "the instruction")


def test_a_missing_loudspeaker_is_said_and_kills_nothing(start_node: Start, probe: Probe) -> None:
    node = start_node("voice", {"device": "no such device"})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: "waits for an answer" in messages(diagnostics, "voice"), 20.0, "the node")
    probe.publish("answer", String(data="hello"))
    probe.wait(
        lambda: any(m.startswith("loudspeaker: ") for m in messages(diagnostics, "voice")), 15.0, "an error"
    )
    statuses = [s for array in diagnostics for s in array.status if s.name == "/voice"]
    assert statuses[-1].level == DiagnosticStatus.ERROR
    assert node.interrupt() == 0


def _next(probe: Probe, transcripts: Received, index: int) -> dict[str, Any]:
    probe.wait(lambda: len(transcripts) > index, 20.0, "a transcript")
    heard: dict[str, Any] = json.loads(transcripts[index].data)
    return heard

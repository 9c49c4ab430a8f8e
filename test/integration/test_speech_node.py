"""The speech node over DDS: real sound in, transcripts, instructions and stops out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
import soxr
from hearing_rig import Hearing, hear, needs_voice
from node_process import NodeProcess
from probe import Probe
from std_msgs.msg import Empty, Int16MultiArray, String

from mm_robot.sim.voices import synthesise
from mm_robot.types import FloatArray

pytestmark = pytest.mark.timeout(60)


@pytest.fixture(scope="module")
def node(ros_domain: int) -> Iterator[NodeProcess]:
    """One speech node for all tests, with the parameters that it comes with."""
    process = NodeProcess("speech")
    yield process
    process.stop()


@pytest.fixture
def hearing(node: NodeProcess, probe: Probe) -> Hearing:
    return hear(node, probe)


@needs_voice
def test_a_spoken_command_becomes_an_instruction(hearing: Hearing) -> None:
    ended = hearing.say("go to the red ball")
    hearing.probe.wait(lambda: hearing.instructions, 10.0, "the instruction")
    assert [message.data for message in hearing.instructions] == ["go to the red ball"]
    transcript = json.loads(hearing.transcripts[0].data)
    assert transcript["text"] == "go to the red ball"
    assert transcript["confidence"] >= 0.6
    assert transcript["accepted"]
    assert transcript["started"] < transcript["ended"] < transcript["heard_at"]
    assert abs(transcript["ended"] - ended) < 0.6
    assert 0.3 < transcript["latency"] < 3.0
    assert not hearing.stops


@needs_voice
def test_speech_that_is_no_command_is_rejected(hearing: Hearing) -> None:
    hearing.say("my sister would like a large cappuccino with oat milk and brown sugar tomorrow morning")
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert not json.loads(hearing.transcripts[0].data)["accepted"]
    assert not hearing.instructions


@needs_voice
@pytest.mark.parametrize("word", ["stop", "halt", "freeze"])
def test_stop_is_published_at_once_and_is_no_instruction(hearing: Hearing, word: str) -> None:
    ended = hearing.say(word)
    hearing.probe.wait(lambda: hearing.stops, 5.0, "the stop")
    assert hearing.stops.times[0] - ended < 0.5
    hearing.probe.wait(lambda: hearing.transcripts, 5.0, "the transcript")
    time.sleep(0.2)
    assert not hearing.instructions
    assert len(hearing.stops) == 1


@needs_voice
def test_what_was_said_before_somebody_else_stopped_the_robot_is_not_carried_out(
    hearing: Hearing,
) -> None:
    length = len(synthesise("go to the red ball", rate=16000)) / 16000
    stop = hearing.probe.publisher(Empty, "stop")
    while_speaking = threading.Timer(length, stop.publish, [Empty()])
    while_speaking.start()
    hearing.say("go to the red ball")
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert json.loads(hearing.transcripts[0].data)["text"] == "go to the red ball"
    time.sleep(0.2)
    assert not hearing.instructions
    hearing.say("go to the red ball")
    hearing.probe.wait(lambda: hearing.instructions, 10.0, "an instruction said after the stop")


SILENT = np.zeros(64000, np.float32)
CLIPPED = np.sign(np.sin(np.arange(64000) / 9)).astype(np.float32)


@pytest.mark.parametrize(("samples", "said"), [(SILENT, "unmute"), (CLIPPED, "turn down")])
def test_silent_and_clipped_sound_are_said_with_the_fix(
    hearing: Hearing, samples: FloatArray, said: str
) -> None:
    play = threading.Thread(target=hearing.play, args=(samples, 16000, 1))
    play.start()
    hearing.probe.wait(lambda: said in hearing.values().get("message", ""), 12.0, "the diagnosis")
    play.join()


def test_it_tells_which_sounds_it_would_hear(hearing: Hearing) -> None:
    sounds = hearing.probe.collect(String, "scene/sounds")
    hearing.play(np.zeros(4 * 16000), 16000, 1)
    assert not sounds, "it cannot tell yet"
    hearing.play(np.zeros(8 * 16000), 16000, 1)
    hearing.probe.wait(lambda: sounds, 20.0, "what is heard")
    told = json.loads(sounds[-1].data)
    assert "dog_bark" in told["known"]
    assert told["labels"] == []


@needs_voice
@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (44100, 1), (8000, 1)])
def test_any_rate_and_channel_count_is_converted(hearing: Hearing, rate: int, channels: int) -> None:
    speech = 0.5 * synthesise("turn right", rate=16000)
    sound = np.pad(speech, (8000, 16000)).astype(np.float32)
    hearing.play(soxr.resample(sound, 16000, rate), rate, channels)
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert json.loads(hearing.transcripts[0].data)["text"] == "turn right"


def test_lost_sound_is_counted(hearing: Hearing) -> None:
    hearing.probe.wait(lambda: hearing.values(), 5.0, "diagnostics")
    gaps, lost = hearing.counted("gaps"), hearing.counted("lost samples")
    noise = np.random.default_rng(0).normal(0.0, 0.001, 32000).astype(np.float32)
    hearing.play(noise, 16000, 1, lose=range(10, 14))
    hearing.probe.wait(lambda: hearing.counted("gaps") == gaps + 1, 5.0, "the gap")
    assert hearing.counted("lost samples") == lost + 3200
    hearing.play(noise, 16000, 1)  # begins at index 0 once more: another source, nothing is lost
    time.sleep(1.2)
    assert hearing.counted("gaps") == gaps + 1


def test_wrong_messages_are_counted_and_the_node_lives(hearing: Hearing) -> None:
    wrong = Int16MultiArray()
    wrong.data = [1, 2, 3]
    hearing.probe.publish("audio", wrong, "stream")
    hearing.probe.wait(lambda: hearing.values().get("errors in audio") == "1", 5.0, "the count")
    assert "sample_rate" in hearing.process.output
    assert hearing.process.process.poll() is None

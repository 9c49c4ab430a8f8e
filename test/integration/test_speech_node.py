"""The speech node over DDS: real sound in, transcripts, instructions and stops out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from diagnostic_msgs.msg import DiagnosticArray
from node_process import NodeProcess
from probe import Probe, Received
from std_msgs.msg import Empty, Int16MultiArray, String

from mm_robot.nodes.say import speak
from mm_robot.nodes.speech import STALE_SECONDS
from mm_robot.ros.convert import AudioBlock, audio_to_message
from mm_robot.sim.voices import synthesise
from mm_robot.types import FloatArray

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="no voice: run sudo apt install espeak-ng"
)
pytestmark = pytest.mark.timeout(60)


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


@pytest.fixture
def start_hearing(probe: Probe, start_node: Callable[..., NodeProcess]) -> Callable[..., Hearing]:
    """``start_hearing(parameters)`` starts a speech node and waits until it listens."""

    def start(parameters: dict[str, Any] | None = None) -> Hearing:
        hearing = Hearing(
            probe,
            start_node("speech", parameters),
            probe.collect(String, "transcript"),
            probe.collect(String, "instruction/voice"),
            probe.collect(Empty, "stop"),
            probe.collect(DiagnosticArray, "/diagnostics"),
        )
        probe.publisher(Int16MultiArray, "audio", "stream", wait=20.0)
        return hearing

    return start


@needs_voice
def test_a_spoken_command_becomes_an_instruction(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing()
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
def test_speech_that_is_no_command_is_rejected(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing()
    hearing.say("my sister would like a large cappuccino with oat milk and brown sugar tomorrow morning")
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert not json.loads(hearing.transcripts[0].data)["accepted"]
    assert not hearing.instructions


@needs_voice
def test_what_was_said_too_long_ago_is_not_carried_out_and_the_robot_says_why(
    start_hearing: Callable[..., Hearing],
) -> None:
    hearing = start_hearing()
    os.kill(hearing.recogniser(), signal.SIGSTOP)
    ended = hearing.say("go to the red ball")
    time.sleep(max(0.0, ended + STALE_SECONDS + 0.5 - time.monotonic()))
    os.kill(hearing.recogniser(), signal.SIGCONT)
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    transcript = json.loads(hearing.transcripts[0].data)
    assert (transcript["text"], transcript["accepted"]) == ("go to the red ball", False)
    hearing.probe.wait(lambda: "is too busy" in hearing.values().get("message", ""), 5.0, "the reason")
    assert not hearing.instructions


@needs_voice
def test_a_stop_is_heard_while_the_recogniser_hangs_and_a_dead_one_is_started_anew(
    start_hearing: Callable[..., Hearing],
) -> None:
    hearing = start_hearing()
    os.kill(hearing.recogniser(), signal.SIGSTOP)
    hearing.say("go to the red ball")
    hearing.say("stop")
    hearing.probe.wait(lambda: hearing.stops, 5.0, "the stop")
    os.kill(hearing.recogniser(), signal.SIGKILL)
    hearing.probe.wait(lambda: hearing.values().get("errors in recogniser") == "1", 10.0, "the error")
    hearing.probe.wait(lambda: len(hearing.transcripts) == 1, 15.0, "the recogniser to be back")
    hearing.say("go to the green box")
    hearing.probe.wait(lambda: hearing.instructions, 10.0, "the instruction")
    assert [message.data for message in hearing.instructions] == ["go to the green box"]


@needs_voice
def test_with_a_wake_word_the_robot_listens_to_who_says_it(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing({"wake_word": "hey robot"})
    hearing.say("go to the red ball")
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert json.loads(hearing.transcripts[0].data)["text"] == "go to the red ball"
    assert not hearing.instructions
    hearing.say("hey robot")
    hearing.probe.wait(lambda: hearing.instructions, 10.0, "the wake word")
    hearing.say("go to the green box")
    hearing.probe.wait(lambda: len(hearing.instructions) == 2, 10.0, "the instruction")
    assert [message.data for message in hearing.instructions] == ["hey robot", "go to the green box"]


@needs_voice
@pytest.mark.parametrize("word", ["stop", "halt", "freeze"])
def test_stop_is_published_at_once_and_is_no_instruction(
    start_hearing: Callable[..., Hearing], word: str
) -> None:
    hearing = start_hearing()
    ended = hearing.say(word)
    hearing.probe.wait(lambda: hearing.stops, 5.0, "the stop")
    assert hearing.stops.times[0] - ended < 0.5
    hearing.probe.wait(lambda: hearing.transcripts, 5.0, "the transcript")
    time.sleep(0.2)
    assert not hearing.instructions
    assert len(hearing.stops) == 1


@needs_voice
def test_what_was_said_before_somebody_else_stopped_the_robot_is_not_carried_out(
    start_hearing: Callable[..., Hearing],
) -> None:
    hearing = start_hearing()
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


@needs_voice
@pytest.mark.parametrize(("rate", "channels"), [(48000, 2), (44100, 1), (8000, 1)])
def test_any_rate_and_channel_count_is_converted(
    start_hearing: Callable[..., Hearing], rate: int, channels: int
) -> None:
    hearing = start_hearing({"confidence": 0.1})
    speech = 0.5 * synthesise("turn right", rate=16000)
    sound = np.pad(speech, (8000, 16000)).astype(np.float32)
    hearing.play(soxr.resample(sound, 16000, rate), rate, channels)
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert json.loads(hearing.transcripts[0].data)["text"] == "turn right"


def test_lost_sound_is_counted(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing()
    noise = np.random.default_rng(0).normal(0.0, 0.001, 32000).astype(np.float32)
    hearing.play(noise, 16000, 1, lose=range(10, 14))
    hearing.probe.wait(lambda: hearing.values().get("gaps") == "1", 5.0, "the gap")
    assert hearing.values()["lost samples"] == "3200"
    hearing.play(noise, 16000, 1)  # begins at index 0 once more: another source, nothing is lost
    time.sleep(1.2)
    assert hearing.values()["gaps"] == "1"


SILENT = np.zeros(64000, np.float32)
CLIPPED = np.sign(np.sin(np.arange(64000) / 9)).astype(np.float32)


@pytest.mark.parametrize(("samples", "said"), [(SILENT, "unmute"), (CLIPPED, "turn down")])
def test_silent_and_clipped_sound_are_said_with_the_fix(
    start_hearing: Callable[..., Hearing], samples: FloatArray, said: str
) -> None:
    hearing = start_hearing()
    play = threading.Thread(target=hearing.play, args=(samples, 16000, 1))
    play.start()
    hearing.probe.wait(lambda: said in hearing.values().get("message", ""), 12.0, "the diagnosis")
    play.join()


def test_wrong_messages_are_counted_and_the_node_lives(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing()
    wrong = Int16MultiArray()
    wrong.data = [1, 2, 3]
    hearing.probe.publish("audio", wrong, "stream")
    hearing.probe.wait(lambda: hearing.values().get("errors in audio") == "1", 5.0, "the count")
    assert "sample_rate" in hearing.process.output
    assert hearing.process.process.poll() is None


@needs_voice
def test_a_grammar_of_the_users_own_is_understood(
    start_hearing: Callable[..., Hearing], tmp_path: Path
) -> None:
    grammar = tmp_path / "own.jsgf"
    grammar.write_text("#JSGF V1.0;\ngrammar own;\npublic <all> = open the window | close the window;\n")
    hearing = start_hearing({"grammar": str(grammar)})
    hearing.say("close the window")
    hearing.probe.wait(lambda: hearing.transcripts, 10.0, "the transcript")
    assert json.loads(hearing.transcripts[0].data)["text"] == "close the window"


@needs_voice
def test_what_sounds_like_a_thing_in_view_is_taken_for_it(
    start_hearing: Callable[..., Hearing], tmp_path: Path
) -> None:
    grammar = tmp_path / "malls.jsgf"
    grammar.write_text("#JSGF V1.0;\ngrammar malls;\npublic <all> = drive to the yellow mall;\n")
    hearing = start_hearing({"grammar": str(grammar)})
    hearing.say("drive to the yellow mall")
    hearing.probe.wait(lambda: len(hearing.instructions) == 1, 10.0, "the instruction")
    labels = json.dumps({"width": 640, "height": 480, "labels": [{"name": "yellow ball"}]})
    hearing.probe.publisher(String, "scene/labels").publish(String(data=labels))
    time.sleep(0.3)
    hearing.say("drive to the yellow mall")
    hearing.probe.wait(lambda: len(hearing.instructions) == 2, 10.0, "the instruction")
    assert [i.data for i in hearing.instructions] == ["drive to the yellow mall", "drive to the yellow ball"]
    assert json.loads(hearing.transcripts[-1].data)["heard"] == "drive to the yellow mall"


def test_a_missing_grammar_is_said_and_tried_again(
    start_node: Callable[..., NodeProcess], probe: Probe
) -> None:
    process = start_node("speech", {"grammar": "/nowhere.jsgf"})
    probe.wait(lambda: "grammar /nowhere.jsgf cannot be read" in process.output, 15.0, "the error")
    assert process.process.poll() is None


def test_it_tells_which_sounds_it_would_hear(start_hearing: Callable[..., Hearing]) -> None:
    hearing = start_hearing()
    sounds = hearing.probe.collect(String, "scene/sounds")
    hearing.play(np.zeros(4 * 16000), 16000, 1)
    assert not sounds, "it cannot tell yet"
    hearing.play(np.zeros(8 * 16000), 16000, 1)
    hearing.probe.wait(lambda: sounds, 20.0, "what is heard")
    told = json.loads(sounds[-1].data)
    assert "dog_bark" in told["known"]
    assert told["labels"] == []


@needs_voice
def test_a_missing_classifier_of_sounds_leaves_the_other_ears_open(
    start_hearing: Callable[..., Hearing],
) -> None:
    hearing = start_hearing({"sound_events": "/nowhere"})
    hearing.say("stop")
    hearing.probe.wait(lambda: hearing.stops, 5.0, "the stop")
    hearing.probe.wait(
        lambda: "no sound events: /nowhere" in hearing.values()["message"], 10.0, "the warning"
    )

"""The speech node as it is set up, and where a part of it fails."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hearing_rig import Hearing, hear, needs_voice
from node_process import NodeProcess
from probe import Probe
from std_msgs.msg import String

from mm_robot.nodes.speech import STALE_SECONDS

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def start_hearing(probe: Probe, start_node: Callable[..., NodeProcess]) -> Callable[..., Hearing]:
    """``start_hearing(parameters)`` starts a speech node and waits until it listens."""

    def start(parameters: dict[str, Any] | None = None) -> Hearing:
        return hear(start_node("speech", parameters), probe)

    return start


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

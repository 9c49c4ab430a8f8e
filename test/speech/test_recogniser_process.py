"""A recogniser in a process of its own hears the same, and keeps nobody waiting."""

from __future__ import annotations

import io
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.speech import recogniser_process
from mm_robot.speech.base import Utterance
from mm_robot.speech.recogniser_process import RecogniserProcess, serve
from mm_robot.speech.recognisers import load_recogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray


@pytest.fixture
def process() -> Iterator[RecogniserProcess]:
    running = RecogniserProcess()
    running.wait_until_loaded()
    yield running
    running.close()


def utterance_of(sound: FloatArray) -> Utterance:
    (utterance,) = VoiceActivity().detect(sound)
    return utterance


def test_it_hears_the_same_and_what_dies_is_started_anew(
    process: RecogniserProcess, say: Callable[..., FloatArray]
) -> None:
    utterance = utterance_of(say("go to the red ball"))
    here = load_recogniser().transcribe(utterance)
    there = process.transcribe(utterance)
    assert there.text == here.text == "go to the red ball"
    assert there.confidence == pytest.approx(here.confidence, abs=0.01)
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(RuntimeError, match="ended with status -9 and is started anew"):
        process.transcribe(utterance)
    assert process.transcribe(utterance).text == here.text


def test_other_threads_go_on_while_it_works(
    process: RecogniserProcess, say: Callable[..., FloatArray]
) -> None:
    utterance = utterance_of(say("my sister would like a cup of coffee with milk and sugar, and some bread"))
    work = threading.Thread(target=process.transcribe, args=[utterance])
    moments = [time.perf_counter()]
    work.start()
    while work.is_alive():
        time.sleep(0.005)
        moments.append(time.perf_counter())
    assert max(np.diff(moments)) < 0.5 * (moments[-1] - moments[0])


def test_what_is_wrong_with_the_order_is_told() -> None:
    wrong = RecogniserProcess(grammar="this is no grammar")
    with pytest.raises(InputError, match="not a JSGF grammar"):
        wrong.wait_until_loaded()
    with pytest.raises(RuntimeError, match="ended with status 0 and is started anew"):
        wrong.transcribe(Utterance(np.zeros(16000), np.zeros(16000), 0, 16000, 1.0))
    wrong.close()


def test_an_utterance_that_fails_is_told_and_the_next_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken:
        def transcribe(self, utterance: Utterance) -> None:
            raise ValueError(f"{len(utterance.samples)} samples are too few")

    monkeypatch.setattr(recogniser_process, "load_recogniser", lambda **_: Broken())
    sound = {"samples": "AAAAAA==", "as_it_came": "", "start": 0, "end": 1, "speech": 0.1}
    answers = io.StringIO()
    serve(io.StringIO("\n".join(["{}", json.dumps(sound), json.dumps(sound)])), answers)
    loaded, *failed = (json.loads(line) for line in answers.getvalue().splitlines())
    assert loaded == {}
    assert failed == 2 * [{"error": "ValueError: 1 samples are too few"}]

"""Commands are recognised, and other speech is not taken for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.speech.base import RATE, Recognition, Utterance
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray


@pytest.fixture(scope="module")
def recogniser() -> CommandRecogniser:
    """The recogniser of all commands."""
    return CommandRecogniser()


def hear(recogniser: CommandRecogniser, sound: FloatArray) -> Recognition:
    """What is recognised in the one utterance of a sound."""
    (utterance,) = VoiceActivity().detect(sound)
    return recogniser.transcribe(utterance)


@pytest.mark.parametrize(
    "sentence",
    [
        *(
            "go to the red ball",
            "find the blue box",
            "drive to the green cylinder",
            "head for the yellow cone",
        ),
        *("go to the orange ball", "find the purple box", "drive to the black cone", "go to the white ball"),
        *(
            "turn right forty five degrees",
            "turn around",
            "move forward two meters",
            "what do you see",
            "stop",
            "go to the nearest cone",
            "follow the yellow ball",
            "go to the red ball then find the blue box",
        ),
    ],
)
@pytest.mark.parametrize("voice", [{}, {"voice": "en-us+m3", "speed": 160, "pitch": 40}])
def test_commands_are_recognised(
    recogniser: CommandRecogniser, say: Callable[..., FloatArray], sentence: str, voice: dict[str, str]
) -> None:
    recognition = hear(recogniser, say(sentence.replace("meter", "metre"), **voice))
    assert recognition.text == sentence
    assert recognition.confidence >= 0.6


@pytest.mark.parametrize(
    "sentence",
    [
        "I would like a large cappuccino with oat milk and two sugars",
        "did you read about the election in the newspaper yesterday evening",
        "my grandmother always used to bake bread on Sunday mornings",
    ],
)
def test_other_speech_is_rejected(
    recogniser: CommandRecogniser, say: Callable[..., FloatArray], sentence: str
) -> None:
    assert hear(recogniser, say(sentence)).confidence < 0.6


def test_speech_between_digital_silence_is_recognised(
    recogniser: CommandRecogniser, say: Callable[..., FloatArray]
) -> None:
    speech = say("go to the red ball")[RATE:-RATE]
    sound = np.pad(speech, RATE).astype(np.float32)
    assert hear(recogniser, sound).text == "go to the red ball"


def test_faint_speech_is_recognised(recogniser: CommandRecogniser, say: Callable[..., FloatArray]) -> None:
    speech = say("go to the red ball")
    assert hear(recogniser, 0.03 * speech).text == "go to the red ball"


def test_noise_and_silence_are_no_command(recogniser: CommandRecogniser) -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.1, 2 * RATE).astype(np.float32)
    for sound in (noise, np.zeros(2 * RATE, np.float32), np.zeros(10, np.float32)):
        assert recogniser.transcribe(Utterance(sound, 0, len(sound), 2.0)).confidence < 0.6


def test_words_without_a_pronunciation_are_named() -> None:
    grammar = "#JSGF V1.0;\ngrammar g;\npublic <a> = fetch the ( qwzx | ball | mmrobot );\n"
    with pytest.raises(InputError, match="mmrobot, qwzx"):
        CommandRecogniser(grammar)
    given = CommandRecogniser(grammar, {"qwzx": "K W IH Z", "mmrobot": "EH M R OW B AA T"})
    assert "qwzx" in given.automaton.words

"""Commands are recognised, and other speech is not taken for one."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import numpy as np
import pytest

from mm_robot.errors import InputError
from mm_robot.sim.voices import MORE_VOICES, RECORDED_VOICES, synthesise
from mm_robot.speech.base import RATE, Recognition, Utterance
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

flite = shutil.which("flite")


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


@pytest.mark.parametrize(
    "sentence",
    ["could you get yourself over to the red ball", "i would like you to follow the green box please"],
)
def test_sentences_like_commands_are_understood(
    recogniser: CommandRecogniser, say: Callable[..., FloatArray], sentence: str
) -> None:
    assert recogniser.automaton.probability(sentence) == 0.0
    recognition = hear(recogniser, say(sentence))
    assert recognition.text == sentence
    assert recognition.confidence >= 0.6


def test_beside_a_grammar_that_was_given_nothing_is_understood(say: Callable[..., FloatArray]) -> None:
    own = CommandRecogniser("#JSGF V1.0;\ngrammar g;\npublic <a> = open the door | close the door;\n")
    assert hear(own, say("close the door")).text == "close the door"
    assert hear(own, say("could you get yourself over to the red ball")).confidence < 0.6


def test_what_a_listener_mishears_the_other_may_hear(recogniser: CommandRecogniser) -> None:
    voices = [voice for voice in MORE_VOICES + RECORDED_VOICES if flite or ":" not in voice.name]
    understood = []
    for number, voice in enumerate(voices):
        sentence = ("go to the yellow cone", "find the purple box", "turn right sixty degrees")[number % 3]
        sound = 0.5 * synthesise(sentence, voice.name, voice.speed, voice.pitch)
        noise = np.random.default_rng(number).normal(0.0, 0.0005, len(sound) + 2 * RATE)
        recognition = hear(recogniser, (np.pad(sound, RATE) + noise).astype(np.float32))
        understood.append(recognition.text == sentence and recognition.confidence >= 0.6)
    assert np.mean(understood) >= 0.8


def test_a_wake_word_is_heard_before_a_sentence_and_alone(say: Callable[..., FloatArray]) -> None:
    woken = CommandRecogniser(wake_word="Hey, robot")
    for sentence in (
        *("hey robot", "hey robot go to the red ball", "turn around"),
        *("hey robot i would like you to follow the green box please", "could you follow the green box"),
    ):
        recognition = hear(woken, say(sentence))
        assert recognition.text == sentence
        assert recognition.confidence >= 0.6


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
        assert recogniser.transcribe(Utterance(sound, sound, 0, len(sound), 2.0)).confidence < 0.6


def test_words_without_a_pronunciation_are_named() -> None:
    grammar = "#JSGF V1.0;\ngrammar g;\npublic <a> = fetch the ( qwzx | ball | mmrobot );\n"
    with pytest.raises(InputError, match="mmrobot, qwzx"):
        CommandRecogniser(grammar)
    given = CommandRecogniser(grammar, {"qwzx": "K W IH Z", "mmrobot": "EH M R OW B AA T"})
    assert "qwzx" in given.automaton.words

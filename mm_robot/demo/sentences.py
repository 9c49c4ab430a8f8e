"""The ways to give a sentence: spoken by a synthetic voice, played from a recording, or typed."""

from __future__ import annotations

import time
from pathlib import Path

from mm_robot.demo.episode import Sentence
from mm_robot.demo.watcher import Watcher
from mm_robot.nodes.say import read_wav, speak
from mm_robot.safety.wording import validate_instruction
from mm_robot.sim.voices import DEFAULT_VOICE, Voice, synthesise
from mm_robot.types import FloatArray

RATE = 16000


def spoken(text: str, voice: Voice = DEFAULT_VOICE) -> Sentence:
    """Speak a sentence with a synthetic voice.

    Raises:
        InputError: the text or the voice is wrong, or espeak-ng is missing.
    """
    sentence = validate_instruction(text)
    samples = synthesise(sentence, voice.name, voice.speed, voice.pitch, RATE)
    return Sentence(sentence, str(voice), lambda watcher: _speak(watcher, samples))


def played(file: Path) -> Sentence:
    """Play a recording.

    Raises:
        InputError: the file is missing or holds no sound.
    """
    samples = read_wav(file, RATE)
    return Sentence(file.name, str(file), lambda watcher: _speak(watcher, samples))


def typed(text: str) -> Sentence:
    """Type a sentence.

    Raises:
        InputError: it is no instruction.
    """
    sentence = validate_instruction(text)

    def give(watcher: Watcher) -> float:
        watcher.type_instruction(sentence)
        return time.monotonic()

    return Sentence(sentence, "", give)


def _speak(watcher: Watcher, samples: FloatArray) -> float:
    return speak(watcher.node, samples, RATE)

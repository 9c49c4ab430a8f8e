"""How an episode's sentence is given: typed, spoken by a synthetic voice, or played from a recording."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mm_robot.config import load_config
from mm_robot.devices.sound_file import load_sound
from mm_robot.sim.voices import MORE_VOICES, VOICES, synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.decision import Act
from mm_robot.speech.hearing import Hearing
from mm_robot.training.noise import Noise
from mm_robot.types import FloatArray

LEVEL = 0.5


@dataclass(frozen=True)
class Given:
    """What reaches the robot of a sentence: an instruction with its ``text``, a stop, or nothing.

    ``sound`` [N] at 16 kHz is for a policy that hears by itself, and has no text yet.
    """

    act: Act
    text: str
    sound: FloatArray | None = None


def typed(text: str) -> Given:
    """A sentence that is typed reaches the robot as it is."""
    return Given(Act.INSTRUCT, text)


def sounded(text: str, seed: int, noise: Noise | None = None) -> Given:
    """A sentence as the sound of a synthetic voice, which ``seed`` chooses.

    Raises:
        InputError: espeak-ng is missing, or there is no such noise.
    """
    return Given(Act.INSTRUCT, "", _said(text, seed, noise, RATE // 4))


def recorded(recording: Path) -> Given:
    """A recording as the sound that it is.

    Raises:
        InputError: the file cannot be read.
    """
    return Given(Act.INSTRUCT, "", _read(recording))


class Ears:
    """Passes sentences through the hearing chain, as configured for the speech node."""

    def __init__(self) -> None:
        """Load the chain."""
        self._hearing = Hearing(load_config().node("speech")["confidence"])

    def spoken(self, text: str, seed: int, noise: Noise | None = None) -> Given:
        """What is heard of a sentence; ``seed`` chooses the synthetic voice.

        Raises:
            InputError: espeak-ng is missing, or there is no such noise.
        """
        return self._heard(_said(text, seed, noise, RATE))

    def played(self, recording: Path) -> Given:
        """What is heard of a recording.

        Raises:
            InputError: the file cannot be read.
        """
        return self._heard(_read(recording))

    def _heard(self, samples: FloatArray) -> Given:
        """The last thing that counts, as it would be at the end of the sound."""
        heard = self._hearing.listen(samples)
        counted = [h for h in heard if h.act is not Act.NOTHING] or heard
        return Given(counted[-1].act, counted[-1].text) if counted else Given(Act.NOTHING, "")


def _said(text: str, seed: int, noise: Noise | None, around: int) -> FloatArray:
    """A sentence by one of many voices, with so many samples around it."""
    voice = (VOICES + MORE_VOICES)[seed % len(VOICES + MORE_VOICES)]
    sound = LEVEL * synthesise(text, voice.name, voice.speed, voice.pitch, RATE)
    if noise is None:
        return np.pad(sound, around).astype(np.float32)
    return noise.under(sound, np.random.default_rng([seed, 17]), around)


def _read(recording: Path) -> FloatArray:
    return load_sound(recording, RATE).astype(np.float32) / np.float32(32768)

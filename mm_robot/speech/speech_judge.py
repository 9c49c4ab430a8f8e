"""Judges whether a short piece of sound is speech: by its spectrum and level, or by the Silero network."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import pocketsphinx

from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE, to_int16
from mm_robot.types import FloatArray


class SpeechJudge(ABC):
    """``length`` is how many samples it judges at a time."""

    length: int

    @abstractmethod
    def judge(self, frame: FloatArray, above_noise: float) -> bool:
        """Whether the next ``length`` samples, ``above_noise`` dB above the background, are speech."""

    @abstractmethod
    def reset(self) -> None:
        """Forget the stream so far."""


class EnergyJudge(SpeechJudge):
    """Two must agree: the WebRTC detector, by the spectrum, and the level above the background.

    The first is fooled by steady noise, the second by any sound.
    """

    def __init__(self, above_noise: float) -> None:
        """``above_noise`` dB that speech must rise above the background."""
        self._above_noise = above_noise
        self.reset()

    def reset(self) -> None:
        """See ``SpeechJudge``."""
        self._spectrum = pocketsphinx.Vad(pocketsphinx.Vad.MEDIUM_STRICT, RATE)
        self.length = self._spectrum.frame_bytes // 2

    def judge(self, frame: FloatArray, above_noise: float) -> bool:
        """See ``SpeechJudge``."""
        return bool(self._spectrum.is_speech(to_int16(frame))) and above_noise > self._above_noise


class SileroJudge(SpeechJudge):
    """A recurrent network that was trained on speech in many languages and noises (Silero VAD)."""

    length = 512

    def __init__(self, probability: float) -> None:
        """``probability`` from which it is speech.

        Raises:
            InputError: the package silero-vad is not installed.
        """
        import torch

        threads = torch.get_num_threads()
        try:
            from silero_vad import load_silero_vad
        except ModuleNotFoundError:
            raise InputError(how_to_install("silero_vad")) from None
        torch.set_num_threads(threads)  # which silero_vad sets to one for the whole process
        self._probability = probability
        self._network = load_silero_vad()

    def reset(self) -> None:
        """See ``SpeechJudge``."""
        self._network.reset_states()

    def judge(self, frame: FloatArray, above_noise: float) -> bool:
        """See ``SpeechJudge``."""
        import torch

        with torch.inference_mode():
            samples = torch.from_numpy(np.ascontiguousarray(frame, np.float32))
            return float(self._network(samples, RATE)) >= self._probability

"""Takes noise out of a stream of sound before speech is looked for in it.

By RNNoise (Valin, "A hybrid DSP/deep learning approach to real-time full-band speech enhancement", MMSP
2018), whose library and weights the package pyrnnoise carries. Its Python module is not imported: it would
load a video library.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
import soxr

from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError
from mm_robot.speech.base import NO_SUPPRESSION, RATE
from mm_robot.types import FloatArray

_NETWORK_RATE, _FRAME = 48_000, 480
"""Of RNNoise: samples a second, and samples in a frame."""
_SCALE = 32768.0
_DELAY = 0.02
"""Seconds by which what comes out lags what went in."""


class NoiseSuppression(ABC):
    """Changes a stream of sound, sample by sample."""

    @abstractmethod
    def suppress(self, samples: FloatArray) -> FloatArray:
        """Take in the next samples, [N] of any N; the next of the stream without noise, [M].

        Sample i of the one stream is sample i of the other; the last ones of it may still be kept back.
        """

    @abstractmethod
    def reset(self) -> None:
        """Forget the stream so far."""


class NoSuppression(NoiseSuppression):
    """Leaves the sound as it is."""

    def suppress(self, samples: FloatArray) -> FloatArray:
        """See ``NoiseSuppression``."""
        return samples

    def reset(self) -> None:
        """See ``NoiseSuppression``."""


class RNNoise(NoiseSuppression):
    """A recurrent network that weights the bands of the sound."""

    def __init__(self) -> None:
        """Load the library.

        Raises:
            InputError: it is not installed, or not made for this processor.
        """
        self._library = _library()
        self._state: int | None = None
        self.reset()

    def reset(self) -> None:
        """See ``NoiseSuppression``."""
        self._free()
        self._state = self._library.rnnoise_create(None)
        self._up = soxr.ResampleStream(RATE, _NETWORK_RATE, 1, dtype="float32", quality=soxr.MQ)
        self._down = soxr.ResampleStream(_NETWORK_RATE, RATE, 1, dtype="float32", quality=soxr.MQ)
        self._rest: FloatArray = np.empty(0, np.float32)
        self._late = round(_DELAY * RATE)

    def suppress(self, samples: FloatArray) -> FloatArray:
        """See ``NoiseSuppression``."""
        stream = np.concatenate([self._rest, self._up.resample_chunk(samples) * np.float32(_SCALE)])
        whole = len(stream) // _FRAME * _FRAME
        self._rest = stream[whole:]
        frames = np.ascontiguousarray(stream[:whole].reshape(-1, _FRAME), np.float32)
        for frame in frames:
            place = frame.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
            self._library.rnnoise_process_frame(self._state, place, place)
        quiet: FloatArray = self._down.resample_chunk(frames.reshape(-1) / np.float32(_SCALE))
        early = min(self._late, len(quiet))
        self._late -= early
        return quiet[early:]

    def _free(self) -> None:
        if self._state is not None:
            self._library.rnnoise_destroy(self._state)
            self._state = None

    def __del__(self) -> None:
        if hasattr(self, "_library"):
            self._free()


def load_suppression(name: str) -> NoiseSuppression:
    """By name, one of ``SUPPRESSIONS``.

    Raises:
        InputError: what it needs is not installed.
    """
    return NoSuppression() if name == NO_SUPPRESSION else RNNoise()


@functools.cache
def _library() -> ctypes.CDLL:
    package = importlib.util.find_spec("pyrnnoise")
    if package is None or package.origin is None:
        raise InputError(how_to_install("pyrnnoise"))
    path = Path(package.origin).parent / "librnnoise.so"
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise InputError(
            f"{path} cannot be loaded ({error}); install it again with: pip install --force-reinstall "
            f"--no-deps pyrnnoise, or set noise_suppression: {NO_SUPPRESSION}"
        ) from error
    samples = ctypes.POINTER(ctypes.c_float)
    library.rnnoise_create.restype = ctypes.c_void_p
    library.rnnoise_create.argtypes = [ctypes.c_void_p]
    library.rnnoise_destroy.argtypes = [ctypes.c_void_p]
    library.rnnoise_process_frame.restype = ctypes.c_float
    library.rnnoise_process_frame.argtypes = [ctypes.c_void_p, samples, samples]
    return library

"""Sound of any sample rate as blocks of one rate, numbered so that gaps are seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import soxr

from mm_robot.types import FloatArray

Int16Array = npt.NDArray[np.int16]


class NumberedBlock(NamedTuple):
    """``samples`` [N] int16; ``first_sample`` is the index of the first one since the source began."""

    first_sample: int
    samples: Int16Array


class SoundBlocks:
    """Converts pieces of sound as they come."""

    def __init__(self, rate_in: int, rate_out: int, length: int, first_sample: int = 0) -> None:
        """Convert from ``rate_in`` to ``rate_out`` Hz, in blocks of ``length`` samples.

        The first sample has the index ``first_sample``.
        """
        self._rate_in = rate_in
        self._rate_out = rate_out
        self._length = length
        self._index = first_sample
        self._waiting: FloatArray = np.zeros(0, np.float32)
        self._begin()

    @property
    def next_index(self) -> int:
        """The index of the next sample that comes out."""
        return self._index

    def add(self, samples: FloatArray, missing: int = 0) -> list[NumberedBlock]:
        """Convert a piece [N] float32 in [-1, 1]; ``missing`` samples were lost before it.

        Where samples are missing, what is left of the sound before the gap comes as a shorter block.
        """
        blocks: list[NumberedBlock] = []
        if missing:
            blocks = self._whole_blocks(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True))
            if len(self._waiting):
                blocks.append(self._take(len(self._waiting)))
            self._index += max(1, round(missing * self._rate_out / self._rate_in))
            self._begin()
        return blocks + self._whole_blocks(self._resampler.resample_chunk(samples))

    def _begin(self) -> None:
        self._resampler = soxr.ResampleStream(self._rate_in, self._rate_out, 1, "float32")

    def _whole_blocks(self, samples: FloatArray) -> list[NumberedBlock]:
        self._waiting = np.concatenate([self._waiting, samples])
        return [self._take(self._length) for _ in range(len(self._waiting) // self._length)]

    def _take(self, length: int) -> NumberedBlock:
        block = NumberedBlock(self._index, to_int16(self._waiting[:length]))
        self._waiting = self._waiting[length:]
        self._index += length
        return block


def to_int16(samples: FloatArray) -> Int16Array:
    """[N] float32 in [-1, 1] as [N] int16; what is louder is clipped."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype(np.int16)

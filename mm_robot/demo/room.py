"""The room of a demonstration: the thing meant, and things that are easily taken for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mm_robot.errors import InputError
from mm_robot.sim.scene import COLOURS, EVALUATION_SEEDS, SHAPES

DISTRACTORS = 1


@dataclass(frozen=True)
class Target:
    """The thing that a sentence means, as the judge knows it."""

    colour: str
    shape: str

    @property
    def name(self) -> str:
        """The target as a person would name it."""
        return f"{self.colour} {self.shape}"

    @staticmethod
    def parse(text: str) -> Target:
        """Read ``red ball``.

        Raises:
            InputError: it is not one of the colours and one of the shapes of this world.
        """
        words = text.lower().split()
        if len(words) != 2 or words[0] not in COLOURS or words[1] not in SHAPES:
            raise InputError(
                f"target: {text!r} was given; allowed is a colour ({', '.join(COLOURS)}) "
                f"and a shape ({', '.join(SHAPES)}), such as 'red ball'"
            )
        return Target(words[0], words[1])


def checked_seed(seed: int) -> int:
    """Return the seed.

    Raises:
        InputError: it is not one of the seeds that are kept for evaluation.
    """
    if not 0 <= seed < EVALUATION_SEEDS:
        raise InputError(f"seed: {seed} was given; allowed is 0 to {EVALUATION_SEEDS - 1}")
    return seed


def objects_with_decoys(target: Target, seed: int) -> str:
    """Name the target, a thing of its colour and a thing of its shape, as the simulator takes them."""
    generator = np.random.default_rng(seed)
    shape = generator.choice([shape for shape in SHAPES if shape != target.shape])
    colour = generator.choice([colour for colour in COLOURS if colour != target.colour])
    return f"{target.name}, {target.colour} {shape}, {colour} {target.shape}"

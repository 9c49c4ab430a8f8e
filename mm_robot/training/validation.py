"""Judges a policy in rooms while it is trained, keeps the best, and says when to end."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import load_file, save_file
from torch import Tensor

from mm_robot.data import templates
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.episodes import Episode, load_episodes, parse_episode

FIRST_SEED = 800_000
"""Of the rooms that are made for validation: no figure in the documentation is of these."""
Judge = Callable[[], dict[str, Any]]
"""Judges the policy as it is now: ``n`` rooms, ``success`` in so many, the ``rate`` and its interval."""


@dataclass(frozen=True)
class ValidationSettings:
    """Every ``every`` steps of the stage `fuse` the policy is judged in rooms.

    The rooms are those of the file ``episodes`` (see ``mm_robot evaluate``), or ``rooms`` that are made where
    there is none. Training ends after ``patience`` looks in a row that were no better (0: never early).
    """

    every: int = 100
    rooms: int = 24
    episodes: Path | None = None
    patience: int = 0


def validation_episodes(settings: ValidationSettings) -> list[Episode]:
    """The episodes to judge by; those that are made send the robot to one of five things, another of which
    has the colour of it and another one the shape.

    Raises:
        InputError: the file of episodes is missing or wrong.
    """
    if settings.episodes is not None:
        return load_episodes(settings.episodes)
    return [parse_episode(row) for row in _rows(settings.rooms)]


def _rows(rooms: int) -> Iterator[dict[str, Any]]:
    for seed in range(FIRST_SEED, FIRST_SEED + rooms):
        generator = np.random.default_rng([seed, 11])
        colour, other_colour = (str(c) for c in generator.choice(list(COLOURS), 2, replace=False))
        shape, other_shape = (str(s) for s in generator.choice(SHAPES, 2, replace=False))
        target = {"shape": shape, "colour": colour}
        yield {
            "text": str(generator.choice(templates.GO_TO)).replace("{thing}", f"{colour} {shape}"),
            "seed": seed,
            "objects": [target, target | {"shape": other_shape}, target | {"colour": other_colour}],
            "distractors": 2,
            "expect": {"outcome": "reach", "target": target},
        }


class Validation:
    """The looks of one run, kept in ``validation.json``; a run that goes on after a break keeps them."""

    def __init__(self, settings: ValidationSettings, judge: Judge, folder: Path) -> None:
        self._settings = settings
        self._judge = judge
        self._report = folder / "validation.json"
        self._best_weights = folder / "best.safetensors"
        self.looks: list[dict[str, Any]] = []

    def resume(self, step: int) -> None:
        """Keep the looks up to ``step``, where training goes on."""
        if step and self._report.exists():
            kept = json.loads(self._report.read_text())["looks"]
            self.looks = [look for look in kept if look["step"] <= step]

    def look(self, step: int, last: bool, weights: dict[str, Tensor]) -> bool:
        """Judge where it is time to, or before the first or after the ``last`` step; keep ``weights`` where
        they are the best. True where training is to end.
        """
        if not (last or step % self._settings.every == 0) or any(x["step"] == step for x in self.looks):
            return False
        self.looks.append({"step": step} | self._judge())
        if self.best["step"] == step:
            temporary = self._best_weights.with_suffix(".partial")
            save_file({name: tensor.detach().contiguous() for name, tensor in weights.items()}, temporary)
            temporary.replace(self._best_weights)
        self._report.write_text(json.dumps({"best": self.best["step"], "looks": self.looks}, indent=1) + "\n")
        since = sum(x["step"] > self.best["step"] for x in self.looks)
        return 0 < self._settings.patience <= since

    @property
    def best(self) -> dict[str, Any]:
        """The first of the looks at which the policy succeeded most often."""
        return max(self.looks, key=lambda look: (look["rate"], -look["step"]))

    def best_weights(self) -> dict[str, Tensor]:
        """The weights at that look."""
        weights: dict[str, Tensor] = load_file(self._best_weights)
        return weights

"""What a configuration with ``task: classify`` may hold; unknown keys and wrong values are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from mm_robot.classification.folders import IMAGES, SOUNDS
from mm_robot.errors import ConfigError
from mm_robot.model.adapters import ADAPTERS

STOP, SKIP = "stop", "skip"
TRAINED, FROZEN = "trained", "frozen"
FOLDS = "folds"
"""In the place of a folder for validation: each fold of the training folder in turn."""


@dataclass(frozen=True)
class ClassificationSettings:
    """A training run; the files in ``config/train`` say what each key means."""

    kind: str
    train: Path
    validation: Path
    out: Path
    seed: int
    threads: int
    epochs: int
    batch: int
    learning_rate: float
    size: int = 96
    seconds: float = 5.0
    broken_files: str = STOP
    encoder: str = TRAINED
    adapter: str = "lora"
    rank: int = 16
    layers: int = 2
    dropout: float = 0.2
    mixup: float = 0.0
    augment: bool = True
    optimiser: str = "adamw"
    schedule: str = "cosine"
    warmup: int = 50
    weight_decay: float = 0.05
    accumulate: int = 1
    patience: int = 0
    log_to: str = "tensorboard"


def _whole(least: int) -> Callable[[Any], int | None]:
    return lambda v: v if isinstance(v, int) and not isinstance(v, bool) and v >= least else None


def _number(least: float, most: float) -> Callable[[Any], float | None]:
    def check(value: Any) -> float | None:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and least <= value <= most else None

    return check


def _one_of(*choices: str) -> Callable[[Any], str | None]:
    return lambda v: v if v in choices else None


def _path(value: Any) -> Path | None:
    return Path(value) if isinstance(value, str) and value else None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_CHECKS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "kind": (f"{IMAGES} or {SOUNDS}", _one_of(IMAGES, SOUNDS)),
    "train": ("a folder", _path),
    "validation": (f"a folder, or {FOLDS}", _path),
    "out": ("a folder", _path),
    "seed": ("a whole number from 0 on", _whole(0)),
    "threads": ("a whole number from 1 on", _whole(1)),
    "epochs": ("a whole number from 1 on", _whole(1)),
    "batch": ("a whole number from 2 on", _whole(2)),
    "learning_rate": ("a number from 0 to 1", _number(0, 1)),
    "size": ("a whole number from 32 on", _whole(32)),
    "seconds": ("a number from 0.5 to 60", _number(0.5, 60)),
    "broken_files": (f"{STOP} or {SKIP}", _one_of(STOP, SKIP)),
    "encoder": (f"{TRAINED} or {FROZEN}", _one_of(TRAINED, FROZEN)),
    "adapter": (f"one of {', '.join(ADAPTERS)}", _one_of(*ADAPTERS)),
    "rank": ("a whole number from 1 on", _whole(1)),
    "layers": ("a whole number from 1 on", _whole(1)),
    "dropout": ("a number from 0 to 0.9", _number(0, 0.9)),
    "mixup": ("a number from 0 to 2", _number(0, 2)),
    "augment": ("true or false", _flag),
    "optimiser": ("adamw or sgd", _one_of("adamw", "sgd")),
    "schedule": ("cosine, linear or constant", _one_of("cosine", "linear", "constant")),
    "warmup": ("a whole number from 0 on", _whole(0)),
    "weight_decay": ("a number from 0 to 1", _number(0, 1)),
    "accumulate": ("a whole number from 1 on", _whole(1)),
    "patience": ("a whole number from 0 on", _whole(0)),
    "log_to": ("tensorboard, wandb or none", _one_of("tensorboard", "wandb", "none")),
}


def classification_settings(path: Path, raw: Mapping[str, Any]) -> ClassificationSettings:
    """The settings that a file's keys make.

    Raises:
        ConfigError: a key is unknown, missing or has a wrong value; the message names it.
    """
    every = {f.name: f for f in fields(ClassificationSettings)}
    for key in raw:
        if key not in every:
            raise ConfigError(f"{path}: unknown key {key}; allowed: {', '.join(every)}")
    for name, field in every.items():
        if field.default is MISSING and name not in raw:
            raise ConfigError(f"{path}: the key {name} is missing")
    values = {}
    for key, value in raw.items():
        allowed, check = _CHECKS[key]
        values[key] = check(value)
        if values[key] is None:
            raise ConfigError(f"{path}: {key} must be {allowed}, got {value!r}")
    return ClassificationSettings(**values)

"""What a configuration with ``task: classify`` may hold; unknown keys and wrong values are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mm_robot.classification.folders import IMAGES, SOUNDS
from mm_robot.model.adapters import ADAPTERS, Adaptation
from mm_robot.training.configuration import FLAG, PATH, SKIP, STOP, number, one_of, read_keys, whole

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
    prompt_tokens: int = 16
    dropout: float = 0.2
    mixup: float = 0.0
    adversarial: float = 0.0
    pretrain_epochs: int = 0
    augment: bool = True
    optimiser: str = "adamw"
    schedule: str = "cosine"
    warmup: int = 50
    weight_decay: float = 0.05
    accumulate: int = 1
    patience: int = 0
    log_to: str = "tensorboard"

    @property
    def adaptation(self) -> Adaptation:
        """How the language model is adapted."""
        return Adaptation(self.adapter, self.rank, self.layers, self.prompt_tokens)


CHECKS = {
    "kind": one_of(IMAGES, SOUNDS),
    "train": PATH,
    "validation": (f"a folder, or {FOLDS}", PATH[1]),
    "out": PATH,
    "seed": whole(0),
    "threads": whole(1),
    "epochs": whole(1),
    "batch": whole(2),
    "learning_rate": number(0, 1),
    "size": whole(32),
    "seconds": number(0.5, 60),
    "broken_files": one_of(STOP, SKIP),
    "encoder": one_of(TRAINED, FROZEN),
    "adapter": one_of(*ADAPTERS),
    "rank": whole(1),
    "layers": whole(1),
    "prompt_tokens": whole(1),
    "dropout": number(0, 0.9),
    "mixup": number(0, 2),
    "adversarial": number(0, 2),
    "pretrain_epochs": whole(0),
    "augment": FLAG,
    "optimiser": one_of("adamw", "sgd"),
    "schedule": one_of("cosine", "linear", "constant"),
    "warmup": whole(0),
    "weight_decay": number(0, 1),
    "accumulate": whole(1),
    "patience": whole(0),
    "log_to": one_of("tensorboard", "wandb", "none"),
}


def classification_settings(path: Path, raw: Mapping[str, Any]) -> ClassificationSettings:
    """The settings that a file's keys make.

    Raises:
        ConfigError: a key is unknown, missing or has a wrong value; the message names it.
    """
    return read_keys(ClassificationSettings, path, raw, CHECKS)

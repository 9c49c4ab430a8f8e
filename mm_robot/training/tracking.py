"""Sends the course of a training to Weights & Biases, where that is asked for."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError

TENSORBOARD, WANDB = TRACKERS = ("tensorboard", "wandb")
PROJECT = "mm_robot"


@contextmanager
def tracked(tracker: str, folder: Path, settings: Any) -> Iterator[None]:
    """While it is open, what is written to TensorBoard goes to Weights & Biases, too, if that is ``tracker``.

    ``settings`` is a dataclass, and is stored with the run. Without a network set WANDB_MODE=offline; the run
    is then kept in ``folder``, for ``wandb sync``.

    Raises:
        InputError: wandb is not installed.
    """
    if tracker != WANDB:
        yield
        return
    if importlib.util.find_spec(WANDB) is None:
        raise InputError(how_to_install(WANDB))
    import wandb

    folder.mkdir(parents=True, exist_ok=True)
    told = json.loads(json.dumps(asdict(settings), default=str))
    run = wandb.init(project=PROJECT, name=folder.name, dir=str(folder), config=told, sync_tensorboard=True)
    try:
        yield
    finally:
        run.finish()

"""Where a training run computes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

import torch

from mm_robot.errors import InputError

AUTO = "auto"
Batch = TypeVar("Batch")


def chosen_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is the GPU where there is one.

    Raises:
        InputError: there is no such device here.
    """
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"there is no device {name} here ({reason}); use auto, cpu or cuda") from error
    return device


def on_device(batch: Batch, device: torch.device) -> Batch:
    """A dataclass of tensors, and of such dataclasses, with all of them on the device."""
    moved: dict[str, Any] = {}
    for field in fields(batch):  # type: ignore[arg-type]
        value = getattr(batch, field.name)
        moved[field.name] = on_device(value, device) if is_dataclass(value) else value.to(device)
    return type(batch)(**moved)

"""Shows how a stage of training goes: a bar on the screen, and its losses in TensorBoard."""

from __future__ import annotations

from pathlib import Path

from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm


class Progress:
    """Of one stage, as the process shows it that ``leads``; the others show nothing."""

    def __init__(self, stage: str, first: int, steps: int, folder: Path, leads: bool) -> None:
        self._stage = stage
        self._averages: dict[str, float] = {}
        self._bar = tqdm(
            total=steps, initial=first, desc=stage, unit="step", mininterval=5, disable=not leads
        )
        self._writer = SummaryWriter(str(folder / "tensorboard")) if leads else None

    def show(self, step: int, losses: dict[str, float]) -> None:
        """The losses of a step, and their sum."""
        for key, number in (losses | {"total": sum(losses.values())}).items():
            self._averages[key] = 0.95 * self._averages.get(key, number) + 0.05 * number
            if self._writer is not None:
                self._writer.add_scalar(f"{self._stage}/{key}", number, step)
        self._bar.set_postfix({k: f"{v:.3f}" for k, v in self._averages.items()}, refresh=False)
        self._bar.update()

    def say(self, line: str) -> None:
        """A line above the bar."""
        self._bar.write(line)

    def close(self) -> None:
        """No more comes."""
        self._bar.close()
        if self._writer is not None:
            self._writer.close()

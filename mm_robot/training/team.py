"""Several processes that train one model, as ``accelerate launch`` or ``torchrun`` start them.

Each reads batches of its own; gradients are averaged before every step of the optimiser (data parallelism),
so that all hold the same weights. Started by itself, a process is a team of one.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterable
from functools import cache

import torch
from accelerate import PartialState
from accelerate.utils import broadcast_object_list, reduce
from torch import Tensor, nn

from mm_robot.errors import InputError


class Team:
    """The processes that train together, as one of them sees it: ``index`` of ``size``, each with a GPU
    of its own as the current one where there are GPUs.
    """

    def __init__(self) -> None:
        state = PartialState(cpu=not torch.cuda.is_available())
        self._state = state
        atexit.register(state.destroy_process_group)
        self.index, self.size = int(state.process_index), int(state.num_processes)
        self.leads: bool = state.is_main_process
        """Whether this process writes files and shows progress."""

    def mean(self, value: Tensor) -> Tensor:
        """The mean of what all have."""
        if self.size == 1:
            return value
        averaged: Tensor = reduce(value.detach().to(self._state.device, copy=True), "mean")
        return averaged.to(value.device)

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Put the mean of all gradients in the place of each; where a process has none, it counts as zero."""
        if self.size == 1:
            return
        trained = list(parameters)
        flat = [torch.zeros_like(p) if p.grad is None else p.grad for p in trained]
        averaged = self.mean(torch.cat([gradient.reshape(-1).float() for gradient in flat]))
        parts = averaged.split([p.numel() for p in trained])
        for parameter, part in zip(trained, parts, strict=True):
            parameter.grad = part.reshape(parameter.shape).to(parameter.dtype)

    def lead(self, ask: Callable[[], bool]) -> bool:
        """What the leading process answers; the others wait for it and do not ask."""
        answer = [ask() if self.leads else False]
        if self.size > 1:
            broadcast_object_list(answer)
        return answer[0]

    def wait(self) -> None:
        """Until all have come as far."""
        self._state.wait_for_everyone()

    def check_same_step(self, step: int) -> None:
        """Raise where some would go on from another step.

        Raises:
            InputError: they do not see the same checkpoints.
        """
        mean = float(self.mean(torch.tensor(float(step))))
        if mean != step:
            raise InputError(
                f"process {self.index} would go on from step {step}, others from another one: "
                "`out` has to be a folder that all machines share"
            )


@cache
def team() -> Team:
    """The team that this process belongs to."""
    return Team()

"""Runs one stage of training: schedule, progress, TensorBoard, checkpoints, and going on after a break.

Each step draws its data from the stage's seed and its own number, so that a run that was broken
off and resumed takes the very steps that an unbroken one takes. Several processes (``team``) take the steps
that one of them takes with ``accumulate`` as many times as large.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from mm_robot.errors import InputError
from mm_robot.training.progress import Progress
from mm_robot.training.team import Team, team
from mm_robot.training.validation import Validation

ADAMW, SGD = OPTIMISERS = ("adamw", "sgd")
COSINE, LINEAR, CONSTANT = SCHEDULES = ("cosine", "linear", "constant")
LossFunction = Callable[[int], dict[str, Tensor]]


@dataclass(frozen=True)
class StageSettings:
    """How a stage is run.

    ``steps`` of the ``optimiser``, one of ``OPTIMISERS``, each by the mean of ``accumulate`` batches of
    ``batch`` rows in every process; ``learning_rate`` at its peak, reached after ``warmup`` steps and then
    lowered as the ``schedule``, one of ``SCHEDULES``, says; ``save_every`` steps a checkpoint. ``weights``
    are those of the stage's losses by name, 1 where nothing is said: 0 leaves one out. ``kept_of_start`` is
    the share that the weights it began with have in those it ends with: the mean of both often does better
    on what neither was trained on (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
    """

    steps: int
    batch: int
    learning_rate: float
    warmup: int = 50
    weight_decay: float = 0.01
    save_every: int = 100
    optimiser: str = ADAMW
    schedule: str = COSINE
    accumulate: int = 1
    weights: Mapping[str, float] = field(default_factory=dict)
    kept_of_start: float = 0.0


def diverged(stage: str, step: int, checkpoint: Path, losses: str = "") -> InputError:
    """What is said of a run whose loss is not finite any more, and of what to do."""
    return InputError(
        f"{stage}the loss is not finite at step {step}{losses}; lower learning_rate in the configuration. "
        f"The last good checkpoint is in {checkpoint}"
    )


def run_stage(
    name: str,
    module: nn.Module,
    parameters: dict[str, nn.Parameter],
    settings: StageSettings,
    loss: LossFunction,
    folder: Path,
    after_step: Callable[[int], None] = lambda _: None,
    validation: Validation | None = None,
) -> None:
    """Train ``parameters`` of ``module`` on ``loss``; goes on from the stage's checkpoint if there is one.

    ``loss`` is given the number of the batch. ``after_step`` is called after each of the optimiser's steps
    with its number, while there are gradients. ``validation`` may end the stage before its time; the weights
    that it found best are those that are kept.

    Raises:
        InputError: the loss is not finite any more (the last checkpoint is kept), or a weight is of no loss.
    """
    folder.mkdir(parents=True, exist_ok=True)
    together = team()
    optimiser = _optimiser(parameters, settings)
    buffers = _buffers(module, parameters)
    kept = parameters if settings.kept_of_start else {}
    start = {name: parameter.detach().clone() for name, parameter in kept.items()}
    first = _resume(folder / name, module, parameters, optimiser)
    together.check_same_step(first)
    if first >= settings.steps:
        return
    weights = parameters | buffers
    if validation is not None:
        validation.resume(first)
        _look(together, validation, first, first == 0, weights)
    module.train()
    with closing(Progress(name, first, settings.steps, folder, together.leads)) as progress:
        for step in range(first, settings.steps):
            for group in optimiser.param_groups:
                group["lr"] = settings.learning_rate * _schedule(step, settings)
            optimiser.zero_grad(set_to_none=True)
            for i in range(settings.accumulate):
                batch = (step * settings.accumulate + i) * together.size + together.index
                losses = _weighted(loss(batch), settings.weights, name)
                values = torch.stack(list(losses.values()))
                told = dict(zip(losses, together.mean(values.detach()).tolist(), strict=True))
                if not all(math.isfinite(value) for value in told.values()):
                    raise diverged(f"{name}: ", step, folder / name, f" ({_shown(told)})")
                (values.sum() / settings.accumulate).backward()
            together.average_gradients(parameters.values())
            nn.utils.clip_grad_norm_(parameters.values(), 1.0)
            optimiser.step()
            after_step(step)
            progress.show(step, told)
            last = step + 1 == settings.steps
            ended = validation is not None and _look(together, validation, step + 1, last, weights)
            if validation is not None and (last or ended):
                _put(validation.best_weights(), weights)
                if together.leads:
                    progress.say(f"{name} ends at step {step + 1}, the best was at {validation.best['step']}")
            if last or ended:
                _mix(start, settings.kept_of_start, parameters)
            if together.leads and (last or ended or (step + 1) % settings.save_every == 0):
                _save(folder / name, step + 1, parameters, buffers, optimiser, ended)
            if ended:
                break
    together.wait()
    module.eval()


def _look(together: Team, validation: Validation, step: int, last: bool, weights: dict[str, Tensor]) -> bool:
    return together.lead(lambda: validation.look(step, last, weights))


def _weighted(losses: dict[str, Tensor], weights: Mapping[str, float], stage: str) -> dict[str, Tensor]:
    if unknown := set(weights) - set(losses):
        raise InputError(
            f"{stage}.weights: there is no loss {sorted(unknown)[0]}; there are {', '.join(losses)}"
        )
    return {name: weights.get(name, 1.0) * value for name, value in losses.items()}


def _optimiser(parameters: dict[str, nn.Parameter], settings: StageSettings) -> torch.optim.Optimizer:
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.optimiser == SGD:
        return torch.optim.SGD(parameters.values(), rate, momentum=0.9, weight_decay=decay)
    return torch.optim.AdamW(parameters.values(), rate, betas=(0.9, 0.98), weight_decay=decay)


def _put(stored: dict[str, Tensor], weights: dict[str, Tensor]) -> None:
    with torch.no_grad():
        for name, value in weights.items():
            value.copy_(stored[name])


def _mix(start: dict[str, Tensor], share: float, parameters: dict[str, nn.Parameter]) -> None:
    with torch.no_grad():
        for name, value in start.items():
            parameters[name].lerp_(value, share)


def _schedule(step: int, settings: StageSettings) -> float:
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    if settings.schedule == CONSTANT:
        return 1.0
    done = min(1.0, (step - settings.warmup) / max(1, settings.steps - settings.warmup))
    left = 1 - done if settings.schedule == LINEAR else 0.5 * (1 + math.cos(math.pi * done))
    return 0.02 + 0.98 * left


def _save(
    path: Path,
    step: int,
    parameters: dict[str, nn.Parameter],
    buffers: dict[str, Tensor],
    optimiser: torch.optim.Optimizer,
    ended: bool,
) -> None:
    """Parameters, buffers and optimiser moments as safetensors; complete or absent."""
    tensors: dict[str, Tensor] = {f"buffer/{name}": b.contiguous() for name, b in buffers.items()}
    for name, parameter in parameters.items():
        tensors[f"parameter/{name}"] = parameter.detach().contiguous()
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser/{key}/{name}"] = torch.as_tensor(value).contiguous()
    temporary = path.with_suffix(".partial")
    save_file(tensors, temporary, metadata={"step": str(step)})
    temporary.replace(path.with_suffix(".safetensors"))
    path.with_suffix(".json").write_text(json.dumps({"step": step, "ended": ended}))


def is_done(path: Path, settings: StageSettings) -> bool:
    """Whether the stage whose checkpoint is at ``path`` (without a suffix) has come to its end."""
    try:
        state = json.loads(path.with_suffix(".json").read_text())
        return bool(state.get("ended")) or int(state["step"]) >= settings.steps
    except (OSError, ValueError, KeyError):
        return False


def restore(path: Path, module: nn.Module, parameters: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    """Put a stage's parameters and buffers back; returns all that its checkpoint holds.

    Raises:
        InputError: the checkpoint is of another model.
    """
    weights = path.with_suffix(".safetensors")
    tensors: dict[str, Tensor] = load_file(weights)
    wanted: dict[str, Tensor] = {f"parameter/{n}": p for n, p in parameters.items()}
    wanted |= {f"buffer/{n}": b for n, b in _buffers(module, parameters).items()}
    for name, value in wanted.items():
        stored = tensors.get(name)
        if stored is None or stored.shape != value.shape:
            raise InputError(f"{weights} was made with another model ({name}); train into another folder")
        with torch.no_grad():
            value.copy_(stored)
    return tensors


def _buffers(module: nn.Module, parameters: dict[str, nn.Parameter]) -> dict[str, Tensor]:
    """The buffers that are saved with the module, of the parts that are trained."""
    parts = {name.partition(".")[0] for name in parameters}
    kept = module.state_dict()
    return {n: b for n, b in module.named_buffers() if n in kept and n.partition(".")[0] in parts}


def _resume(
    path: Path, module: nn.Module, parameters: dict[str, nn.Parameter], optimiser: torch.optim.Optimizer
) -> int:
    weights = path.with_suffix(".safetensors")
    if not weights.exists():
        return 0
    from safetensors import safe_open

    with safe_open(weights, framework="pt") as stream:
        step = int((stream.metadata() or {}).get("step", 0))
    tensors = restore(path, module, parameters)
    for name, parameter in parameters.items():
        state = {
            key.split("/")[1]: value if key.startswith("optimiser/step/") else value.to(parameter.device)
            for key, value in (
                (k, tensors[k]) for k in tensors if k.startswith("optimiser/") and k.endswith(f"/{name}")
            )
        }
        if state:
            optimiser.state[parameter] = state
    return step


def _shown(losses: dict[str, float]) -> str:
    return ", ".join(f"{k} {v:.3g}" for k, v in losses.items())

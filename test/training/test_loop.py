from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mm_robot.errors import InputError
from mm_robot.training.loop import (
    CONSTANT,
    LINEAR,
    OPTIMISERS,
    SGD,
    StageSettings,
    is_done,
    restore,
    run_stage,
)
from mm_robot.training.tracking import TENSORBOARD, WANDB, tracked
from mm_robot.training.validation import Validation, ValidationSettings


class Weight(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(1))

    def towards(self, goal: float) -> dict[str, Tensor]:
        return {"loss": ((self.value - goal) ** 2).sum()}


def run(weight: Weight, settings: StageSettings, out: Path, validation: Validation | None = None) -> float:
    run_stage(
        "stage",
        weight,
        dict(weight.named_parameters()),
        settings,
        lambda _: weight.towards(1.0),
        out,
        validation=validation,
    )
    return float(weight.value.detach())


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_each_optimiser_lowers_the_loss(optimiser: str, tmp_path: Path) -> None:
    settings = StageSettings(steps=60, batch=1, learning_rate=0.05, warmup=0, optimiser=optimiser)
    assert run(Weight(), settings, tmp_path) == pytest.approx(1.0, abs=0.15)


def test_batches_are_accumulated_to_their_mean(tmp_path: Path) -> None:
    goals = [0.1, 0.3, 0.2, 0.8]
    seen: list[int] = []
    weight = Weight()

    def loss(batch: int) -> dict[str, Tensor]:
        seen.append(batch)
        return weight.towards(goals[batch])

    settings = StageSettings(
        steps=2,
        batch=1,
        learning_rate=0.1,
        warmup=0,
        weight_decay=0.0,
        optimiser=SGD,
        schedule=CONSTANT,
        accumulate=2,
    )
    run_stage("stage", weight, dict(weight.named_parameters()), settings, loss, tmp_path)
    first = 0.1 * 2 * 0.2
    second = first + 0.1 * (0.9 * 2 * 0.2 + 2 * (0.5 - first))
    assert seen == [0, 1, 2, 3]
    assert float(weight.value.detach()) == pytest.approx(second, abs=1e-6)


def test_the_linear_schedule_goes_down_by_equal_parts(tmp_path: Path) -> None:
    weight = Weight()
    values = [0.0]

    def loss(_: int) -> dict[str, Tensor]:
        values.append(float(weight.value.detach()))
        return {"loss": -weight.value.sum()}

    settings = StageSettings(steps=4, batch=1, learning_rate=0.1, warmup=0, weight_decay=0.0, schedule=LINEAR)
    run_stage("stage", weight, dict(weight.named_parameters()), settings, loss, tmp_path)
    steps = [b - a for a, b in zip(values[1:], values[2:], strict=False)]
    assert [round(a - b, 4) for a, b in zip(steps, steps[1:], strict=False)] == pytest.approx([0.0245] * 2)


def test_a_share_of_the_weights_at_the_start_is_kept(tmp_path: Path) -> None:
    settings = StageSettings(steps=60, batch=1, learning_rate=0.05, warmup=0)
    whole = run(Weight(), settings, tmp_path / "whole")
    weight = Weight()
    mixed = run(weight, replace(settings, kept_of_start=0.25), tmp_path / "mixed")
    assert mixed == pytest.approx(0.75 * whole)
    restore(tmp_path / "mixed" / "stage", weight, dict(weight.named_parameters()))
    assert float(weight.value.detach()) == pytest.approx(mixed)


def test_a_run_is_sent_to_weights_and_biases(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[Any] = []
    run_of_it = SimpleNamespace(finish=lambda: calls.append("finish"))
    stand_in = ModuleType("wandb")
    stand_in.__spec__ = ModuleSpec("wandb", None)
    stand_in.init = lambda **given: calls.append(given) or run_of_it  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", stand_in)
    settings = StageSettings(steps=1, batch=1, learning_rate=0.1)
    with tracked(TENSORBOARD, tmp_path / "silent", settings):
        assert not calls
    with tracked(WANDB, tmp_path / "mine", settings):
        (given,) = calls
    assert given["sync_tensorboard"] and given["name"] == "mine" and given["config"]["steps"] == 1
    assert calls[-1] == "finish"


def test_wandb_that_is_missing_is_named_with_the_fix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match="pip install wandb"), tracked(WANDB, tmp_path, None):
        pass


class Rates:
    """A judge that finds one rate after another."""

    def __init__(self, *rates: float) -> None:
        self.rates = list(rates)

    def __call__(self) -> dict[str, Any]:
        return {"rate": self.rates.pop(0)}


def test_training_ends_when_it_gets_no_better_and_keeps_the_best(tmp_path: Path) -> None:
    settings = StageSettings(
        steps=100, batch=1, learning_rate=0.01, warmup=0, weight_decay=0.0, schedule=CONSTANT
    )
    validation = Validation(ValidationSettings(every=5, patience=2), Rates(0.1, 0.4, 0.6, 0.6, 0.5), tmp_path)
    weight = Weight()
    run(weight, settings, tmp_path, validation)
    report = json.loads((tmp_path / "validation.json").read_text())
    assert [(look["step"], look["rate"]) for look in report["looks"]] == [
        (0, 0.1),
        (5, 0.4),
        (10, 0.6),
        (15, 0.6),
        (20, 0.5),
    ]
    assert report["best"] == 10
    assert float(weight.value.detach()) == pytest.approx(0.1, abs=0.01), "ten steps of 0.01"
    assert is_done(tmp_path / "stage", settings)


def test_looks_are_kept_over_a_break(tmp_path: Path) -> None:
    settings = StageSettings(
        steps=20, batch=1, learning_rate=0.01, warmup=0, weight_decay=0.0, save_every=5, schedule=CONSTANT
    )
    weight = Weight()
    broken = Validation(ValidationSettings(every=5), Rates(0.1, 0.9, 0.3), tmp_path)
    with pytest.raises(IndexError):
        run(weight, settings, tmp_path, broken)
    after = Validation(ValidationSettings(every=5), Rates(0.4, 0.5, 0.2), tmp_path)
    weight = Weight()
    run(weight, settings, tmp_path, after)
    report = json.loads((tmp_path / "validation.json").read_text())
    assert [look["step"] for look in report["looks"]] == [0, 5, 10, 15, 20]
    assert report["best"] == 5
    assert float(weight.value.detach()) == pytest.approx(0.05, abs=0.01)

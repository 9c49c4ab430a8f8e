"""Searches for the hyper-parameters of a classifier with Optuna (Akiba et al. 2019).

Trials are trained on four fifths of the training examples and judged on the last fifth of each class; what
the classifier is judged on in the end is not looked at. A trial that does worse than the median of the others
by the same epoch is given up.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
import yaml
from transformers import TrainerCallback
from transformers.utils import logging as transformers_logging

from mm_robot.classification.folders import Examples
from mm_robot.classification.report import AFTER
from mm_robot.classification.search_settings import Range, SearchSettings
from mm_robot.classification.settings import ClassificationSettings
from mm_robot.classification.train import read_examples, train_on
from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

if TYPE_CHECKING:
    import optuna

BEST, TRIALS, PICTURE = "best.yaml", "trials.json", "search.png"
_JUDGED = 5
"""One of so many examples of each class is kept to judge the trials on."""


def search(search: SearchSettings, settings: ClassificationSettings) -> Path:
    """Run the trials that are not done yet; returns the folder with ``best.yaml``, a configuration for
    ``mm_robot train``, ``trials.json`` and ``search.png``.

    Raises:
        InputError: optuna is not installed, the examples are too few, or every trial failed.
    """
    try:
        import optuna
        from optuna.storages import journal
    except ModuleNotFoundError:
        raise InputError(how_to_install("optuna")) from None
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    transformers_logging.disable_progress_bar()
    settings = replace(settings, epochs=search.epochs, log_to="none", patience=0)
    training, judged = _parted(read_examples(settings, settings.train), search.seed)
    search.out.mkdir(parents=True, exist_ok=True)
    backend = journal.JournalFileBackend(str(search.out / "optuna.log"))
    study = optuna.create_study(
        direction="maximize",
        study_name="search",
        storage=journal.JournalStorage(backend),
        load_if_exists=True,
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=max(1, search.epochs // 4)),
    )

    def run(trial: optuna.Trial) -> float:
        values = {key: _suggest(trial, key, choices) for key, choices in search.ranges.items()}
        folder = search.out / f"trial-{trial.number:03d}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            told = train_on(replace(settings, **values), training, judged, folder, (_Report(trial),))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return float(np.mean(told[AFTER] == judged.labels))

    def tell(_study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        value = "" if trial.value is None else f" {trial.value:.1%}"
        print(f"trial {trial.number}: {trial.state.name.lower()}{value} {trial.params}", flush=True)

    while len(_ended(study)) < search.trials:
        study.sampler = optuna.samplers.TPESampler(seed=search.seed + len(study.trials))
        study.optimize(run, n_trials=1, callbacks=[tell], catch=(InputError,))
    _write(search, study)
    return search.out


def _ended(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """Those that ended, well or not; a trial that was broken off with the process is run again."""
    return [trial for trial in study.trials if trial.state.is_finished()]


def _suggest(trial: optuna.Trial, key: str, choices: Range) -> Any:
    low, high = choices[0], choices[-1]
    if isinstance(low, str | bool) or isinstance(high, str | bool):
        return trial.suggest_categorical(key, choices)
    if isinstance(low, int) and isinstance(high, int):
        return trial.suggest_int(key, low, high)
    return trial.suggest_float(key, low, high, log=0 < 10 * low <= high)


def _parted(examples: Examples, seed: int) -> tuple[Examples, Examples]:
    """Those to train on, and those to judge on."""
    generator = np.random.default_rng(seed)
    judged = np.zeros(len(examples), np.bool_)
    for label, name in enumerate(examples.classes):
        rows = generator.permutation(np.flatnonzero(examples.labels == label))
        if len(rows) < 2:
            raise InputError(f"the class {name} has {len(rows)} examples; a search needs two at least")
        judged[rows[: max(1, len(rows) // _JUDGED)]] = True
    return examples.part(~judged), examples.part(judged)


class _Report(TrainerCallback):
    """Tells Optuna how a trial does, and gives it up where it does badly."""

    def __init__(self, trial: optuna.Trial) -> None:
        self._trial = trial

    def on_evaluate(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """After each epoch."""
        import optuna

        self._trial.report(given["metrics"]["eval_accuracy"], round(state.epoch))
        if self._trial.should_prune():
            raise optuna.TrialPruned


def _write(search: SearchSettings, study: optuna.Study) -> None:
    rows: list[dict[str, Any]] = [
        {"trial": t.number, "state": t.state.name.lower(), "accuracy": t.value, **t.params}
        for t in _ended(study)
    ]
    (search.out / TRIALS).write_text(json.dumps(rows, indent=1) + "\n")
    complete = [row for row in rows if row["state"] == "complete"]
    if not complete:
        raise InputError(f"no trial went through; {search.out / TRIALS} tells what was tried")
    given = yaml.safe_load(search.config.read_text())
    (search.out / BEST).write_text(yaml.safe_dump(given | study.best_params, sort_keys=False))
    _draw(search, complete)


def _draw(search: SearchSettings, rows: list[dict[str, Any]]) -> None:
    """The accuracy of each complete trial against each of what was searched."""
    keys = list(search.ranges)
    figure, axes = pyplot.subplots(
        1, len(keys), figsize=(3.2 * len(keys), 3), layout="constrained", sharey=True, squeeze=False
    )
    for axis, key in zip(axes[0], keys, strict=True):
        values: list[Any] = [str(r[key]) if isinstance(r[key], str | bool) else r[key] for r in rows]
        axis.scatter(values, [100 * row["accuracy"] for row in rows])
        if not isinstance(values[0], str) and 0 < 10 * min(values) <= max(values):
            axis.set_xscale("log")
        axis.set_xlabel(key)
        axis.grid(alpha=0.3)
    axes[0, 0].set_ylabel("right of those kept to judge, %")
    figure.savefig(search.out / PICTURE, dpi=100)
    pyplot.close(figure)

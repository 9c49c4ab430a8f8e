"""Trains a classifier, and judges it before and after."""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import EarlyStoppingCallback, Trainer, TrainerCallback, TrainingArguments, set_seed
from transformers.trainer_utils import EvalPrediction, get_last_checkpoint

from mm_robot.classification.augmentation import augmented_image, augmented_spectrogram
from mm_robot.classification.checkpoint import Description, as_inputs, save_classifier
from mm_robot.classification.folders import SOUNDS, Examples, fold_of, read_images, read_sounds
from mm_robot.classification.model import ClassificationModel, ModelSettings
from mm_robot.classification.pretrain import pretrain
from mm_robot.classification.report import AFTER, BEFORE, Labels, as_text, figures, write_curve, write_report
from mm_robot.classification.settings import FOLDS, FROZEN, ClassificationSettings
from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError
from mm_robot.model.adapters import allocate
from mm_robot.model.base import find_base_model
from mm_robot.model.precision import fast_bfloat16
from mm_robot.training.configuration import SKIP
from mm_robot.training.loop import diverged

MODEL = "model"


def train_classifier(settings: ClassificationSettings) -> Path:
    """Train, or go on with it; returns the folder of the report, with a folder ``model`` in it.

    With folds there is a model for each, and the report is on all of them.

    Raises:
        InputError: the data is missing or broken, or the training diverged.
    """
    if settings.log_to == "wandb" and importlib.util.find_spec("wandb") is None:
        raise InputError(how_to_install("wandb"))
    torch.set_num_threads(settings.threads)
    examples = read_examples(settings, settings.train)
    skipped = list(examples.skipped)
    if str(settings.validation) != FOLDS:
        validation = read_examples(settings, settings.validation, examples.classes)
        skipped += validation.skipped
        right, told = validation.labels, train_on(settings, examples, validation, settings.out)
    else:
        right, told = _over_folds(settings, examples)
    for line in skipped:
        print(f"left out: {line}")
    report = {when: figures(examples.classes, right, labels) for when, labels in told.items()}
    write_report(settings.out, examples.classes, {"classes": examples.classes, "skipped": skipped} | report)
    print(as_text(examples.classes, right, told[AFTER]))
    return settings.out


def _over_folds(settings: ClassificationSettings, examples: Examples) -> tuple[Labels, dict[str, Labels]]:
    """Each fold told by a model that has not seen it."""
    folds = np.array([fold_of(file) for file in examples.files])
    right: list[Labels] = []
    told: dict[str, list[Labels]] = {BEFORE: [], AFTER: []}
    for fold in np.unique(folds):
        print(f"fold {fold} of {len(np.unique(folds))} is judged")
        kept = examples.part(folds == fold)
        found = train_on(settings, examples.part(folds != fold), kept, settings.out / f"fold-{fold}")
        right.append(kept.labels)
        for when, labels in found.items():
            told[when].append(labels)
    return np.concatenate(right), {when: np.concatenate(labels) for when, labels in told.items()}


def read_examples(settings: ClassificationSettings, folder: Path, classes: tuple[str, ...] = ()) -> Examples:
    """The examples of a folder, as the settings ask for them.

    Raises:
        InputError: see ``folders``.
    """
    skip = settings.broken_files == SKIP
    if settings.kind == SOUNDS:
        return read_sounds(folder, settings.seconds, skip, classes)
    return read_images(folder, settings.size, skip, classes)


def train_on(
    settings: ClassificationSettings,
    examples: Examples,
    validation: Examples,
    out: Path,
    callbacks: Sequence[TrainerCallback] = (),
) -> dict[str, Labels]:
    """Train on ``examples``; what is told of the validation examples before and after.

    Raises:
        InputError: the run diverges.
    """
    set_seed(settings.seed)
    steps = settings.epochs * math.ceil(len(examples) / (settings.batch * settings.accumulate))
    model = ClassificationModel(
        find_base_model(), len(examples.classes), _model_settings(settings), max(1, steps)
    )
    if settings.pretrain_epochs:
        given = settings.pretrain_epochs, settings.batch, settings.learning_rate
        pretrain(model.encoder, examples, *given, out)
        set_seed(settings.seed)  # as where it is loaded
    trainer = Trainer(
        model=model,
        args=_arguments(settings, out),
        train_dataset=_Rows(examples, settings.augment),
        eval_dataset=_Rows(validation, augment=False),
        compute_metrics=_accuracy,
        callbacks=[_Guard(), *_stopping(settings), *callbacks],
    )
    before = _told(trainer, validation)
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(out)) if out.is_dir() else None)
    write_curve(out, trainer.state.log_history)
    save_classifier(model, _description(settings, examples.classes), out / MODEL)
    return {BEFORE: before, AFTER: _told(trainer, validation)}


def _description(settings: ClassificationSettings, classes: tuple[str, ...]) -> Description:
    return Description(settings.kind == SOUNDS, classes, settings.size, settings.seconds, settings.adaptation)


def _model_settings(settings: ClassificationSettings) -> ModelSettings:
    return ModelSettings(
        sounds=settings.kind == SOUNDS,
        adaptation=settings.adaptation,
        encoder_trained=settings.encoder != FROZEN,
        dropout=settings.dropout,
        mixup=settings.mixup,
        adversarial=settings.adversarial,
    )


def _arguments(settings: ClassificationSettings, out: Path) -> TrainingArguments:
    stops_early = settings.patience > 0
    return TrainingArguments(
        output_dir=str(out),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        weight_decay=settings.weight_decay,
        lr_scheduler_type=settings.schedule,
        warmup_steps=settings.warmup,
        optim="sgd" if settings.optimiser == "sgd" else "adamw_torch",
        optim_args="momentum=0.9" if settings.optimiser == "sgd" else None,
        bf16=fast_bfloat16(torch.device("cuda" if torch.cuda.is_available() else "cpu")),
        use_cpu=not torch.cuda.is_available(),
        dataloader_pin_memory=torch.cuda.is_available(),
        eval_strategy="epoch",
        save_strategy="epoch",
        logging_strategy="epoch",
        logging_nan_inf_filter=False,
        save_total_limit=2,
        load_best_model_at_end=stops_early,
        metric_for_best_model="accuracy" if stops_early else None,
        report_to=[] if settings.log_to == "none" else [settings.log_to],
        seed=settings.seed,
    )


def _accuracy(told: EvalPrediction) -> dict[str, float]:
    return {"accuracy": float(np.mean(np.asarray(told.predictions).argmax(axis=1) == told.label_ids))}


def _stopping(settings: ClassificationSettings) -> list[TrainerCallback]:
    return [EarlyStoppingCallback(settings.patience)] if settings.patience else []


def _told(trainer: Trainer, examples: Examples) -> Labels:
    """The most probable class of each."""
    logits = trainer.predict(_Rows(examples, augment=False)).predictions
    labels: Labels = np.asarray(logits).argmax(axis=1)
    return labels


class _Rows(Dataset[dict[str, Tensor]]):
    """The examples as the model takes them; those to train on are new each time."""

    def __init__(self, examples: Examples, augment: bool) -> None:
        self._examples = examples
        self._augment = augment
        self._augmented = augmented_image if examples.inputs.dtype == np.uint8 else augmented_spectrogram

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, row: int) -> dict[str, Tensor]:
        inputs = as_inputs(self._examples.inputs[row])
        if self._augment:
            inputs = self._augmented(inputs)
        return {"inputs": inputs, "labels": torch.tensor(self._examples.labels[row])}


class _Guard(TrainerCallback):
    """Stops a run that diverges, and lets AdaLoRA move its ranks."""

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """After each of the optimiser's steps."""
        allocate(given["model"].language_model, state.global_step)

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """When a loss is known."""
        loss = (given.get("logs") or {}).get("loss", 0.0)
        if not math.isfinite(float(loss)):
            raise diverged("", state.global_step, Path(args.output_dir))

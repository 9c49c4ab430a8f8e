"""How well classes are told: scikit-learn's report and the confusion matrix, before and after training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import numpy.typing as npt
from sklearn.metrics import ConfusionMatrixDisplay, classification_report, confusion_matrix

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402

from mm_robot.training.intervals import wilson_interval  # noqa: E402

Labels = npt.NDArray[np.int64]
BEFORE, AFTER = "before", "after"


def figures(classes: tuple[str, ...], right: Labels, told: Labels) -> dict[str, Any]:
    """Accuracy with its 95 % Wilson interval, report and confusion matrix (rows are what is right) as JSON
    holds them.
    """
    numbers = range(len(classes))
    report = classification_report(
        right, told, labels=numbers, target_names=classes, output_dict=True, zero_division=0.0
    )
    return {
        "examples": len(right),
        "accuracy": float(np.mean(right == told)),
        "wilson95": wilson_interval(int((right == told).sum()), len(right)),
        "report": report,
        "confusion": confusion_matrix(right, told, labels=numbers).tolist(),
    }


def as_text(classes: tuple[str, ...], right: Labels, told: Labels) -> str:
    """The report as a table."""
    text: str = classification_report(
        right, told, labels=range(len(classes)), target_names=classes, zero_division=0.0
    )
    return text


def write_report(folder: Path, classes: tuple[str, ...], report: dict[str, Any]) -> None:
    """``report.json``, and ``confusion.png`` with a matrix for ``before`` and for ``after``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(report, indent=1) + "\n")
    side = 2.0 + 0.45 * len(classes)
    figure, axes = pyplot.subplots(1, 2, figsize=(2 * side, side), layout="constrained")
    for axis, when in zip(axes, (BEFORE, AFTER), strict=True):
        matrix = np.array(report[when]["confusion"])
        shown = ConfusionMatrixDisplay(matrix, display_labels=classes)
        shown.plot(ax=axis, xticks_rotation="vertical", colorbar=False, cmap="Blues")
        axis.set_title(f"{when} training: {100 * report[when]['accuracy']:.1f} % right")
    figure.savefig(folder / "confusion.png", dpi=100)
    pyplot.close(figure)


def write_curve(folder: Path, history: list[dict[str, float]]) -> None:
    """``curve.png``: the loss and the accuracy on the validation examples over the epochs."""
    figure, (loss, accuracy) = pyplot.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for axis, keys in ((loss, ("loss", "eval_loss")), (accuracy, ("eval_accuracy",))):
        for key in keys:
            rows = [(row["epoch"], row[key]) for row in history if key in row]
            if rows:
                axis.plot(*zip(*rows, strict=True), label=key.replace("eval_", "validation "))
        axis.set_xlabel("epoch")
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(folder / "curve.png", dpi=100)
    pyplot.close(figure)

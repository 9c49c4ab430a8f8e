"""Draws a training run: its losses over the steps, and how often the policy succeeded in rooms."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")

from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator  # noqa: E402

_POINTS = 60
"""Each curve is drawn as the means of so many stretches at most."""
Series = dict[str, list[tuple[int, float]]]


def write_curve(folder: Path) -> Path | None:
    """Draw ``curve.png`` from the TensorBoard logs and ``validation.json`` of a run, where there are any."""
    stages = _losses(folder / "tensorboard")
    looks = _looks(folder / "validation.json")
    panels = len(stages) + bool(looks)
    if not panels:
        return None
    size = (5.5 * panels, 3.8)
    figure, (axes,) = pyplot.subplots(1, panels, figsize=size, layout="constrained", squeeze=False)
    for axis, (stage, losses) in zip(axes, stages.items(), strict=False):
        for name, points in losses.items():
            axis.plot(*_means(points), label=name, linewidth=2 if name == "total" else 1)
        axis.set(title=stage, yscale="log", ylabel="loss")
        _finish(axis)
    if looks:
        steps, rates, low, high = (np.array(values) for values in zip(*looks, strict=True))
        off = (rates - low, high - rates)
        axes[-1].errorbar(steps, rates, off, marker="o", capsize=3, label="success")
        axes[-1].set(title="rooms", ylim=(0, 1.02), ylabel="share of rooms, 95 %")
        _finish(axes[-1])
    path = folder / "curve.png"
    figure.savefig(path, dpi=100)
    pyplot.close(figure)
    return path


def _finish(axis: Axes) -> None:
    axis.set_xlabel("step")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _losses(logs: Path) -> dict[str, Series]:
    """The losses of each stage; where a broken-off run took a step twice, the last counts."""
    if not logs.is_dir():
        return {}
    events = EventAccumulator(str(logs), size_guidance={"scalars": 0})
    events.Reload()
    stages: dict[str, Series] = defaultdict(dict)
    for tag in events.Tags()["scalars"]:
        stage, _, name = tag.partition("/")
        stages[stage][name] = sorted({e.step: e.value for e in events.Scalars(tag)}.items())
    return stages


def _means(points: list[tuple[int, float]]) -> tuple[list[float], list[float]]:
    parts = np.array_split(np.array(points, float), min(_POINTS, len(points)))
    return [float(p[:, 0].mean()) for p in parts], [float(p[:, 1].mean()) for p in parts]


def _looks(path: Path) -> list[tuple[int, float, float, float]]:
    if not path.is_file():
        return []
    return [(x["step"], x["rate"], *x["wilson95"]) for x in json.loads(path.read_text())["looks"]]

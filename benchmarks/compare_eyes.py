"""Compares ways to teach the eye: each trained anew for as many steps, judged on frames of rooms never seen.

    python benchmarks/compare_eyes.py FRAMES [NAME ...] [--steps 400] [--seeds 0]

FRAMES is a folder made by ``mm_robot generate`` to train on; the frames to judge by are made here. Judged is
the mean average precision of the scene labels on frames of the camera that is trained most (as it is, and
dark, bright, noisy or blurred), and on frames of other cameras and of floors and walls of strong colours.
Cells that are done are kept; the table is printed in Markdown at the end.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from mm_robot.data.frames import FrameDataset
from mm_robot.data.generate import generate
from mm_robot.model.eye import Eye
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.disturbance import DISTURBANCES
from mm_robot.training.evaluate_labels import mean_average_precision
from mm_robot.training.generalisation import BY_DEFAULT, Generalisation
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.placement import chosen_device
from mm_robot.training.pretrain import PretrainStage
from mm_robot.training.see import SeeStage

BATCH = 48
PLAIN_SEED, OTHER_SEED, FRAMES = 910_000, 8_000_000, 400
"""Of the frames to judge by; those of other cameras are of rooms that no set to train on has reached."""
PICTURES = ("dark", "bright", "noise", "motion_blur")
Row = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """How an eye is taught: ``pretrain`` steps without labels first, ``frames`` of the set (0: all)."""

    generalise: Generalisation = BY_DEFAULT
    weights: Mapping[str, float] = field(default_factory=dict)
    pretrain: int = 0
    frames: int = 0


PLACES = {name: 0.0 for name in ("across", "rgb", "distance", "radius")}
CELLS = {
    "as it is": Cell(),
    "images not varied": Cell(replace(BY_DEFAULT, images=False)),
    "adversarial": Cell(replace(BY_DEFAULT, adversarial=0.1)),
    "labels and boxes alone": Cell(weights=PLACES),
    "pretrained on masked frames": Cell(pretrain=200),
    "500 frames": Cell(frames=500),
    "500 frames, pretrained on all": Cell(frames=500, pretrain=200),
    "500 frames, images not varied": Cell(replace(BY_DEFAULT, images=False), frames=500),
    "4,000 frames": Cell(frames=4000),
}


class First:
    """The first so many frames of a set."""

    def __init__(self, dataset: FrameDataset, frames: int) -> None:
        self._dataset = dataset
        self._frames = frames
        self.image, self.labels = dataset.image, dataset.labels

    def __len__(self) -> int:
        return self._frames


def teach(
    cell: Cell, dataset: FrameDataset, steps: int, seed: int, device: torch.device, folder: Path
) -> tuple[Eye, float]:
    """A new eye, taught, and the seconds it took."""
    torch.manual_seed(seed)
    eye = Eye(Processor(), len(SHAPES), len(COLOURS)).to(device)
    started = time.monotonic()
    if cell.pretrain:
        first = PretrainStage(eye.stem, dataset, BATCH, seed)
        settings = StageSettings(cell.pretrain, BATCH, 0.002)
        run_stage("pretrain", first.model, dict(first.model.named_parameters()), settings, first.loss, folder)
    part: Any = First(dataset, cell.frames) if cell.frames else dataset
    stage = SeeStage(eye, part, BATCH, seed, cell.generalise)
    settings = StageSettings(steps, BATCH, 0.002, weights=cell.weights)
    run_stage("see", eye, dict(eye.named_parameters()), settings, stage.loss, folder)
    return eye.to("cpu").eval(), time.monotonic() - started


def judge(eye: Eye, plain: FrameDataset, other: FrameDataset) -> Row:
    """Mean average precision in each condition."""
    given = (Processor(), SHAPES, tuple(COLOURS))
    found = {"plain": mean_average_precision(eye, plain, *given)["map50"]}
    for name in PICTURES:
        found[name] = mean_average_precision(eye, plain, *given, DISTURBANCES[name].picture)["map50"]
    return found | {"other": mean_average_precision(eye, other, *given)["map50"]}


def table(rows: dict[tuple[str, int], Row]) -> str:
    """In Markdown, a row for each cell."""
    conditions = ("plain", *PICTURES, "other")
    lines = [f"| | seed | {' | '.join(conditions)} | training, s |", "|" + "---|" * (len(conditions) + 3)]
    for (name, seed), row in rows.items():
        values = " | ".join(f"{row[c]:.3f}" for c in conditions)
        lines.append(f"| {name} | {seed} | {values} | {row['seconds']:.0f} |")
    return "\n".join(lines)


def made(folder: Path, seed: int, evaluation: bool) -> FrameDataset:
    """Frames to judge by."""
    for _ in generate(folder, FRAMES, seed, workers=2, allow_evaluation_seeds=evaluation):
        pass
    return FrameDataset([folder])


def main() -> None:
    """Teach and judge, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("frames", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CELLS)} (default: all)")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--device", default="auto", help="to train on (default %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/compared/eyes"))
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(CELLS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(CELLS)}")
    device = chosen_device(arguments.device)
    dataset = FrameDataset([arguments.frames])
    plain = made(arguments.out / "plain", PLAIN_SEED, evaluation=True)
    other = made(arguments.out / "other", OTHER_SEED, evaluation=False)
    rows: dict[tuple[str, int], Row] = {}
    for name in arguments.names or CELLS:
        for seed in arguments.seeds:
            folder = arguments.out / f"{name}-{seed}"
            report = folder / "report.json"
            if not report.exists():
                print(f"{name}, seed {seed}", flush=True)
                eye, seconds = teach(CELLS[name], dataset, arguments.steps, seed, device, folder)
                report.write_text(
                    json.dumps(judge(eye, plain, other) | {"seconds": round(seconds, 1)}) + "\n"
                )
            rows[name, seed] = json.loads(report.read_text())
    print(table(rows))
    print(
        f"{arguments.steps} steps of {BATCH} frames, {len(dataset)} frames, judged on {FRAMES} of each kind"
    )


if __name__ == "__main__":
    main()

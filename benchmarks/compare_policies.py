"""Compares ways to build the policy: each trained anew on the same data, for as many steps.

    python benchmarks/compare_policies.py TABLE [NAME ...] [--steps 200] [--seeds 0] [--device cuda]

TABLE is ``adapters``, ``fusions``, ``pretraining``: the pretrained language model against the same one with
random weights, ``generalisation``: what keeps it from learning by heart, left out or added, or
``demonstrations``: how few situations are enough. The eye is that of the embedded policy and is not trained:
what differs is how the model learns to read, to ground and to act. It is judged without a GPU in any case.
Cells that are done are kept, so that a broken-off run goes on where it stopped; the table is printed in
Markdown at the end.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from make_episodes import FILES

from mm_robot.data.instructions import package_requests
from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, held_out_names
from mm_robot.model.adapters import ADAPTERS, Adaptation
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint
from mm_robot.model.fused_lm import FusedLanguageModel
from mm_robot.model.fusion import FUSIONS, TOKENS
from mm_robot.model.heads import WantedOutput
from mm_robot.model.policy import checkpoint_folder
from mm_robot.model.processor import Processor
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.batches import action_batch, given, text_batch
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes, randomise_language_model
from mm_robot.training.fuse import FuseStage
from mm_robot.training.generalisation import BY_DEFAULT, Generalisation
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.placement import chosen_device
from mm_robot.training.situations import SituationSampler
from mm_robot.training.text_cache import TextCache

Report = dict[str, Any]
KINDS = ("reach", "phrases")
"""What is judged in rooms: phrases that were trained on, and such that were not."""
PARTS = ("train", "rooms")
"""Of a cell, each done in a process of its own."""
UNSEEN_SEED, UNSEEN, BATCH = 900_000, 1024, 64
"""Situations that no cell is trained on, and how many are judged at once."""


@dataclass(frozen=True)
class Cell:
    """What is built; ``pretrained`` False draws the language model's weights anew."""

    adapter: str = "lora"
    fusion: str = TOKENS
    pretrained: bool = True
    generalise: Generalisation = BY_DEFAULT
    weights: Mapping[str, float] = field(default_factory=dict)


TABLES: dict[str, dict[str, Cell]] = {
    "adapters": {name: Cell(adapter=name) for name in ADAPTERS},
    "fusions": {name: Cell(fusion=name) for name in FUSIONS},
    "pretraining": {"pretrained": Cell(), "random": Cell(pretrained=False)},
    "generalisation": {
        "as it is": Cell(),
        "sentences not varied": Cell(generalise=replace(BY_DEFAULT, sentences=False)),
        "phrases drawn to things": Cell(generalise=replace(BY_DEFAULT, consistency=0.5)),
        "not told what is meant": Cell(weights={"meant": 0, "reference": 0}),
        "not told what is said": Cell(weights={"wanted": 0, "relation": 0}),
    },
    "demonstrations": {
        f"{number}, {'pretrained' if pretrained else 'random'}": Cell(
            pretrained=pretrained, generalise=replace(BY_DEFAULT, demonstrations=number)
        )
        for number in (128, 512, 2048)
        for pretrained in (True, False)
    },
}


def train_cell(cell: Cell, seed: int, steps: int, batch: int, device: torch.device, folder: Path) -> Report:
    """Train one policy, and judge it on situations never seen; its report without rooms."""
    torch.manual_seed(seed)
    embedded, tokenizer, processor, shapes, colours = load_model(checkpoint_folder("embedded"))
    adaptation = Adaptation(cell.adapter)
    model = new_model(find_base_model(), processor, len(shapes), len(colours), adaptation, steps, cell.fusion)
    if not cell.pretrained:
        randomise_language_model(model)
    model.eye.load_state_dict(embedded.eye.state_dict())
    model.eye.requires_grad_(False)
    model.to(device)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    texts = TextCache(model, tokenizer, processor.max_text_tokens)
    stage = FuseStage(model, texts, processor, package_requests(), batch, seed, cell.generalise)
    settings = StageSettings(steps=steps, batch=batch, learning_rate=0.002, weights=cell.weights)
    started = time.monotonic()
    run_stage("fuse", model, trained, settings, stage.loss, folder, stage.after_step)
    seconds = time.monotonic() - started
    policy = folder / "policy"
    save_checkpoint(policy, model, processor, shapes, colours)
    report: Report = {
        "seed": seed,
        "steps": steps,
        "batch": batch,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "cpu",
        "trained": sum(p.numel() for p in trained.values()),
        "trained_of_language_model": sum(p.numel() for n, p in trained.items() if "language_model." in n),
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(_peak_memory(device) / 1e6),
        "saved_mb": round(sum(f.stat().st_size for f in policy.rglob("*.safetensors")) / 1e6, 2),
    }
    return report | judge_unseen(model.eval(), processor, texts)


def _peak_memory(device: torch.device) -> int:
    """Of the GPU, or of this process, bytes."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def judge_in_rooms(cell: Cell, rooms: int, workers: int, folder: Path) -> Report:
    """The share of episodes of each kind that the trained policy in the folder does right."""
    control = None if cell.pretrained else "random_lm"
    report: Report = {"rooms": rooms}
    for kind in KINDS:
        episodes = [parse_episode(row) for row in FILES[kind](rooms)]
        judged = evaluate_episodes(episodes, str(folder / "policy"), control, workers=workers)
        report[kind] = judged["success"]
    return report


@torch.inference_mode()
def judge_unseen(model: FusedLanguageModel, processor: Processor, texts: TextCache) -> dict[str, float]:
    """Share of unseen situations in which skill and thing are told right."""
    sampler = SituationSampler(processor, UNSEEN_SEED, package_requests())
    rows = [sampler.situation() for _ in range(UNSEEN)]
    device = next(model.parameters()).device
    read = ground = 0
    for part in (rows[i : i + BATCH] for i in range(0, UNSEEN, BATCH)):
        wanted = text_batch([row.instruction for row in part], [row.step for row in part]).skill
        things, present, state, step = (t.to(device) for t in given(part))
        text, mask = texts([row.instruction.text for row in part])
        output = model(things, present, state, model.understand(text, mask, step))
        told = output.text.skill.argmax(dim=1).cpu()
        read += int(wanted[torch.arange(len(part)), told].sum())
        ground += int((output.meant.argmax(dim=1).cpu() == action_batch(part).meant).sum())
    return names_told(model, texts) | {"skill_right": read / UNSEEN, "thing_right": ground / UNSEEN}


@torch.inference_mode()
def names_told(model: FusedLanguageModel, texts: TextCache) -> dict[str, float]:
    """Share of the names never trained on whose shape, or whose colour of the world, is told right."""
    shapes = [(i, name) for i, s in enumerate(SHAPES) for name in held_out_names(SHAPE_NAMES[s])]
    colours = [(i, name) for i, c in enumerate(COLOURS) for name in held_out_names(COLOUR_NAMES[c])]
    paint = torch.tensor(list(COLOURS.values()))
    said = [_wanted(model, texts, f"go to the red {name}").shape[0, 0].argmax() for _, name in shapes]
    painted = [_wanted(model, texts, f"go to the {name} ball").rgb[:, 0].cpu() for _, name in colours]
    nearest = [torch.cdist(rgb, paint).argmin() for rgb in painted]
    return {
        "shapes_right": sum(int(a) == b for a, (b, _) in zip(said, shapes, strict=True)) / len(shapes),
        "colours_right": sum(int(a) == b for a, (b, _) in zip(nearest, colours, strict=True)) / len(colours),
    }


def _wanted(model: FusedLanguageModel, texts: TextCache, sentence: str) -> WantedOutput:
    text, mask = texts([sentence])
    return model.understand(text, mask, torch.zeros_like(mask[:, 0])).asked.wanted


COLUMNS: dict[str, tuple[str, str]] = {
    "skill_right": ("skill told right", "{:.1%}"),
    "thing_right": ("thing told right", "{:.1%}"),
    "shapes_right": ("unseen names of shapes", "{:.0%}"),
    "colours_right": ("of colours", "{:.0%}"),
    "trained": ("trained weights", "{:,.0f}"),
    "trained_of_language_model": ("of these in the language model", "{:,.0f}"),
    "seconds": ("training, s", "{:.0f}"),
    "peak_memory_mb": ("peak memory, MB", "{:,.0f}"),
    "saved_mb": ("saved, MB", "{:.1f}"),
}
"""What is told of a row's cells, its heading and how it is written."""


def table(reports: dict[tuple[str, int], Report]) -> str:
    """In Markdown, a row for each name: the mean of its seeds, and from which to which they go."""
    headings = ["", "seeds", *KINDS, *(heading for heading, _ in COLUMNS.values())]
    lines = [f"| {' | '.join(headings)} |", "|" + "---|" * len(headings)]
    for name in dict.fromkeys(name for name, _ in reports):
        rows = [report for (of, _), report in reports.items() if of == name]
        cells = [name, str(len(rows)), *(_rooms(rows, kind) for kind in KINDS)]
        cells += [_mean([row[key] for row in rows], form) for key, (_, form) in COLUMNS.items()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _rooms(rows: Sequence[Report], kind: str) -> str:
    judged = [row for row in rows if kind in row]
    right = sum(round(row[kind] * row["rooms"]) for row in judged)
    return f"{right} of {sum(row['rooms'] for row in judged)}" if judged else "-"


def _mean(values: Sequence[float], form: str) -> str:
    mean, low, high = (form.format(f(values)) for f in (statistics.mean, min, max))
    return mean if low == high else f"{mean} ({low} to {high})"


def main() -> None:
    """Run the cells, each in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows of the table (default: all)")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--rooms", type=int, default=20, help="episodes of each kind (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="of the rooms (default %(default)s)")
    parser.add_argument("--device", default="auto", help="to train on (default %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/compared"))
    parser.add_argument("--part", choices=PARTS, help="do this alone, in this process")
    arguments = parser.parse_args()
    cells = TABLES[arguments.table]
    if unknown := set(arguments.names) - set(cells):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(cells)}")
    reports: dict[tuple[str, int], Report] = {}
    for name in arguments.names or cells:
        for seed in arguments.seeds:
            folder = arguments.out / arguments.table / f"{name}-{seed}"
            folder.mkdir(parents=True, exist_ok=True)
            for part in PARTS if arguments.part is None else (arguments.part,):
                report = folder / f"{part}.json"
                if arguments.part is not None:
                    report.write_text(json.dumps(do(part, cells[name], seed, arguments, folder)) + "\n")
                elif not report.exists():
                    print(f"{name}, seed {seed}: {part}", flush=True)
                    own = [arguments.table, name, "--part", part, "--seeds", str(seed), *chosen(arguments)]
                    subprocess.run([sys.executable, __file__, *own], check=True)
                reports[name, seed] = reports.get((name, seed), {}) | json.loads(report.read_text())
    if arguments.part is None:
        print(table(reports))


def do(part: str, cell: Cell, seed: int, arguments: argparse.Namespace, folder: Path) -> Report:
    """One part of one cell, in this process."""
    if part == "rooms":
        return judge_in_rooms(cell, arguments.rooms, arguments.workers, folder)
    device = chosen_device(arguments.device)
    return train_cell(cell, seed, arguments.steps, arguments.batch, device, folder)


def chosen(arguments: argparse.Namespace) -> list[str]:
    """The options for the process of one part."""
    names = ("steps", "batch", "rooms", "workers", "device", "out")
    return [text for name in names for text in (f"--{name}", str(getattr(arguments, name)))]


if __name__ == "__main__":
    main()

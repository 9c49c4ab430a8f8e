"""Compares ways to build the policy: each trained anew on the same data, for as many steps.

    python benchmarks/compare_policies.py TABLE [NAME ...] [--steps 180] [--seeds 0] [--rooms 20]

TABLE is ``adapters``, ``fusions``, ``pretraining``: the pretrained language model against the same one with
random weights, ``generalisation``: what keeps it from learning by heart, left out or added, or
``demonstrations``: how few situations are enough. The eye is that of the embedded policy and is not trained:
what differs is how the model learns to read, to ground and to act. Cells that are done are kept, so that a
broken-off run goes on where it stopped; the table is printed in Markdown at the end.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
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
from mm_robot.training.situations import SituationSampler
from mm_robot.training.text_cache import TextCache

KINDS = ("reach", "phrases")
"""What is judged in rooms: phrases that were trained on, and such that were not."""
UNSEEN_SEED, UNSEEN = 900_000, 1024
"""Situations that no cell is trained on."""


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


def run_cell(cell: Cell, seed: int, steps: int, batch: int, rooms: int, folder: Path) -> dict[str, Any]:
    """Train and judge one policy; its report."""
    torch.manual_seed(seed)
    embedded, tokenizer, processor, shapes, colours = load_model(checkpoint_folder("embedded"))
    adaptation = Adaptation(cell.adapter)
    model = new_model(find_base_model(), processor, len(shapes), len(colours), adaptation, steps, cell.fusion)
    if not cell.pretrained:
        randomise_language_model(model)
    model.eye.load_state_dict(embedded.eye.state_dict())
    model.eye.requires_grad_(False)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    texts = TextCache(model, tokenizer, processor.max_text_tokens)
    stage = FuseStage(model, texts, processor, package_requests(), batch, seed, cell.generalise)
    settings = StageSettings(steps=steps, batch=batch, learning_rate=0.002, weights=cell.weights)
    started = time.monotonic()
    run_stage("fuse", model, trained, settings, stage.loss, folder, stage.after_step)
    seconds = time.monotonic() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    policy = folder / "policy"
    save_checkpoint(policy, model, processor, shapes, colours)
    report: dict[str, Any] = {
        "seed": seed,
        "steps": steps,
        "batch": batch,
        "rooms": rooms,
        "trained": sum(p.numel() for p in trained.values()),
        "trained_of_language_model": sum(p.numel() for n, p in trained.items() if "language_model." in n),
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(peak),
        "saved_mb": round(sum(f.stat().st_size for f in policy.rglob("*.safetensors")) / 1e6, 2),
    }
    report |= judge_unseen(model.eval(), processor, texts)
    control = None if cell.pretrained else "random_lm"
    for kind in KINDS:
        episodes = [parse_episode(row) for row in FILES[kind](rooms)]
        report[kind] = evaluate_episodes(episodes, str(policy), control, workers=2)["success"]
    return report


@torch.inference_mode()
def judge_unseen(model: FusedLanguageModel, processor: Processor, texts: TextCache) -> dict[str, float]:
    """Share of unseen situations in which skill and thing are told right, and the time of one pass, ms."""
    sampler = SituationSampler(processor, UNSEEN_SEED, package_requests())
    rows = [sampler.situation() for _ in range(UNSEEN)]
    read = ground = 0
    times = []
    for row in rows:
        wanted, acted = text_batch([row.instruction], [row.step]), action_batch([row])
        things, present, state, step = given([row])
        text, mask = texts([row.instruction.text])
        started = time.perf_counter()
        output = model(things, present, state, text, mask, step)
        times.append(time.perf_counter() - started)
        read += int(wanted.skill[0, int(output.text.skill.argmax())])
        ground += int(output.meant.argmax()) == int(acted.meant[0])
    return names_told(model, texts) | {
        "skill_right": read / UNSEEN,
        "thing_right": ground / UNSEEN,
        "pass_ms": round(1000 * statistics.median(times), 2),
    }


@torch.inference_mode()
def names_told(model: FusedLanguageModel, texts: TextCache) -> dict[str, float]:
    """Share of the names never trained on whose shape, or whose colour of the world, is told right."""
    shapes = [(i, name) for i, s in enumerate(SHAPES) for name in held_out_names(SHAPE_NAMES[s])]
    colours = [(i, name) for i, c in enumerate(COLOURS) for name in held_out_names(COLOUR_NAMES[c])]
    paint = torch.tensor(list(COLOURS.values()))
    said = [_wanted(model, texts, f"go to the red {name}").shape[0, 0].argmax() for _, name in shapes]
    painted = [_wanted(model, texts, f"go to the {name} ball").rgb[:, 0] for _, name in colours]
    nearest = [torch.cdist(rgb, paint).argmin() for rgb in painted]
    return {
        "shapes_right": sum(int(a) == b for a, (b, _) in zip(said, shapes, strict=True)) / len(shapes),
        "colours_right": sum(int(a) == b for a, (b, _) in zip(nearest, colours, strict=True)) / len(colours),
    }


def _wanted(model: FusedLanguageModel, texts: TextCache, sentence: str) -> WantedOutput:
    return model.understand(*texts([sentence]), torch.tensor([0])).wanted


def table(reports: dict[tuple[str, int], dict[str, Any]]) -> str:
    """In Markdown, a row for each cell."""
    lines = [
        "| | seed | skill told right | thing told right | unseen names of shapes | of colours | reach "
        "| unseen phrases | trained weights | of these in the language model | training, s | peak memory, MB "
        "| saved, MB | one pass, ms |",
        "|" + "---|" * 14,
    ]
    for (name, seed), r in reports.items():
        rates = (f"{round(r[k] * r['rooms'])} of {r['rooms']}" for k in KINDS)
        lines.append(
            f"| {name} | {seed} | {r['skill_right']:.1%} | {r['thing_right']:.1%} | "
            f"{r['shapes_right']:.0%} | {r['colours_right']:.0%} | {' | '.join(rates)} | "
            f"{r['trained']:,} | {r['trained_of_language_model']:,} | {r['seconds']:.0f} | "
            f"{r['peak_memory_mb']:,} | {r['saved_mb']:g} | {r['pass_ms']:g} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the cells, each in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument("names", nargs="*", metavar="NAME", help="rows of the table (default: all)")
    parser.add_argument("--steps", type=int, default=180)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--rooms", type=int, default=20, help="episodes of each kind (default %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/compared"))
    parser.add_argument("--cell", action="store_true", help="run one cell in this process")
    arguments = parser.parse_args()
    cells = TABLES[arguments.table]
    if unknown := set(arguments.names) - set(cells):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(cells)}")
    reports = {}
    for name in arguments.names or cells:
        for seed in arguments.seeds:
            folder = arguments.out / arguments.table / f"{name}-{seed}"
            path = folder / "report.json"
            if arguments.cell:
                given_ = (seed, arguments.steps, arguments.batch, arguments.rooms, folder)
                path.write_text(json.dumps(run_cell(cells[name], *given_), indent=1) + "\n")
                continue
            if not path.exists():
                print(f"{name}, seed {seed}", flush=True)
                folder.mkdir(parents=True, exist_ok=True)
                options = ("--steps", "--batch", "--rooms", "--out")
                values = (arguments.steps, arguments.batch, arguments.rooms, arguments.out)
                chosen = [str(v) for pair in zip(options, values, strict=True) for v in pair]
                own = [arguments.table, name, "--cell", "--seeds", str(seed), *chosen]
                subprocess.run([sys.executable, __file__, *own], check=True)
            reports[name, seed] = json.loads(path.read_text())
    if reports:
        print(table(reports))


if __name__ == "__main__":
    main()

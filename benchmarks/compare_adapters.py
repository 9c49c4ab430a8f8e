"""Compares the ways to adapt the language model: each trained anew on the same data, for as many steps.

    python benchmarks/compare_adapters.py [ADAPTER ...] [--steps 180] [--seeds 0] [--rooms 20]

The eye is that of the embedded policy and is not trained: what differs is how the language model learns to
read, to ground and to act. Cells that are done are kept, so that a broken-off run goes on where it stopped; a
table in Markdown is printed at the end.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch
from make_episodes import FILES

from mm_robot.data.instructions import package_requests
from mm_robot.model.adapters import ADAPTERS, Adaptation
from mm_robot.model.base import find_base_model
from mm_robot.model.checkpoint import load_model, new_model, save_checkpoint
from mm_robot.model.policy import checkpoint_folder
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes
from mm_robot.training.fuse import FuseStage
from mm_robot.training.loop import StageSettings, run_stage
from mm_robot.training.text_cache import TextCache

KINDS = ("reach", "phrases")
"""What is judged: phrases that were trained on, and such that were not."""


def run_cell(adapter: str, seed: int, steps: int, batch: int, rooms: int, folder: Path) -> dict[str, Any]:
    """Train and judge one policy; its report."""
    torch.manual_seed(seed)
    embedded, tokenizer, processor, shapes, colours = load_model(checkpoint_folder("embedded"))
    model = new_model(find_base_model(), processor, len(shapes), len(colours), Adaptation(adapter), steps)
    model.eye.load_state_dict(embedded.eye.state_dict())
    model.eye.requires_grad_(False)
    trained = {n: p for n, p in model.named_parameters() if p.requires_grad}
    texts = TextCache(model, tokenizer, processor.max_text_tokens)
    stage = FuseStage(model, texts, processor, package_requests(), batch, seed)
    settings = StageSettings(steps=steps, batch=batch, learning_rate=0.002)
    started = time.monotonic()
    run_stage("fuse", model, trained, settings, stage.loss, folder, stage.after_step)
    seconds = time.monotonic() - started
    policy = folder / "policy"
    save_checkpoint(policy, model, processor, shapes, colours)
    adapter_files = [policy / "language_model.safetensors", *(policy / "adapter").glob("*.safetensors")]
    report: dict[str, Any] = {
        "adapter": adapter,
        "seed": seed,
        "steps": steps,
        "batch": batch,
        "trained_of_language_model": sum(
            p.numel() for n, p in trained.items() if n.startswith("language_model.")
        ),
        "trained": sum(p.numel() for p in trained.values()),
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "language_model_mb": round(sum(f.stat().st_size for f in adapter_files if f.is_file()) / 1e6, 2),
    }
    for kind in KINDS:
        episodes = [parse_episode(row) for row in FILES[kind](rooms)]
        report[kind] = evaluate_episodes(episodes, str(policy), workers=2)["success"]
    return report


def table(reports: list[dict[str, Any]], rooms: int) -> str:
    """In Markdown, a row for each adapter and seed."""
    lines = [
        "| adapter | seed | go to a thing | in phrases never trained on "
        "| weights trained in the language model | training, s | peak memory, MB | saved, MB |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in reports:
        rates = " | ".join(f"{round(r[kind] * rooms)} of {rooms}" for kind in KINDS)
        lines.append(
            f"| {r['adapter']} | {r['seed']} | {rates} | {r['trained_of_language_model']:,} | "
            f"{r['seconds']:.0f} | {r['peak_memory_mb']:,} | {r['language_model_mb']:g} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run the cells, each in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("adapters", nargs="*", metavar="ADAPTER", help=", ".join(ADAPTERS))
    parser.add_argument("--steps", type=int, default=180)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--rooms", type=int, default=20, help="episodes of each kind (default %(default)s)")
    parser.add_argument("--out", type=Path, default=Path("results/adapters"))
    parser.add_argument("--cell", action="store_true", help="run one cell in this process")
    arguments = parser.parse_args()
    if unknown := set(arguments.adapters) - set(ADAPTERS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(ADAPTERS)}")
    reports = []
    for adapter in arguments.adapters or ADAPTERS:
        for seed in arguments.seeds:
            folder = arguments.out / f"{adapter}-{seed}"
            path = folder / "report.json"
            if arguments.cell:
                given = (adapter, seed, arguments.steps, arguments.batch, arguments.rooms, folder)
                path.write_text(json.dumps(run_cell(*given), indent=1) + "\n")
                continue
            if not path.exists():
                print(f"{adapter}, seed {seed}", flush=True)
                options = ("--steps", "--batch", "--rooms", "--out")
                values = (arguments.steps, arguments.batch, arguments.rooms, arguments.out)
                chosen = [str(v) for pair in zip(options, values, strict=True) for v in pair]
                cell = [sys.executable, __file__, adapter, "--cell", "--seeds", str(seed), *chosen]
                subprocess.run(cell, check=True)
            reports.append(json.loads(path.read_text()))
    if reports:
        print(table(reports, arguments.rooms))


if __name__ == "__main__":
    main()

"""Judges a checkpoint on everything that its model card reports, and writes eval.json and the card.

    python benchmarks/evaluate_checkpoint.py mm_robot/assets/policy [--rooms 200] [--workers 2]

Reports that are there already are kept, so that a broken-off run goes on where it stopped.
"""

from __future__ import annotations

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from make_episodes import FILES

from mm_robot.data.generate import generate
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import evaluate_episodes, write_report
from mm_robot.training.evaluate_labels import evaluate_labels
from mm_robot.training.model_card import write_model_card

SKILLS = ("reach", "turn", "move", "stop")
WORDINGS = ("phrases", "names", "held_out_colours", "held_out_shapes")
CONTROLS = ("blank", "swapped", "random_lm")
LABEL_FRAMES = 1000
LABEL_SEED = 900_000


def main() -> None:
    """Judge, then write the numbers and the card."""
    parser = argparse.ArgumentParser(description="judge a checkpoint and write its eval.json and model card")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--rooms", type=int, default=200, help="episodes of each kind (default %(default)s)")
    parser.add_argument(
        "--control-rooms", type=int, help="episodes of each control (default: as many as --rooms)"
    )
    parser.add_argument(
        "--wordings", action="store_true", help="also judge phrases and names that it was not trained on"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes (default %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=Path("results/evaluation"), help="folder for the reports"
    )
    arguments = parser.parse_args()
    command = f"python benchmarks/evaluate_checkpoint.py {arguments.checkpoint} --rooms {arguments.rooms}"
    if arguments.control_rooms is not None:
        command += f" --control-rooms {arguments.control_rooms}"
    if arguments.wordings:
        command += " --wordings"
    summary: dict[str, Any] = {"date": datetime.date.today().isoformat(), "command": command}
    for skill in (*SKILLS, *(WORDINGS if arguments.wordings else ())):
        summary[skill] = _judged(arguments, skill, None)
        _write(arguments.checkpoint, summary)
    summary["scene_labels"] = _labels(arguments)
    for control in CONTROLS:
        summary[f"reach_{control}"] = _judged(arguments, "reach", control)
        _write(arguments.checkpoint, summary)
    print(json.dumps(summary, indent=1))


def _write(checkpoint: Path, summary: dict[str, Any]) -> None:
    """Write what is known so far: a run that is broken off leaves what it has judged."""
    (checkpoint / "eval.json").write_text(json.dumps(summary, indent=1) + "\n")
    write_model_card(checkpoint)


def _judged(arguments: argparse.Namespace, skill: str, control: str | None) -> dict[str, Any]:
    path = arguments.results / f"{skill}-{control or 'plain'}.json"
    if not path.exists():
        print(f"{skill}, instruction control: {control or 'none'}")
        rooms = arguments.rooms if control is None else arguments.control_rooms or arguments.rooms
        episodes = [parse_episode(row) for row in FILES[skill](rooms)]
        write_report(
            path, evaluate_episodes(episodes, str(arguments.checkpoint), control, workers=arguments.workers)
        )
    report = json.loads(path.read_text())
    kept = {"collisions": report["collisions"], "errors": report["errors"], "instruction_control": control}
    if "named_instead" in report:
        kept["named_instead"] = report["named_instead"]
    (rate,) = report["outcomes"].values()
    return {**rate, **kept}


def _labels(arguments: argparse.Namespace) -> dict[str, Any]:
    path = arguments.results / "labels.json"
    if not path.exists():
        frames = arguments.results / "frames"
        for _ in generate(frames, LABEL_FRAMES, LABEL_SEED, arguments.workers, allow_evaluation_seeds=True):
            pass
        write_report(path, evaluate_labels(frames, str(arguments.checkpoint)))
    report: dict[str, Any] = json.loads(path.read_text())
    return {key: report[key] for key in ("frames", "objects", "map50")}


if __name__ == "__main__":
    main()

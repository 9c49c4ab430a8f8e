"""Judges a checkpoint on what its model card reports, and writes its eval.json and the card.

    python benchmarks/evaluate_checkpoint.py mm_robot/assets/policy [KIND ...] [--rooms 200] [--workers 2]
        [--noise FOLDER]

A KIND is a file of episodes (``reach``, ``relation``, ...); ``reach_blank``, ``reach_swapped`` or
``reach_random_lm`` for a control; ``reach_dark`` and the like for a disturbance; for spoken sentences
``reach_heard_by_recogniser`` or ``reach_heard_by_model``, ``phrases_...`` or, above the noise of the
recordings in ``--noise``, ``reach_heard_in_noise_by_...``; ``requests`` or ``scene_labels``. All of them if
none is given, but those in noise only where noise is. Reports that are there already are kept, so that a run
that was broken off goes on where it stopped; figures of other kinds stay in eval.json as they are.
"""

from __future__ import annotations

import argparse
import datetime
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from judge_requests import REQUESTS, judge, read
from make_episodes import FILES

from mm_robot.data.generate import generate
from mm_robot.training.disturbance import DISTURBANCES
from mm_robot.training.episodes import parse_episode
from mm_robot.training.evaluate import CONTROLS, SPOKEN, evaluate_episodes, write_report
from mm_robot.training.evaluate_labels import evaluate_labels
from mm_robot.training.model_card import write_model_card
from mm_robot.training.noise import Noise

SNR = 10.0
"""dB of voices above noise."""
IN_NOISE = "_in_noise_"
LABEL_FRAMES = 1000
LABEL_SEED = 900_000
Report = dict[str, Any]


def kinds() -> dict[str, Callable[[argparse.Namespace], Report]]:
    """What can be judged, and how."""
    judges: dict[str, Callable[[argparse.Namespace], Report]] = {}
    for name in FILES:
        judges[name] = lambda a, name=name: _episodes(a, name)
    for control in CONTROLS:
        judges[f"reach_{control}"] = lambda a, control=control: _episodes(a, "reach", control=control)
    for disturbance in DISTURBANCES:
        judges[f"reach_{disturbance}"] = lambda a, disturbance=disturbance: _episodes(
            a, "reach", disturbance=disturbance
        )
    for listener in SPOKEN:
        for name in ("reach", "phrases"):
            judges[f"{name}_heard_by_{listener}"] = lambda a, name=name, listener=listener: _episodes(
                a, name, spoken=listener
            )
        judges[f"reach_heard{IN_NOISE}by_{listener}"] = lambda a, listener=listener: _episodes(
            a, "reach", spoken=listener, noise=Noise(a.noise, SNR)
        )
    return judges | {"requests": _requests, "scene_labels": _labels}


def main() -> None:
    """Judge, then write the numbers and the card."""
    judges = kinds()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(judges))
    parser.add_argument("--rooms", type=int, default=200, help="episodes of each kind (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default %(default)s)")
    parser.add_argument(
        "--results", type=Path, default=Path("results/evaluation"), help="folder for the reports"
    )
    parser.add_argument("--noise", type=Path, help="folder of recordings of noise that was not trained with")
    arguments = parser.parse_args()
    if arguments.noise is None and any(IN_NOISE in kind for kind in arguments.kinds):
        parser.error("give --noise FOLDER, too")
    if unknown := set(arguments.kinds) - set(judges):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(judges)}")
    every = [kind for kind in judges if arguments.noise is not None or IN_NOISE not in kind]
    for kind in arguments.kinds or every:
        path = arguments.results / f"{kind}.json"
        if not path.exists():
            print(kind)
            write_report(path, judges[kind](arguments))
        _write(arguments.checkpoint, kind, json.loads(path.read_text()))


def _write(checkpoint: Path, kind: str, report: Report) -> None:
    """Put the figures of one kind among the others: a run that is broken off leaves what it has judged."""
    path = checkpoint / "eval.json"
    figures = json.loads(path.read_text()) if path.exists() else {}
    report.pop("rows", None)
    figures["date"] = datetime.date.today().isoformat()
    figures["command"] = (
        f"python benchmarks/evaluate_checkpoint.py {checkpoint} KIND --rooms N [--noise FOLDER]"
    )
    path.write_text(json.dumps(figures | {kind: _figures(report)}, indent=1) + "\n")
    write_model_card(checkpoint)


def _figures(report: Report) -> Report:
    if "outcomes" not in report:
        return {k: v for k, v in report.items() if k not in ("checkpoint", "per_class")}
    kept = {k: report[k] for k in ("collisions", "errors", "named_instead", "pairs") if k in report}
    rates = list(report["outcomes"].values())
    if len(rates) == 1:
        return {**rates[0], **kept}
    from mm_robot.training.evaluate import rate_of

    hits = sum(rate["success"] for rate in rates)
    return {**rate_of([True] * hits + [False] * (report["episodes"] - hits)), **kept}


def _episodes(
    arguments: argparse.Namespace,
    name: str,
    control: str | None = None,
    disturbance: str | None = None,
    spoken: str | None = None,
    noise: Noise | None = None,
) -> Report:
    episodes = [parse_episode(row) for row in FILES[name](arguments.rooms)]
    given = (episodes, str(arguments.checkpoint), control, spoken, arguments.workers)
    return evaluate_episodes(*given, disturbance=disturbance, noise=noise)


def _requests(arguments: argparse.Namespace) -> Report:
    checkpoint = str(arguments.checkpoint)
    return {path.stem: judge(read(path), checkpoint) for path in sorted(REQUESTS.glob("*.jsonl"))}


def _labels(arguments: argparse.Namespace) -> Report:
    frames = arguments.results / "frames"
    for _ in generate(frames, LABEL_FRAMES, LABEL_SEED, arguments.workers, allow_evaluation_seeds=True):
        pass
    return evaluate_labels(frames, str(arguments.checkpoint))


if __name__ == "__main__":
    main()

"""Spoken commands through the real nodes: how many are heard, understood and carried out.

    python benchmarks/spoken_episodes.py --episodes 10 --report spoken_episodes.json

Every episode has another room, another target and another synthetic voice; each room holds a
thing of the target's colour and a thing of its shape. A success is a target reached by the
simulator's ground truth, as ``mm_robot demo`` judges it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from mm_robot.demo.display import Display
from mm_robot.demo.episode import Episode, play
from mm_robot.demo.results import write_results
from mm_robot.demo.room import DISTRACTORS, Target, checked_seed, objects_with_decoys
from mm_robot.demo.sentences import spoken
from mm_robot.demo.stage import StageError, stage
from mm_robot.demo.watcher import Watcher
from mm_robot.errors import InputError
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.sim.voices import VOICES

PHRASES = ("go to the {}", "drive to the {}", "find the {}")
FIRST_SEED = 400_000
TIMEOUT = 75.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--policy", default="", metavar="DIR", help="checkpoint folder (default: embedded)")
    parser.add_argument("--report", type=Path, default=Path("spoken_episodes.json"))
    parser.add_argument("--results", type=Path, help="folder for the pictures and videos of every episode")
    arguments = parser.parse_args()
    try:
        episodes = run(arguments)
    except InputError as error:
        print(f"spoken_episodes: {error}", file=sys.stderr)
        return 2
    except StageError as error:
        print(f"spoken_episodes: {error}", file=sys.stderr)
        return 1
    report = summary(episodes)
    arguments.report.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{report['reached']} of {report['episodes']} reached, {report['heard']} heard word by word")
    return 0


def run(arguments: argparse.Namespace) -> list[Episode]:
    display = Display(sys.stdout)
    parameters = {"policy": {"policy": str(Path(arguments.policy).resolve())}} if arguments.policy else {}
    folder = arguments.results or arguments.report.parent
    folder.mkdir(parents=True, exist_ok=True)
    episodes = []
    with stage(parameters, folder / "nodes.log", display.note) as watcher:
        for number in range(arguments.episodes):
            seed = checked_seed(arguments.first_seed + number)
            target = drawn_target(seed)
            phrase, voice = PHRASES[number % len(PHRASES)], VOICES[number % len(VOICES)]
            sentence = spoken(phrase.format(target.name), voice)
            watcher.new_room(seed, objects_with_decoys(target, seed), DISTRACTORS)
            wait_for_room(watcher, seed)
            episode = play(watcher, sentence, target, TIMEOUT, display)
            told = f"{number + 1}. {sentence.text} ({sentence.voice}, room {seed})"
            display.note(f"{told}: {episode.verdict.summary}")
            episodes.append(episode)
            if arguments.results:
                own = arguments.results / f"{number + 1:02d}"
                own.mkdir(exist_ok=True)
                write_results(own, episode)
    return episodes


def drawn_target(seed: int) -> Target:
    generator = np.random.default_rng([seed, 1])
    return Target(str(generator.choice(list(COLOURS))), str(generator.choice(SHAPES)))


def wait_for_room(watcher: Watcher, seed: int, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while watcher.room is None or watcher.room.seed != seed:
        if time.monotonic() > deadline:
            raise StageError(f"the simulator did not tell its room {seed} within {seconds:.0f} s")
        time.sleep(0.05)
    time.sleep(0.5)


def summary(episodes: list[Episode]) -> dict[str, Any]:
    rows = [
        {key: value for key, value in episode.report.items() if key not in ("path", "room")}
        | {"seed": episode.record.room.seed}
        for episode in episodes
    ]
    latencies = [late for row in rows if (late := row["seconds"]["end_of_speech_to_transcript"]) is not None]
    published = sum(row["camera"]["published"] for row in rows)
    received = sum(row["camera"]["received"] for row in rows)
    return {
        "episodes": len(rows),
        "reached": sum(row["verdict"]["success"] is True for row in rows),
        "heard": sum(row["transcript"] == row["sentence"] for row in rows),
        "collisions": sum(row["collisions"] > 0 for row in rows),
        "end_of_speech_to_transcript_p50": float(np.median(latencies)) if latencies else None,
        "camera_delivery": round(received / published, 4) if published else None,
        "lowest_chunk_rate": min((row["rates"]["chunk_rate"] or 0.0 for row in rows), default=None),
        "rows": rows,
    }


if __name__ == "__main__":
    sys.exit(main())

"""How soon the wheels stand after somebody has said "stop", through the real nodes over DDS.

    python benchmarks/spoken_stop.py [--words FOLDER] [--after SENTENCE] [--report spoken_stop.json]

The embedded policy drives, camera and speech run as on a robot. Twelve synthetic voices say the word twice,
or the people of the recordings in ``FOLDER/stop`` once. The time is that from the end of the word to the
first zero on ``cmd_vel`` after which nothing but zero comes. ``--after`` has a voice say a
sentence first, just long enough before the word that the recogniser is at work on it when the word comes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from stop_word import end_of

from mm_robot.data.words import read_sound, sound_files
from mm_robot.faults.fault import FaultError
from mm_robot.faults.report import percentile
from mm_robot.faults.rig import Rig, rig
from mm_robot.nodes.say import SILENCE_AFTER, speak
from mm_robot.sim.voices import VOICES, synthesise
from mm_robot.speech.base import RATE
from mm_robot.types import FloatArray

LATEST = 5.0
MOVING_BEFORE = 1.0
"""Seconds before the end of the sentence at which the robot is told to move."""
PAUSE = (0.45, 0.95)
"""Seconds between the end of another sentence and the word."""


@dataclass(frozen=True)
class Trial:
    """What is played, [N] at 16 kHz: the word ends at ``end`` s, what is said before it at ``told`` s."""

    name: str
    sound: FloatArray
    end: float
    told: float = 0.0


def words_alone(words: Path | None) -> list[Trial]:
    """Everybody who says the word."""
    if words is not None:
        sounds = [(path.stem, read_sound(path)) for path in sound_files(words / "stop")]
    else:
        sounds = 2 * [(str(v), 0.5 * synthesise("stop", v.name, v.speed, v.pitch)) for v in VOICES]
    return [Trial(name, sound, end_of(sound)) for name, sound in sounds]


def after(sentence: str, trials: list[Trial]) -> list[Trial]:
    """The trials with a sentence and a pause before each word, the pauses evenly spread over ``PAUSE``."""
    pauses = np.random.default_rng(0).permutation(np.linspace(*PAUSE, len(trials)))
    voice = VOICES[0]
    before = 0.5 * synthesise(sentence, voice.name, voice.speed, voice.pitch)
    said = []
    for trial, pause in zip(trials, pauses, strict=True):
        silence = np.zeros(round(pause * RATE), np.float32)
        sound = np.concatenate([before, silence, trial.sound])
        word = (len(before) + len(silence)) / RATE
        name = f"{trial.name}, {pause:.2f} s after the sentence"
        said.append(Trial(name, sound, word + trial.end, len(before) / RATE))
    return said


def seconds_to_stand(robot: Rig, trial: Trial) -> float:
    """Say the word while the robot drives; the s from its end until the robot stands.

    Raises:
        FaultError: the robot does not move, or does not stand within ``LATEST`` s.
    """
    with ThreadPoolExecutor(1) as voice:
        if not trial.told:
            robot.move()
        speech = voice.submit(speak, robot.probe.node, trial.sound)
        if trial.told:
            time.sleep(max(0.0, trial.told - MOVING_BEFORE))
            robot.move()
        before = time.monotonic()
        ended = speech.result() - len(trial.sound) / RATE + trial.end
    stood = before + robot.probe.seconds_to_zero(before, LATEST)
    time.sleep(max(0.0, ended + SILENCE_AFTER - time.monotonic()))
    return stood - ended


def main() -> int:
    """Measure, print, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=Path, help="folder of a folder for each word, said by people")
    parser.add_argument("--after", metavar="SENTENCE", help="what a voice says before each word")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    trials = words_alone(arguments.words)
    if arguments.after:
        trials = after(arguments.after, trials)
    values: list[float] = []
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, rig("robot", Path(folder)) as robot:
        for trial in trials:
            try:
                values.append(round(seconds_to_stand(robot, trial), 3))
                print(f"{trial.name}: {values[-1]:+.3f} s", flush=True)
            except FaultError as error:
                missed.append(trial.name)
                print(f"{trial.name}: {error}", flush=True)
    figures = {f"p{p}": percentile(values, p) for p in (50, 95)}
    report = {"trials": len(trials), "missed": missed, **figures, "values": np.sort(values).tolist()}
    print(json.dumps({key: report[key] for key in ("trials", "missed", "p50", "p95")}))
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

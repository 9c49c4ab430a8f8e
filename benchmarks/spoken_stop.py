"""How soon the wheels stand after somebody has said "stop", through the real nodes over DDS.

    python benchmarks/spoken_stop.py [--words FOLDER] [--report spoken_stop.json]

The embedded policy drives, camera and speech run as on a robot. Twelve synthetic voices say the word twice,
or the people of the recordings in ``FOLDER/stop`` once. The time is that from the end of the word to the
first zero on ``cmd_vel`` after which nothing but zero comes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from stop_word import end_of

from mm_robot.data.words import read_sound, sound_files
from mm_robot.faults.fault import FaultError
from mm_robot.faults.report import percentile
from mm_robot.faults.rig import Rig, rig
from mm_robot.nodes.say import SILENCE_AFTER, speak
from mm_robot.sim.voices import VOICES, synthesise
from mm_robot.types import FloatArray

LATEST = 5.0


def speakers(words: Path | None) -> list[tuple[str, FloatArray]]:
    """Who says the word, and how it sounds."""
    if words is not None:
        return [(path.stem, read_sound(path)) for path in sound_files(words / "stop")]
    voices = [(str(v), 0.5 * synthesise("stop", v.name, v.speed, v.pitch)) for v in VOICES]
    return 2 * voices


def trial(robot: Rig, sound: FloatArray) -> float:
    """Say the word while the robot drives; the s from its end until the robot stands.

    Raises:
        FaultError: the robot does not move, or does not stand within ``LATEST`` s.
    """
    robot.move()
    before = time.monotonic()
    ended = speak(robot.probe.node, sound) - len(sound) / 16000 + end_of(sound)
    stood = before + robot.probe.seconds_to_zero(before, LATEST)
    time.sleep(max(0.0, ended + SILENCE_AFTER - time.monotonic()))
    return stood - ended


def main() -> int:
    """Measure, print, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=Path, help="folder of a folder for each word, said by people")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    said = speakers(arguments.words)
    values: list[float] = []
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, rig("robot", Path(folder)) as robot:
        for name, sound in said:
            try:
                values.append(round(trial(robot, sound), 3))
                print(f"{name}: {values[-1]:+.3f} s", flush=True)
            except FaultError as error:
                missed.append(name)
                print(f"{name}: {error}", flush=True)
    figures = {f"p{p}": percentile(values, p) for p in (50, 95)}
    report = {"trials": len(said), "missed": missed, **figures, "values": np.sort(values).tolist()}
    print(json.dumps({key: report[key] for key in ("trials", "missed", "p50", "p95")}))
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

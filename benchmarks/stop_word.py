"""How well and how fast "stop", "halt" and "freeze" are spotted, and how often where nobody says them.

    python benchmarks/stop_word.py --words FOLDER --sound FOLDER ... --report stop_word.json --plot curve.png

``--words`` is a folder of a folder for each word, as Google Speech Commands is laid out: recall on ``stop``,
false stops on all others. ``--sound``: folders of sound without the words; false stops an hour with their
upper 95 % bound. Synthetic voices that were not trained on, of espeak-ng and some made from recordings, say
each word, and commands without them. Latency is the time in the stream from the end of the word to its
detection. With the thresholds that are set, and each word for many.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from mm_robot.data.instructions import InstructionSampler
from mm_robot.data.words import read_sound, sound_files
from mm_robot.sim.voices import MORE_VOICES, RECORDED_VOICES, synthesise
from mm_robot.speech.base import RATE, STOP_WORDS
from mm_robot.speech.stop_word import THRESHOLDS, Look, StopWord, Trigger
from mm_robot.types import FloatArray

TRIED = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92)
BLOCK = 512
EDGE = 0.05
"""The word ends where its level falls below this share of its peak."""
COMMANDS = 60


@dataclass(frozen=True)
class Course:
    """How sure the detector was over a sound of so many ``seconds``, which begins at the sample ``first``."""

    looks: list[Look]
    first: int
    seconds: float

    def stops(self, thresholds: Mapping[str, float]) -> list[float]:
        """The seconds from its beginning at which a stop is reported."""
        trigger = Trigger(thresholds)
        return [(look.at - self.first) / RATE for look in self.looks if trigger.fires(look)]


def listen(detector: StopWord, samples: FloatArray, generator: np.random.Generator, around: float) -> Course:
    """Let the detector hear a sound with so many seconds of silence around it."""
    silence = np.zeros(round(around * RATE), np.float32)
    sound = np.concatenate([silence, samples, silence])
    sound += generator.normal(0.0, 0.0005, len(sound)).astype(np.float32)
    detector.reset()
    looks = [look for i in range(0, len(sound), BLOCK) for look in detector.look(sound[i : i + BLOCK])]
    return Course(looks, len(silence), len(samples) / RATE)


def end_of(samples: FloatArray) -> float:
    """Seconds at which the sound of a recording ends."""
    frames = np.abs(samples[: len(samples) // 160 * 160]).reshape(-1, 160).max(axis=1)
    return float(np.nonzero(frames > EDGE * frames.max())[0][-1] + 1) * 0.01


def spotted(courses: list[Course], ends: list[float], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """Recall and latency on recordings of the word that end at ``ends``."""
    found = [course.stops(thresholds) for course in courses]
    latencies = [stops[0] - end for stops, end in zip(found, ends, strict=True) if stops]
    late = np.round(np.quantile(latencies, [0.5, 0.95]), 3).tolist() if latencies else None
    return {"n": len(courses), "spotted": sum(map(bool, found)), "latency_p50_p95": late}


def falsely(courses: list[Course], thresholds: Mapping[str, float]) -> dict[str, Any]:
    """False stops in sound without the word."""
    events = sum(len(course.stops(thresholds)) for course in courses)
    hours = sum(course.seconds for course in courses) / 3600
    return {
        "events": events,
        "hours": round(hours, 3),
        "an hour": round(events / hours, 1),
        "upper 95 % bound": round(upper_bound(events) / hours, 1),
    }


def upper_bound(events: int, confidence: float = 0.95) -> float:
    """The largest mean of a Poisson distribution under which so few events are not too improbable."""
    low, high = 0.0, 10.0 * (events + 5)
    for _ in range(60):
        middle = (low + high) / 2
        logs = (k * math.log(middle) - middle - math.lgamma(k + 1) for k in range(events + 1))
        low, high = (middle, high) if sum(map(math.exp, logs)) > 1 - confidence else (low, middle)
    return high


def commands() -> list[str]:
    """Sentences of the robot's command language that do not ask to stop."""
    sampler = InstructionSampler(np.random.default_rng(0))
    drawn = [sampler.go_to(*sampler.any_thing()) if n % 2 else sampler.motion() for n in range(2 * COMMANDS)]
    texts = [instruction.text for instruction in drawn]
    return [text for text in texts if not any(word in text for word in STOP_WORDS)][:COMMANDS]


def measure(words: Path | None, folders: list[Path], voices: bool) -> dict[str, Any]:
    """Everything, with the thresholds that are set and each word with many."""
    detector, generator = StopWord(), np.random.default_rng(0)
    positive: dict[str, tuple[list[Course], list[float]]] = {}
    negative: dict[str, list[Course]] = {}
    begun, heard = time.process_time(), 0.0

    def courses(sounds: list[FloatArray], around: float = 1.0) -> list[Course]:
        nonlocal heard
        heard += sum(len(sound) / RATE + 2 * around for sound in sounds)
        return [listen(detector, sound, generator, around) for sound in sounds]

    if words is not None:
        for folder in sorted(path for path in words.iterdir() if path.is_dir()):
            sounds = [read_sound(path) for path in sound_files(folder)]
            if folder.name == STOP_WORDS[0]:
                positive["people"] = courses(sounds), [end_of(sound) for sound in sounds]
            else:
                negative.setdefault("other words", []).extend(courses(sounds))
    for folder in folders:
        negative[folder.name] = courses([read_sound(path) for path in sound_files(folder)], around=0.0)
    spent = time.process_time() - begun
    share = spent / heard if heard else None
    if voices:
        for kind, speakers in (("of espeak-ng", MORE_VOICES), ("from recordings", RECORDED_VOICES)):
            for word in STOP_WORDS:
                said = [0.5 * synthesise(word, voice.name, voice.speed, voice.pitch) for voice in speakers]
                positive[f"{word}, voices {kind}"] = courses(said), [end_of(sound) for sound in said]
        speakers = (MORE_VOICES + RECORDED_VOICES) * COMMANDS
        sentences = [
            0.5 * synthesise(text, voice.name, voice.speed, voice.pitch)
            for text, voice in zip(commands(), speakers, strict=False)
        ]
        negative["synthetic commands"] = courses(sentences)

    def judged(thresholds: Mapping[str, float]) -> dict[str, Any]:
        return {
            **{name: spotted(*given, thresholds) for name, given in positive.items()},
            **{name: falsely(given, thresholds) for name, given in negative.items()},
        }

    return {
        "thresholds": THRESHOLDS,
        "share_of_a_core": share,
        "with them": judged(THRESHOLDS),
        "each word": {
            word: {f"{threshold:g}": judged({word: threshold}) for threshold in TRIED} for word in STOP_WORDS
        },
    }


def plot(report: dict[str, Any], path: Path) -> None:
    """The detection curve of "stop": recall against false ones an hour in everything that is no word."""
    recall, false = [], []
    word = STOP_WORDS[0]
    for row in report["each word"][word].values():
        recall.append(row["people"]["spotted"] / row["people"]["n"])
        sounds = [given for name, given in row.items() if "hours" in given and name != "synthetic commands"]
        false.append(sum(given["events"] for given in sounds) / sum(given["hours"] for given in sounds))
    figure, axes = plt.subplots(figsize=(6, 4.2), layout="constrained")
    axes.plot(false, recall, "o-", color="#1f6fb4")
    for threshold, x, y in zip(TRIED, false, recall, strict=True):
        chosen = threshold == report["thresholds"][word]
        if chosen or threshold in (0.3, 0.5, 0.9):
            axes.annotate(
                f"{threshold:g}",
                (x, y),
                (6, -12),
                textcoords="offset points",
                weight="bold" if chosen else None,
            )
    axes.set_xscale("symlog", linthresh=1.0)
    axes.set(xlabel="false stops an hour", ylabel='"stop" spotted', ylim=(0.0, 1.02))
    axes.set_title("Spotting “stop”: unseen people, and sound without it")
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=Path, help="folder of a folder for each word")
    parser.add_argument("--sound", type=Path, nargs="*", default=[], help="folders of sound without the word")
    parser.add_argument("--no-voices", action="store_true", help="leave out the synthetic voices")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    parser.add_argument("--plot", type=Path, help="PNG file to write; needs --words and --sound")
    arguments = parser.parse_args()
    report = measure(arguments.words, arguments.sound, not arguments.no_voices)
    print(json.dumps(report["with them"], indent=1))
    print(f"share of a core: {report['share_of_a_core']}")
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")
    if arguments.plot:
        plot(report, arguments.plot)


if __name__ == "__main__":
    main()

"""How well and how fast the stop words are spotted, and how often they are heard where they are not.

    python benchmarks/stop_word.py [--words FOLDER] [--sound FOLDER ...] [--thresholds 1e-15,1e-20]

``--words`` is a folder of one folder for each word, as Google Speech Commands is laid out: recall on
``stop``, false stops on all others. ``--sound``: folders without stop words; the false stops an hour with
their upper 95 % bound. Synthetic voices give the latency: from the end of the word to its detection, in
time of the stream.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import soundfile

from mm_robot.sim.voices import VOICES, synthesise
from mm_robot.speech.base import RATE
from mm_robot.speech.stop_word import THRESHOLDS, StopWord
from mm_robot.types import FloatArray

BLOCK = 512
EDGE = 0.05
"""The word ends where its level falls below this share of its peak."""


def spot(detector: StopWord, samples: FloatArray, generator: np.random.Generator) -> list[float]:
    """Return the seconds within the samples at which a stop word was reported; silence is put around them."""
    silence = np.zeros(RATE, np.float32)
    sound = np.concatenate([silence, samples, silence])
    sound += generator.normal(0.0, 0.0005, len(sound)).astype(np.float32)
    detector.reset()
    found = [word for i in range(0, len(sound), BLOCK) for word in detector.detect(sound[i : i + BLOCK])]
    return [word.at / RATE - 1.0 for word in found]


def end_of(samples: FloatArray) -> float:
    """Seconds at which the sound of a recording ends."""
    frames = np.abs(samples[: len(samples) // 160 * 160]).reshape(-1, 160).max(axis=1)
    return float(np.nonzero(frames > EDGE * frames.max())[0][-1] + 1) * 0.01


def sounds(folder: Path) -> list[FloatArray]:
    """Read all 16 kHz mono sound files of a folder."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".flac", ".wav"))
    return [soundfile.read(path, dtype="float32")[0] for path in files]


def judge_words(detector: StopWord, folder: Path, generator: np.random.Generator) -> dict[str, object]:
    """Recall on the folder ``stop`` and false stops on the other words."""
    heard: dict[str, tuple[int, int]] = {}
    latencies: list[float] = []
    for word in sorted(path for path in folder.iterdir() if path.is_dir()):
        clips = sounds(word)
        found = [spot(detector, clip, generator) for clip in clips]
        heard[word.name] = (sum(map(bool, found)), len(clips))
        if word.name == "stop":
            latencies = [times[0] - end_of(clip) for times, clip in zip(found, clips, strict=True) if times]
    others = [count for word, count in heard.items() if word != "stop"]
    return {
        "recall": heard["stop"][0] / heard["stop"][1],
        "false": sum(hits for hits, _ in others) / sum(n for _, n in others),
        "latency_p50_p95": np.round(np.quantile(latencies, [0.5, 0.95]), 3).tolist(),
        "heard": heard,
    }


def judge_voices(detector: StopWord, generator: np.random.Generator) -> dict[str, object]:
    """Recall and latency on synthetic voices."""
    report: dict[str, object] = {}
    latencies = []
    for word in THRESHOLDS:
        hits = 0
        for voice in VOICES:
            clip = 0.5 * synthesise(word, voice.name, voice.speed, voice.pitch)
            times = spot(detector, clip, generator)
            hits += bool(times)
            latencies += [times[0] - end_of(clip)] if times else []
        report[word] = f"{hits}/{len(VOICES)}"
    report["latency_p50_p95"] = np.round(np.quantile(latencies, [0.5, 0.95]), 3).tolist()
    return report


def judge_sound(detector: StopWord, folder: Path, generator: np.random.Generator) -> dict[str, object]:
    """False stops in sound without stop words."""
    clips = sounds(folder)
    events = sum(len(spot(detector, clip, generator)) for clip in clips)
    hours = sum(map(len, clips)) / RATE / 3600
    upper = upper_bound(events) / hours
    return {"events": events, "hours": round(hours, 3), "an hour": events / hours, "upper 95 % bound": upper}


def upper_bound(events: int, confidence: float = 0.95) -> float:
    """The largest mean of a Poisson distribution under which so few events are not too improbable."""
    low, high = 0.0, 10.0 * (events + 5)
    for _ in range(60):
        middle = (low + high) / 2
        logs = (k * math.log(middle) - middle - math.lgamma(k + 1) for k in range(events + 1))
        low, high = (middle, high) if sum(map(math.exp, logs)) > 1 - confidence else (low, middle)
    return high


def main() -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--words", type=Path, help="folder of one folder a word, 16 kHz")
    parser.add_argument(
        "--sound", type=Path, nargs="*", default=[], help="folders of sound without stop words"
    )
    parser.add_argument("--thresholds", default="", help="thresholds of 'stop' to compare, by commas")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    report = {}
    for threshold in [float(t) for t in arguments.thresholds.split(",") if t] or [THRESHOLDS["stop"]]:
        detector = StopWord({**THRESHOLDS, "stop": threshold})
        generator = np.random.default_rng(0)
        begun = time.process_time()
        row: dict[str, object] = {"synthetic": judge_voices(detector, generator)}
        if arguments.words:
            row["words"] = judge_words(detector, arguments.words, generator)
        row["sound"] = {folder.name: judge_sound(detector, folder, generator) for folder in arguments.sound}
        row["cpu_seconds"] = round(time.process_time() - begun, 1)
        report[f"{threshold:g}"] = row
        print(f"{threshold:g}", json.dumps(row), flush=True)
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

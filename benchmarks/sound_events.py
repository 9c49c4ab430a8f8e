"""Makes the data of the sound classifier that the package carries, and judges it as a robot hears.

    python benchmarks/sound_events.py prepare esc10 --background FOLDER... --out datasets/sound_events
    mm_robot train config/train/sound_events.yaml
    python benchmarks/sound_events.py judge runs/sound_events/model datasets/sound_events/validation

``esc10`` is laid out as <class>/<fold>-<name>.flac; fold 4 is for judging. The background folders hold speech
and noise without such sounds; five seconds of it at a time make the class ``nothing``, every fourth piece for
judging; each recording to train on stands once more among such background. ``judge`` plays the recordings in
a stream, each after a piece of background, and counts the events: one is right when it is told within its
recording or a second after it, false when it is told anywhere else.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from mm_robot.classification.checkpoint import Classifier
from mm_robot.data.words import read_sound, sound_files
from mm_robot.speech.base import RATE
from mm_robot.speech.sound_events import HOP, NOTHING, SoundEvents
from mm_robot.training.intervals import wilson_interval
from mm_robot.types import FloatArray

JUDGED_FOLD = "4"
SECONDS = 5.0
"""Of a piece of background, as long as the recordings."""
PIECES_OF_A_RECORDING = 8
"""At most, so that a minute of noise does not outweigh the voices."""
PIECES_OF_A_FOLDER = 120
BLOCK = 0.032
LATE = 1.0
"""Seconds after a recording within which its event may still be told."""


def prepare(arguments: argparse.Namespace) -> None:
    """Write ``train`` and ``validation``."""
    background: list[FloatArray] = []
    for place, folder in enumerate(arguments.background):
        for number, piece in enumerate(_pieces(folder)):
            part = "validation" if number % 4 == 3 else "train"
            if part == "train":
                background.append(piece)
            file = arguments.out / part / NOTHING / f"{place}-{number:03}.flac"
            file.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(file, piece, RATE)
    generator = np.random.default_rng(1)
    for folder in sorted(path for path in arguments.recordings.iterdir() if path.is_dir()):
        for file in sound_files(folder):
            part = "validation" if file.name.startswith(f"{JUDGED_FOLD}-") else "train"
            copy = arguments.out / part / folder.name / file.name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if part == "train":
                piece = background[int(generator.integers(len(background)))]
                among = _among(read_sound(file), piece, generator)
                soundfile.write(copy.with_name(f"{copy.stem}-among.flac"), among, RATE)


def _among(sound: FloatArray, background: FloatArray, generator: np.random.Generator) -> FloatArray:
    """A recording that begins or ends within the window, with background 5 to 25 dB below it."""
    length = len(background)
    shift = int(generator.integers(-length // 2, length // 2))
    kept = sound[max(0, -shift) : length - max(0, shift)]
    placed = np.pad(kept, (max(0, shift), 0))
    placed = np.pad(placed, (0, length - len(placed)))
    loudness, level = (float(np.sqrt(np.mean(s**2))) + 1e-6 for s in (sound, background))
    mixed = placed + background * (loudness / level * 10 ** (-generator.uniform(5, 25) / 20))
    return (mixed / max(1.0, float(np.abs(mixed).max()))).astype(np.float32)


def _pieces(folder: Path) -> list[FloatArray]:
    """Five seconds each; recordings that are shorter stand one after another in a piece."""
    length = round(SECONDS * RATE)
    files = sound_files(folder)
    order = np.random.default_rng(0).permutation(len(files))
    pieces: list[FloatArray] = []
    short: list[FloatArray] = []
    for index in order:
        samples = read_sound(files[int(index)])
        whole = [samples[i : i + length] for i in range(0, len(samples) - length + 1, length)]
        pieces += whole[:PIECES_OF_A_RECORDING]
        if not whole:
            short.append(samples)
            if sum(map(len, short)) >= length:
                pieces.append(np.concatenate(short)[:length])
                short = []
        if len(pieces) >= PIECES_OF_A_FOLDER:
            break
    return pieces[:PIECES_OF_A_FOLDER]


def judge(arguments: argparse.Namespace) -> None:
    """Print what is told in a stream, and write it."""
    classifier = Classifier(arguments.model)
    background = [read_sound(file) for file in sound_files(arguments.validation / NOTHING)]
    rows = []
    hits = total = 0
    false: list[str] = []
    seconds = 0.0
    for folder in tqdm(sorted(p for p in arguments.validation.iterdir() if p.name != NOTHING), unit="class"):
        events = SoundEvents(classifier)
        told = 0
        files = sound_files(folder)
        for number, file in enumerate(files):
            before, sound = background[number % len(background)], read_sound(file)
            heard = _told(events, np.concatenate([before, sound, before[: round(LATE * RATE)]]))
            seconds += (len(before) + len(sound)) / RATE + LATE
            begin = len(before) / RATE
            told += any(name == folder.name and at >= begin for name, at in heard)
            false += [name for name, at in heard if name != folder.name or at < begin]
            events.reset()
        hits, total = hits + told, total + len(files)
        rows.append({"class": folder.name, "recordings": len(files), "told": told})
    report = {
        "recordings": total,
        "told": hits,
        "rate": round(hits / total, 4),
        "wilson95": [round(bound, 4) for bound in wilson_interval(hits, total)],
        "false_events": len(false),
        "hours": round(seconds / 3600, 3),
        "classes": rows,
        "background_alone": _alone(classifier, background),
    }
    print(json.dumps(report, indent=1))
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")


def _alone(classifier: Classifier, background: list[FloatArray]) -> dict[str, float]:
    """False events where there is nothing to tell, and what a look costs."""
    sound, began = np.concatenate(background), time.process_time()
    false = len(_told(SoundEvents(classifier), sound))
    seconds = len(sound) / RATE
    look = (time.process_time() - began) * HOP / seconds
    return {"false_events": false, "hours": round(seconds / 3600, 3), "cpu_seconds_a_look": round(look, 4)}


def _told(events: SoundEvents, sound: FloatArray) -> list[tuple[str, float]]:
    """The events, each with the second at which it was told."""
    block = round(BLOCK * RATE)
    told: list[tuple[str, float]] = []
    before = ""
    for first in range(0, len(sound), block):
        for look in events.detect(sound[first : first + block]):
            now = look.name if look.present else ""
            if now and now != before:
                told.append((now, (first + block) / RATE))
            before = now
    return told


def main() -> None:
    """Prepare, or judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    preparing = commands.add_parser("prepare", help="copy and cut recordings")
    preparing.add_argument("recordings", type=Path, help="a folder with a folder for each class")
    preparing.add_argument("--background", type=Path, nargs="+", required=True)
    preparing.add_argument("--out", type=Path, default=Path("datasets/sound_events"))
    preparing.set_defaults(act=prepare)
    judging = commands.add_parser("judge", help="judge a classifier in a stream")
    judging.add_argument("model", type=Path)
    judging.add_argument("validation", type=Path)
    judging.add_argument("--report", type=Path, help="JSON file to write")
    judging.set_defaults(act=judge)
    arguments = parser.parse_args()
    arguments.act(arguments)


if __name__ == "__main__":
    main()

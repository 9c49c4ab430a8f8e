"""How often a wake word is heard, and how often where nobody says it.

    python benchmarks/wake_word.py [--wake-word "hey robot"] [--noise FOLDER --snr 10] [--other FOLDER]

Synthetic voices that no part of hearing was fitted to, of espeak-ng and some made from recordings, say
commands after the wake word and others without it; ``--other`` is a folder of recordings of people who do not
say it. A wake word counts where the recogniser believes a sentence that begins with it.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import numpy as np
from speech_recognition import TASKS, mixed, read_folder

from mm_robot.config import load_config
from mm_robot.safety.wording import after_wake_word
from mm_robot.sim.voices import MORE_VOICES, RECORDED_VOICES, synthesise
from mm_robot.speech.recognisers import load_recogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.training.intervals import wilson_interval
from mm_robot.types import FloatArray

KINDS = {"of espeak-ng": MORE_VOICES, "from recordings": RECORDED_VOICES}


class Listener:
    """Hearing with a wake word, in noise if some is given."""

    def __init__(self, wake_word: str, noise: list[FloatArray], snr: float | None) -> None:
        """Load the chain as it is configured for the speech node."""
        configured = load_config().node("speech")
        self._confidence = configured["confidence"]
        self._recogniser = load_recogniser(wake_word=wake_word)
        self._voice_activity = VoiceActivity(
            judge=configured["voice_activity"], suppression=configured["noise_suppression"]
        )
        self._wake_word, self._noise, self._snr = wake_word, noise, snr
        self._random = np.random.default_rng(0)

    def wakes(self, samples: FloatArray) -> bool:
        """Whether a sound wakes the robot."""
        self._voice_activity.reset()
        sound = mixed(samples, self._noise, self._snr, self._random)
        heard = [self._recogniser.transcribe(u) for u in self._voice_activity.detect(sound)]
        believed = [each.text for each in heard if each.confidence >= self._confidence]
        return any(after_wake_word(text, self._wake_word) is not None for text in believed)


def main() -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--wake-word", default="hey robot", help="(default %(default)s)")
    parser.add_argument("--sentences", type=int, default=4, help="of each voice (default %(default)s)")
    parser.add_argument("--noise", type=Path, help="folder of noise recordings, 16 kHz")
    parser.add_argument("--snr", type=float, help="signal to noise ratio in dB")
    parser.add_argument("--other", type=Path, help="folder of recordings without the wake word, 16 kHz")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    if (arguments.snr is None) != (arguments.noise is None):
        parser.error("give --noise and --snr together")
    noise = [samples for _, samples in read_folder(arguments.noise)] if arguments.noise else []
    listener = Listener(arguments.wake_word, noise, arguments.snr)
    report = {}
    for kind, voices in KINDS.items():
        for name, opening in (("said", f"{arguments.wake_word}, "), ("not said", "")):
            woken = [
                listener.wakes(0.5 * synthesise(opening + text, voice.name, voice.speed, voice.pitch))
                for number, voice in enumerate(voices)
                for text in random.Random(900 + number).sample(TASKS, arguments.sentences)
            ]
            report[f"{name}, voices {kind}"] = woken
    if arguments.other:
        report["not said, other"] = [listener.wakes(sound) for _, sound in read_folder(arguments.other)]
    rows = {name: {"woken": sum(woken), "of": len(woken)} for name, woken in report.items()}
    for name, row in rows.items():
        low, high = wilson_interval(row["woken"], row["of"])
        print(f"{name}: woken by {row['woken']} of {row['of']} ({low:.1%} to {high:.1%})")
    if arguments.report:
        arguments.report.write_text(json.dumps({"snr_db": arguments.snr, **rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()

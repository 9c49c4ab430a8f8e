"""Fits how sure the recogniser is: the weights in ``mm_robot/speech/command_confidence.py``.

    python benchmarks/command_confidence.py --noise FOLDER --other FOLDER [--sentences 12]

Twelve voices of espeak-ng and four of flite say commands, what people asked of robots, and sentences that the
policy is trained on, those of flite above noise, too; of the folder ``--other``, recordings that hold no
command, every second one is taken. Of the sentences that the recogniser weighs, those that were said are told
from the others by a logistic regression, in which each kind of speaker counts as much; it is judged by
leaving out each voice in turn.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from speech_recognition import COMPOSED, SENTENCES, meaning, mixed, read_folder

from mm_robot.model.processor import Processor
from mm_robot.sim.voices import MORE_RECORDED_VOICES, VOICES, synthesise
from mm_robot.speech.base import RNNOISE, SILERO
from mm_robot.speech.command_confidence import Evidence, Weights
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.training.situations import SituationSampler
from mm_robot.training.spoken import as_spoken
from mm_robot.types import FloatArray

RATIOS = {"espeak": (None,), "recorded": (None, 10.0), "people": (None,)}
"""Of speech to noise for each kind of speaker, dB; None without noise. Not those of espeak-ng in noise: there
pocketsphinx, which was made for people, does so badly that it would be trusted too little with them."""
PEOPLE = Path(__file__).parent / "requests" / "people.jsonl"
OTHERS_OF_VOICE = 5
SEED = 6_000_000
BELIEVED = 0.6


def spoken(sentences: int, folder: Path) -> Iterator[tuple[str, str, str, FloatArray]]:
    """The kind of speaker, who speaks, what is said (empty where that is no request), and the sound."""
    people = [json.loads(line)["text"] for line in PEOPLE.read_text().splitlines()]
    sampler = SituationSampler(Processor(), SEED)
    for number, voice in enumerate(VOICES + MORE_RECORDED_VOICES):
        draw = random.Random(5000 + number)
        said = draw.sample(SENTENCES + COMPOSED, sentences) + draw.sample(people, OTHERS_OF_VOICE)
        drawn = (as_spoken(sampler.situation().instruction.text) for _ in itertools.count())
        said += itertools.islice((text for text in drawn if text), OTHERS_OF_VOICE)
        for text in said:
            sound = synthesise(text.replace("meter", "metre"), voice.name, voice.speed, voice.pitch)
            yield ("recorded" if voice in MORE_RECORDED_VOICES else "espeak"), str(voice), text, 0.5 * sound
    for name, sound in read_folder(folder)[::2]:
        yield "people", name.partition("-")[0], "", sound


class Weighed:
    """Sentences that the recogniser weighed, and whether they were said."""

    def __init__(self) -> None:
        """None yet."""
        self._features: list[tuple[float, ...]] = []
        self._right: list[bool] = []
        self._speakers: list[str] = []
        self._kinds: list[str] = []

    def add(self, text: str, evidence: Evidence, said: str, speaker: str, kind: str) -> None:
        """One of them, where somebody said ``said``."""
        self._features.append(evidence.features())
        self._right.append(bool(said) and meaning(text) == meaning(as_spoken(said) or said))
        self._speakers.append(speaker)
        self._kinds.append(kind)

    def fit(self) -> Weights:
        """Tell those that were said from the others; print how well it is told."""
        inputs, wanted = np.array(self._features), np.array(self._right)
        counts = Counter(self._kinds)
        weights = np.array([len(wanted) / len(counts) / counts[kind] for kind in self._kinds])
        regression = LogisticRegression(C=100.0, max_iter=3000)
        left_out = cross_val_predict(
            regression,
            inputs,
            wanted,
            groups=self._speakers,
            cv=LeaveOneGroupOut(),
            method="predict_proba",
            params={"sample_weight": weights},
        )[:, 1]
        believed = left_out >= BELIEVED
        for name, rows in (("right", wanted), ("not right", ~wanted)):
            print(f"{(believed & rows).sum()} of {rows.sum()} that are {name} are believed")
        regression.fit(inputs, wanted, sample_weight=weights)
        bias = round(float(regression.intercept_[0]), 4)
        return Weights(*np.round(regression.coef_[0], 4).tolist(), bias)


def main() -> None:
    """Collect, fit, and print the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--noise", type=Path, required=True, help="folder of noise recordings, 16 kHz")
    parser.add_argument("--other", type=Path, required=True, help="folder of recordings without a command")
    parser.add_argument("--sentences", type=int, default=12, help="of each voice (default %(default)s)")
    arguments = parser.parse_args()
    noise = [samples for _, samples in read_folder(arguments.noise)]
    recogniser, voice_activity = CommandRecogniser(), VoiceActivity(judge=SILERO, suppression=RNNOISE)
    generator = np.random.default_rng(0)
    commands, others = Weighed(), Weighed()
    for kind, speaker, said, sound in spoken(arguments.sentences, arguments.other):
        for ratio in RATIOS[kind]:
            voice_activity.reset()
            for utterance in voice_activity.detect(mixed(sound, noise, ratio, generator)):
                for text, evidence in recogniser.weigh_commands(utterance):
                    commands.add(text, evidence, said, speaker, kind)
                for text, evidence in recogniser.weigh_other(utterance):
                    others.add(text, evidence, said, speaker, kind)
    for name, weighed in (("COMMAND_WEIGHTS", commands), ("OTHER_WEIGHTS", others)):
        print(f"{name} = {weighed.fit()}")


if __name__ == "__main__":
    main()

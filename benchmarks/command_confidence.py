"""Fits how sure the recogniser of commands is: ``WEIGHTS`` of ``mm_robot/speech/command_confidence.py``.

    python benchmarks/command_confidence.py --noise FOLDER --other FOLDER [--sentences 12]

Twelve voices of espeak-ng say commands, and sentences that are none, in quiet and above noise; of the folder
``--other``, recordings that hold no command, every second one is taken. What was recognised rightly is told
from what was not by a logistic regression, which is judged by leaving out each voice in turn.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from speech_recognition import COMPOSED, SENTENCES, meaning, mixed, read_folder

from mm_robot.sim.voices import VOICES, synthesise
from mm_robot.speech.base import RNNOISE, SILERO
from mm_robot.speech.command_confidence import Weights
from mm_robot.speech.recognise import CommandRecogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

RATIOS = (None, 15.0, 10.0)
"""Of speech to noise, dB; None without noise."""
OTHER_SENTENCES = Path(__file__).parent / "requests" / "people.jsonl"
OTHERS_OF_VOICE = 5
BELIEVED = 0.6


def spoken(sentences: int, folder: Path) -> Iterator[tuple[str, str, FloatArray]]:
    """Who speaks, the command that is said (empty for none), and the sound."""
    others = [json.loads(line)["text"] for line in OTHER_SENTENCES.read_text().splitlines()]
    for number, voice in enumerate(VOICES):
        draw = random.Random(5000 + number)
        said = [(text, text) for text in draw.sample(SENTENCES + COMPOSED, sentences)]
        said += [("", text) for text in draw.sample(others, OTHERS_OF_VOICE)]
        for command, text in said:
            sound = synthesise(text.replace("meter", "metre"), voice.name, voice.speed, voice.pitch)
            yield str(voice), command, 0.5 * sound
    for name, sound in read_folder(folder)[::2]:
        yield name.partition("-")[0], "", sound


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
    features, right, speakers = [], [], []
    for speaker, command, sound in spoken(arguments.sentences, arguments.other):
        for ratio in RATIOS:
            voice_activity.reset()
            for utterance in voice_activity.detect(mixed(sound, noise, ratio, generator)):
                text, evidence = recogniser.weigh(utterance)
                if evidence is not None:
                    features.append(evidence.features())
                    right.append(bool(command) and meaning(text) == meaning(command))
                    speakers.append(speaker)
    regression = LogisticRegression(C=100.0, max_iter=1000)
    inputs, wanted = np.array(features), np.array(right)
    left_out = cross_val_predict(
        regression, inputs, wanted, groups=speakers, cv=LeaveOneGroupOut(), method="predict_proba"
    )[:, 1]
    believed = left_out >= BELIEVED
    print(f"of {wanted.sum()} that are right {(believed & wanted).sum()} are believed, of {(~wanted).sum()}")
    print(f"that are not {(believed & ~wanted).sum()}, each voice judged by the others")
    regression.fit(inputs, wanted)
    print(Weights(*np.round(regression.coef_[0], 4).tolist(), round(float(regression.intercept_[0]), 4)))


if __name__ == "__main__":
    main()

"""How well commands are heard: accuracy for each synthetic voice, and false commands in other speech.

    python benchmarks/speech_recognition.py [--sentences 20] [--voices recorded] [--snr 10 --noise FOLDER]
        [--suppression none] [--voice-activity silero] [--other FOLDER] [--recogniser openai/whisper-tiny.en]
        [--confidence 0.5] [--in-view]

Word, sentence and command accuracy (the same act, colour and shape) of the whole chain (noise suppression,
voice activity, recogniser, confidence), for voices of espeak-ng, by twelve of which the confidence was fitted
and twelve others, or for those of flite that were made from recordings of people; ``--other`` counts how many
recordings of a folder that hold no command, without those of the fit, are taken for one. With ``--in-view``
the things that a sentence names are in view, with two of the same colours or shapes, and what was heard is
corrected by that.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np
import soundfile
from text_to_num import alpha2digit

from mm_robot.config import load_config
from mm_robot.sim.voices import MORE_VOICES, RECORDED_VOICES, VOICES, Voice, synthesise
from mm_robot.speech.base import JUDGES, RATE, SUPPRESSIONS
from mm_robot.speech.names_in_view import corrected
from mm_robot.speech.recognisers import COMMANDS, load_recogniser
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

COLOURS = ("red", "green", "blue", "yellow", "orange", "purple", "black", "white")
SHAPES = ("ball", "box", "cylinder", "cone")
WAYS = ("go to", "find", "drive to", "head for")
TASKS = tuple(
    f"{WAYS[(i + j) % 4]} the {colour} {shape}"
    for (i, colour), (j, shape) in itertools.product(enumerate(COLOURS), enumerate(SHAPES))
)
OTHERS = (
    *("go to the red sphere", "find the blue cube", "drive to the green crate", "head for the black drum"),
    *("go to the white barrel", "find the yellow can", "turn left", "turn right", "turn around"),
    *("turn left ninety degrees", "turn right forty five degrees", "turn right by thirty degrees"),
    *("turn by one hundred and eighty degrees", "turn left by sixty degrees", "move forward", "go back"),
    *("drive backward", "move forward one meter", "go forward two meters", "drive back half a meter"),
    *("move back fifty centimeters", "move backward one meter", "drive forward three meters"),
    *("stop", "halt", "freeze", "what do you see"),
)
COMPOSED = (
    *("go to the ball left of the green box", "find the cone right of the blue cylinder"),
    *("drive to the box next to the yellow ball", "go to the nearest cone", "find the biggest box"),
    *("go to the red ball then find the blue box", "follow the yellow ball", "follow the black box slowly"),
    *("go to the white cone then turn around and find the green ball", "go to the orange box slowly"),
    *("turn left ninety degrees then go to the purple cone", "move forward one meter then turn right"),
    *("drive to the farthest cylinder", "head for the smallest cone", "move forward two meters quickly"),
    *("go to the closest ball", "find the green cylinder then go to the red box then turn left"),
)
"""By relation, by size or distance, following, several steps, and how fast."""
SENTENCES = TASKS + OTHERS
SAME = {
    "forwards": "forward",
    "backwards": "backward",
    "back": "backward",
    "ahead": "forward",
    "a": "the",
    "then": "and",
}


def mixed(
    samples: FloatArray, noise: list[FloatArray], ratio: float | None, generator: np.random.Generator
) -> FloatArray:
    """``samples`` with a second of a quiet room around them, above noise by ``ratio`` dB if that is given."""
    sound = np.concatenate([np.zeros(RATE, np.float32), samples, np.zeros(RATE, np.float32)])
    sound += generator.normal(0.0, 0.0005, len(sound)).astype(np.float32)
    if ratio is not None:
        piece = np.zeros(len(sound), np.float32)
        while not piece.any():
            whole = noise[generator.integers(len(noise))]
            whole = np.tile(whole, 1 + len(sound) // len(whole))
            first = int(generator.integers(len(whole) - len(sound) + 1))
            piece = whole[first : first + len(sound)]
        power = np.mean(np.square(samples)) / 10 ** (ratio / 10)
        sound += piece * np.sqrt(power / np.mean(np.square(piece)))
    return sound


class Chain:
    """Hearing without ROS: sound in, the accepted command and the best guess out."""

    def __init__(
        self,
        recogniser: str,
        confidence: float,
        voice_activity: VoiceActivity,
        noise: list[FloatArray],
        snr: float | None,
    ) -> None:
        """Believe from ``confidence`` on; add ``noise`` at ``snr`` dB where that is given."""
        self.recogniser = load_recogniser(recogniser)
        self.voice_activity = voice_activity
        self.confidence = confidence
        self.noise, self.snr = noise, snr
        self.random = np.random.default_rng(0)
        self.seconds = self.sound = 0.0

    def hear(self, samples: FloatArray, in_view: Collection[str] = ()) -> tuple[str, str]:
        """Return the accepted text and the best guess; either may be empty. ``in_view`` are names."""
        sound = mixed(samples, self.noise, self.snr, self.random)
        begun = time.process_time()
        self.voice_activity.reset()
        heard = [self.recogniser.transcribe(u) for u in self.voice_activity.detect(sound)]
        self.seconds += time.process_time() - begun
        self.sound += len(sound) / RATE
        accepted = " ".join(h.text for h in heard if h.confidence >= self.confidence)
        guess = " ".join(h.text for h in heard if h.text)
        return corrected(accepted, in_view), corrected(guess, in_view)


def meaning(sentence: str) -> tuple[str, ...]:
    """Reduce a sentence to what the robot would do: the act with its amount, or the colour and shape.

    Of a composed sentence all words count.
    """
    sentence = alpha2digit(sentence.replace(",", ""), "en", threshold=0)
    words = [
        SAME.get(word, word) for word in sentence.split() if word not in ("please", "robot", "by", "now")
    ]
    if COMPOSING & set(words):
        return tuple(words)
    things = tuple(word for word in words if word in COLOURS or any(word in s.split() for s in SHAPE_WORDS))
    if things and " ".join(words).startswith(REACHING):
        return ("reach", *things)
    return (
        tuple(word for word in words if word not in ("move", "go", "drive")) if not things else tuple(words)
    )


REACHING = ("go", "find", "drive", "head", "look", "move", "search", "approach", "navigate", "come")
COMPOSING = {"and", "follow", "of", "near", "next", "nearest", "closest", "farthest", "biggest"} | {
    *("largest", "smallest", "slowly", "quickly", "carefully", "fast", "beside", "close")
}
SHAPE_WORDS = (*SHAPES, "sphere", "cube", "crate", "block", "drum", "barrel", "can", "pillar", "object")


def word_errors(wanted: str, heard: str) -> int:
    """Count the substitutions, insertions and deletions between two sentences."""
    row = list(range(len(heard.split()) + 1))
    for i, word in enumerate(wanted.split(), 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(heard.split(), 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1]


FIGURES = ("word", "sentence", "command", "wrong command", "object")


CHOICES = {"known": VOICES, "unseen": MORE_VOICES, "recorded": RECORDED_VOICES}


def things_in_view(sentence: str) -> set[str]:
    """The names of the things of a sentence, and for each two more: of its colour, and of its shape."""
    draw = random.Random(sentence)
    words = sentence.split()
    named = [(a, b) for a, b in itertools.pairwise(words) if a in COLOURS and b in SHAPES]
    others = [[(colour, draw.choice(SHAPES)), (draw.choice(COLOURS), shape)] for colour, shape in named]
    return {" ".join(name) for name in itertools.chain(named, *others)}


def judge_voice(chain: Chain, voice: Voice, sentences: list[str], in_view: bool) -> Counter[str]:
    """Speak sentences with a voice; count what is heard, and out of how many."""
    counts: Counter[str] = Counter()
    for sentence in sentences:
        text = sentence.replace("meter", "metre")
        sound = 0.5 * synthesise(text, voice.name, voice.speed, voice.pitch)
        accepted, guess = chain.hear(sound, things_in_view(sentence) if in_view else ())
        same = meaning(accepted) == meaning(sentence)
        words = len(sentence.split())
        counts.update({"word": words - word_errors(sentence, guess), "all word": words})
        counts.update({"sentence": accepted == sentence, "command": same})
        counts.update({"wrong command": bool(accepted) and not same})
        counts.update(dict.fromkeys(("all sentence", "all command", "all wrong command"), 1))
        counts.update({"object": sentence in TASKS and same, "all object": sentence in TASKS})
    return counts


def rates(counts: Counter[str]) -> dict[str, float | None]:
    """Turn counts into shares; None where nothing was counted."""
    return {key: counts[key] / counts[f"all {key}"] if counts[f"all {key}"] else None for key in FIGURES}


def line(name: str, figures: dict[str, float | None]) -> str:
    """Write the figures of a voice as a line of a table."""
    cells = [f"{key} {'-' if value is None else f'{value:.0%}':>4s}" for key, value in figures.items()]
    return f"{name:27s} {'  '.join(cells)}"


def read_folder(folder: Path) -> list[tuple[str, FloatArray]]:
    """Read the 16 kHz mono sound files of a folder, at any depth."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".flac", ".wav"))
    return [(str(path.relative_to(folder)), soundfile.read(path, dtype="float32")[0]) for path in files]


def main() -> None:
    """Measure, print and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=20, help="sentences for each voice, at most 59")
    parser.add_argument(
        "--composed", action="store_true", help="relations, sequences, following and pace only"
    )
    parser.add_argument("--voices", choices=CHOICES, default="unseen", help="(default %(default)s)")
    parser.add_argument(
        "--suppression",
        choices=SUPPRESSIONS,
        default=load_config().node("speech")["noise_suppression"],
        help="how noise is taken out (default %(default)s)",
    )
    parser.add_argument(
        "--voice-activity",
        choices=JUDGES,
        default=load_config().node("speech")["voice_activity"],
        help="how speech is told from other sound (default %(default)s)",
    )
    parser.add_argument("--noise", type=Path, help="folder of noise recordings, 16 kHz")
    parser.add_argument("--snr", type=float, help="signal to noise ratio in dB")
    parser.add_argument("--other", type=Path, help="folder of recordings that hold no command, 16 kHz")
    parser.add_argument(
        "--recogniser", default=COMMANDS, help="as the parameter of the speech node (default %(default)s)"
    )
    parser.add_argument(
        "--confidence",
        type=float,
        default=load_config().node("speech")["confidence"],
        help="from which a sentence is believed (default %(default)s)",
    )
    parser.add_argument("--in-view", action="store_true", help="correct what was heard by what is in view")
    parser.add_argument("--report", type=Path, help="JSON file to write")
    arguments = parser.parse_args()
    if (arguments.snr is None) != (arguments.noise is None):
        parser.error("give --noise and --snr together")
    noise = [samples for _, samples in read_folder(arguments.noise)] if arguments.noise else []
    voice_activity = VoiceActivity(judge=arguments.voice_activity, suppression=arguments.suppression)
    chain = Chain(arguments.recogniser, arguments.confidence, voice_activity, noise, arguments.snr)
    choice = COMPOSED if arguments.composed else SENTENCES
    total: Counter[str] = Counter()
    voices = {}
    for number, voice in enumerate(CHOICES[arguments.voices]):
        sentences = random.Random(number).sample(choice, min(arguments.sentences, len(choice)))
        counts = judge_voice(chain, voice, sentences, arguments.in_view)
        voices[str(voice)] = rates(counts)
        print(line(str(voice), voices[str(voice)]), flush=True)
        total += counts
    print(line("all voices", rates(total)))
    report: dict[str, object] = {"snr_db": arguments.snr, "voices": voices, "all": rates(total)}
    report["real_time_factor"] = round(chain.seconds / chain.sound, 3)
    print(f"real-time factor {chain.seconds / chain.sound:.3f}")
    if arguments.other:
        heard = [(name, chain.hear(samples)[0]) for name, samples in read_folder(arguments.other)[1::2]]
        false = {name: text for name, text in heard if text}
        report["other"] = {"recordings": len(heard), "taken for a command": len(false), "heard": false}
        print(report["other"])
    if arguments.report:
        arguments.report.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

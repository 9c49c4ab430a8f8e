"""``mm_robot listen``: show what the hearing chain makes of a sound, stage by stage, with times."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from mm_robot.config import load_config
from mm_robot.devices.sound_file import load_sound
from mm_robot.devices.sound_input import SoundInput
from mm_robot.errors import InputError
from mm_robot.speech.base import RATE
from mm_robot.speech.decision import Act
from mm_robot.speech.grammar import read_grammar
from mm_robot.speech.hearing import Heard, Hearing
from mm_robot.speech.recognisers import COMMANDS
from mm_robot.speech.stream import Stream

DESCRIPTION = "show what the robot's ear makes of a sound file or a microphone"
BLOCK_SECONDS = 0.05
CONSEQUENCES = {
    Act.STOP: "the robot is stopped",
    Act.INSTRUCT: "becomes an instruction",
    Act.NOTHING: "is not acted upon",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", help="a sound file (WAV, FLAC, OGG)")
    source.add_argument(
        "--device", metavar="NAME", help="listen to a microphone until Ctrl-C; 'default' for the default one"
    )
    parser.add_argument("--grammar", type=Path, help="a JSGF grammar of your own")
    parser.add_argument(
        "--recogniser",
        default=COMMANDS,
        help="commands, or a model of transformers by folder or name (default %(default)s)",
    )
    parser.add_argument(
        "--wake-word", default="", help="words that a sentence has to begin with (default: none)"
    )
    parser.add_argument(
        "--confidence", type=float, help="confidence from which a sentence is believed (default: the node's)"
    )
    parser.add_argument("--report", type=Path, help="JSON file for what was heard")


def run(arguments: argparse.Namespace) -> int:
    """Listen."""
    confidence = arguments.confidence
    if confidence is None:
        confidence = load_config().node("speech")["confidence"]
    if not 0 <= confidence <= 1:
        raise InputError(f"--confidence must be from 0 to 1, got {confidence:g}")
    grammar = read_grammar(arguments.grammar) if arguments.grammar else None
    hearing = Hearing(confidence, grammar, arguments.recogniser, wake_word=arguments.wake_word)
    heard: list[Heard] = []
    try:
        for each in _file(hearing, arguments.file) if arguments.file else _device(hearing, arguments.device):
            print(line(each), flush=True)
            heard.append(each)
    except KeyboardInterrupt:
        print()
    if not heard:
        print("nothing was heard: no voice, or too quiet")
    if arguments.report:
        rows = [{**asdict(each), "act": each.act.value} for each in heard]
        arguments.report.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def line(heard: Heard) -> str:
    """What was heard, in one line."""
    if not heard.seconds:
        return f"{heard.ended:7.2f} s            stop word “{heard.text}”: {CONSEQUENCES[heard.act]}"
    text = f"“{heard.text}” {heard.confidence:.0%}" if heard.text else "a voice, but nothing understood"
    return (
        f"{heard.started:7.2f} to {heard.ended:6.2f} s  {text}: {CONSEQUENCES[heard.act]}"
        f"  (recognised in {heard.seconds:.2f} s)"
    )


def _file(hearing: Hearing, path: Path) -> Iterator[Heard]:
    yield from hearing.listen(load_sound(path, RATE).astype(np.float32) / np.float32(32768))


def _device(hearing: Hearing, name: str) -> Iterator[Heard]:
    microphone = SoundInput("" if name == "default" else name, BLOCK_SECONDS)
    print(f"listening to {microphone.name}; Ctrl-C ends it", flush=True)
    stream = Stream()
    try:
        while True:
            piece = microphone.read()
            samples, _ = stream.add(piece.samples, microphone.rate, 0.0, piece.missing)
            yield from hearing.take(samples)
    finally:
        microphone.close()

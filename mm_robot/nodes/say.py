"""``mm_robot say``: speak into a running robot, with a synthetic voice or a recording."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rclpy
from rclpy.node import Node
from std_msgs.msg import Int16MultiArray

from mm_robot.devices.sound_blocks import to_int16
from mm_robot.devices.sound_file import load_sound
from mm_robot.errors import InputError
from mm_robot.ros.convert import AudioBlock, audio_to_message
from mm_robot.ros.qos import offered
from mm_robot.sim.voices import DEFAULT_VOICE, synthesise
from mm_robot.types import FloatArray

DESCRIPTION = "Speak into a running robot: publish synthesised or recorded speech as its microphone would."
RATE = 16000
BLOCK = 0.032
SILENCE_BEFORE = 0.5
SILENCE_AFTER = 1.0
LISTENER_WITHIN = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="the sentence to speak")
    what.add_argument("--wav", type=Path, metavar="FILE", help="play this recording instead (WAV, FLAC, OGG)")
    parser.add_argument(
        "--voice", default=DEFAULT_VOICE.name, help="voice of espeak-ng (default: %(default)s)"
    )
    parser.add_argument(
        "--speed", type=int, default=DEFAULT_VOICE.speed, help="words a minute (default: %(default)s)"
    )
    parser.add_argument(
        "--pitch", type=int, default=DEFAULT_VOICE.pitch, help="0 to 99 (default: %(default)s)"
    )
    parser.add_argument("--topic", default="audio", help="topic to publish on (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Speak.

    Raises:
        InputError: the voice, the file or the topic is wrong, or nobody listens.
    """
    if arguments.wav is not None:
        samples = read_wav(arguments.wav, RATE)
    else:
        samples = synthesise(arguments.text, arguments.voice, arguments.speed, arguments.pitch, RATE)
    rclpy.init()
    try:
        node = Node("say")
        speak(node, samples, RATE, arguments.topic)
    finally:
        rclpy.try_shutdown()
    return 0


def read_wav(file: Path, rate: int) -> FloatArray:
    """Read a recording in mono at ``rate`` Hz, [N] float32 in [-1, 1].

    Raises:
        InputError: the file cannot be read or holds no sound.
    """
    return load_sound(file, rate).astype(np.float32) / np.float32(32768)


def speak(node: Node, samples: FloatArray, rate: int = RATE, topic: str = "audio") -> float:
    """Publish sound at real time, with silence before and after it, as soon as somebody listens.

    Args:
        node: any node; it need not spin.
        samples: [N] float32 in [-1, 1] at ``rate`` Hz.
        rate: samples a second.
        topic: where to publish.

    Returns:
        The monotonic time at which the last of the samples was due, s: the end of the speech.

    Raises:
        InputError: the topic's name is wrong, or nobody listens within 10 s.
    """
    try:
        publisher = node.create_publisher(Int16MultiArray, topic, offered("stream"))
    except Exception as error:  # rclpy has a kind of its own for each way in which a name can be wrong
        reason = str(error).splitlines()[0]
        raise InputError(f"topic: given {topic!r}, which is no topic name ({reason})") from None
    try:
        _wait_for_listener(lambda: publisher.get_subscription_count() > 0, publisher.topic_name)
        before = np.zeros(round(SILENCE_BEFORE * rate), np.float32)
        after = np.zeros(round(SILENCE_AFTER * rate), np.float32)
        sound = to_int16(np.concatenate([before, samples, after]))
        length = round(BLOCK * rate)
        began = time.monotonic()
        for index in range(0, len(sound), length):
            block = sound[index : index + length, None]
            due = began + (index + len(block)) / rate
            time.sleep(max(0.0, due - time.monotonic()))
            publisher.publish(audio_to_message(AudioBlock(block, rate, index)))
        return began + (len(before) + len(samples)) / rate
    finally:
        node.destroy_publisher(publisher)


def _wait_for_listener(heard: Callable[[], bool], topic: str) -> None:
    end = time.monotonic() + LISTENER_WITHIN
    while not heard():
        if time.monotonic() > end:
            raise InputError(
                f"nobody listens to {topic}; start the robot with mm_robot bringup, or give its --topic"
            )
        time.sleep(0.02)

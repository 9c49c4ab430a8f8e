"""The ear: letters become words, words become vectors; what is said is carried out like what is written."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import torch

from mm_robot.errors import InputError
from mm_robot.model.ear import ALPHABET, BLANK, Ear, read_letters, shares_of
from mm_robot.model.fused_policy import FusedPolicy
from mm_robot.model.policy import load_policy
from mm_robot.sim.voices import synthesise
from mm_robot.types import Observation, RobotState, Skill, TaskState

speaks = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="no voice: sudo apt install espeak-ng")


def letters(text: str) -> torch.Tensor:
    """``text`` as sure letters, with ``_`` for the blank."""
    classes = [BLANK if c == "_" else ALPHABET.index(c) for c in text]
    return torch.nn.functional.one_hot(torch.tensor(classes), BLANK + 1).float()


@pytest.mark.parametrize(
    ("frames", "text", "spans"),
    [
        ("__", "", []),
        ("ggoo", "go", [(0, 2)]),
        ("_b_al_l__", "ball", [(1, 6)]),
        ("be_ee", "bee", [(0, 3)]),
        ("  a_ _b ", "a b", [(2, 2), (6, 6)]),
    ],
)
def test_letters_are_read_as_words(frames: str, text: str, spans: list[tuple[int, int]]) -> None:
    assert read_letters(letters(frames)) == (text, spans)


def test_each_word_has_its_share_of_the_frames() -> None:
    shares = shares_of([[(0, 1), (4, 4)], [(2, 3)]], 6)
    assert shares.shape == (2, 2, 6)
    assert shares.sum(-1).tolist() == [[1.0, 1.0], [1.0, 0.0]]
    assert shares[0, 0].tolist() == [0.5, 0.5, 0, 0, 0, 0]


def test_a_sound_becomes_as_many_vectors_as_words_and_two_ends() -> None:
    torch.manual_seed(0)
    ear = Ear(32).eval()
    text, vectors = ear.listen(torch.randn(16_000))
    assert vectors.shape == (1, len(text.split()) + 2, 32)


def test_nothing_is_heard_in_silence() -> None:
    policy = load_policy()
    assert isinstance(policy, FusedPolicy)
    assert policy.listen(np.zeros(16_000, np.float32)) == ""


@speaks
@pytest.mark.parametrize(
    ("said", "skill"),
    [
        ("go to the red ball", Skill.GO_TO),
        ("turn left", Skill.TURN),
        ("move forward two metres", Skill.MOVE),
        ("what do you see", Skill.DESCRIBE),
    ],
)
def test_a_spoken_sentence_is_carried_out_like_a_written_one(said: str, skill: Skill) -> None:
    policy = load_policy()
    assert isinstance(policy, FusedPolicy)
    sound = 0.5 * np.pad(synthesise(said, "en-us", 150, 50), 4000)
    heard = policy.listen(sound)
    image = np.full((480, 640, 3), 90, np.uint8)
    decision = policy.decide(Observation(image, heard, RobotState(), TaskState(), 0.0))
    assert decision.skill is skill


def test_a_policy_without_an_ear_says_so() -> None:
    policy = load_policy()
    assert isinstance(policy, FusedPolicy)
    policy.model.ear = None
    with pytest.raises(InputError, match="does not hear"):
        policy.listen(np.zeros(16_000, np.float32))

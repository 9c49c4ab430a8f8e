"""What every policy is: one method that starts a task and one that takes a decision."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from mm_robot.types import Decision, FloatArray, Observation

ACTION_PERIOD = 0.1
"""Seconds that each row of an action chunk is meant to last."""


class Policy(Protocol):
    """A thing that drives: the fused language model, or anything that stands in its place."""

    def reset(self, instruction: str) -> None:
        """Start a task."""

    def decide(self, observation: Observation) -> Decision:
        """Take one decision."""


@runtime_checkable
class ListeningPolicy(Policy, Protocol):
    """A policy that hears the sound itself."""

    def listen(self, sound: FloatArray) -> str:
        """Start a task by a spoken sentence [N] at 16 kHz; the words heard, empty where there are none."""


def load_policy(source: str = "embedded", threads: int = 1, device: str = "cpu") -> Policy:
    """Load a policy from a checkpoint folder, or the one embedded in the package.

    Raises:
        CheckpointError: the folder or one of its files is missing, altered or of another kind;
            the message names the file and the fix.
    """
    from mm_robot.model.checkpoint import load_checkpoint

    return load_checkpoint(checkpoint_folder(source), threads=threads, device=device)


def checkpoint_folder(source: str) -> Path:
    """The folder that a policy's name stands for; ``embedded`` is the one in the package."""
    return Path(__file__).parent.parent / "assets" / "policy" if source == "embedded" else Path(source)

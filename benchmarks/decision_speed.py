"""How long policies take to decide and to read a sentence, on each device.

    python benchmarks/decision_speed.py [POLICY ...] [--devices cpu cuda] [--threads 1] [--frames 100]

Each frame is decided upon by every policy on every device in turn. The first policy on the first device is
the one that the others are compared with: how many times faster they are, and how far their velocities are
from its own.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import NamedTuple

import numpy as np
import torch

from mm_robot.data.generate import random_pose
from mm_robot.model.checkpoint import load_checkpoint
from mm_robot.model.fused_policy import FusedPolicy
from mm_robot.model.policy import checkpoint_folder
from mm_robot.sim.scene import random_room
from mm_robot.sim.world import World
from mm_robot.training.placement import chosen_device
from mm_robot.types import FloatArray, Observation, TaskState

ROOM = 950_000
SENTENCES = (
    "go to the red ball",
    "go to the red ball, then turn round and find the blue box",
    "have a look at the thing left of the yellow cone, slowly please",
)
WARM_UP = 10


class Times(NamedTuple):
    """ms to read the sentence and to decide, and the velocities."""

    read: float
    decide: float
    actions: FloatArray


def frames(count: int) -> list[Observation]:
    """What a robot sees that stands anywhere in a room."""
    world = World(random_room(ROOM, distractors=5))
    generator = np.random.default_rng(ROOM)
    seen = []
    try:
        for number in range(count):
            world.place_robot(*random_pose(world.room, generator))
            sentence = SENTENCES[number * len(SENTENCES) // count]
            seen.append(Observation(world.render(), sentence, world.robot_state(), TaskState(), 0.0))
    finally:
        world.close()
    return seen


def timed(policy: FusedPolicy, observation: Observation) -> Times:
    """Let it read the sentence and decide. What it returns is on the host, so that the GPU is done."""
    policy.reset("")
    started = time.perf_counter()
    policy.reset(observation.instruction)
    has_read = time.perf_counter()
    actions = policy.decide(observation).actions
    return Times(1000 * (has_read - started), 1000 * (time.perf_counter() - has_read), actions)


def shown(name: str, times: list[Times], first: list[Times]) -> str:
    """Medians and 95th percentiles, and what they are beside the first."""
    decide, read = ([getattr(t, what) for t in times] for what in ("decide", "read"))
    faster = statistics.median(a.decide / b.decide for a, b in zip(first, times, strict=True))
    off = statistics.median(
        float(np.abs(a.actions - b.actions).max()) for a, b in zip(first, times, strict=True)
    )
    return (
        f"{name}: a decision {np.median(decide):.1f} ms (p95 {np.percentile(decide, 95):.1f}), "
        f"{faster:.2f} times as fast; a sentence {np.median(read):.1f} ms; velocities off by {off:.4f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("policies", nargs="*", metavar="POLICY", default=["embedded"])
    parser.add_argument("--devices", nargs="+", default=["cpu"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--frames", type=int, default=100)
    arguments = parser.parse_args()
    policies = {
        f"{policy} on {device}": load_checkpoint(
            checkpoint_folder(policy), arguments.threads, str(chosen_device(device))
        )
        for policy in arguments.policies
        for device in arguments.devices
    }
    times: dict[str, list[Times]] = {name: [] for name in policies}
    for number, observation in enumerate(frames(WARM_UP + arguments.frames)):
        for name, policy in policies.items():
            taken = timed(policy, observation)
            if number >= WARM_UP:
                times[name].append(taken)
    for name, taken_by in times.items():
        print(shown(name, taken_by, next(iter(times.values()))))
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    print(f"{arguments.frames} frames, {arguments.threads} threads, {gpu}, torch {torch.__version__}")


if __name__ == "__main__":
    main()

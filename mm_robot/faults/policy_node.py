"""The driving node with a policy that misbehaves on command: ``python -m mm_robot.faults.policy_node``.

It is the driving node as it is, given another policy to load. ``faults/model`` says what the model does from
the next decision on (a name in ``FAULTS``, an empty text for nothing wrong, or ``drive V W`` for what the
stand-in proposes in m/s and rad/s); ``faults/began`` tells when a decision began to go wrong, in monotonic s,
which are the same in every process of a machine. The parameter ``policy`` names what misbehaves: ``stand-in``
for one that drives straight on without a model, or a checkpoint as everywhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from std_msgs.msg import String

from mm_robot.model.policy import Policy, load_policy
from mm_robot.nodes.policy import PolicyNode
from mm_robot.ros.node import spin
from mm_robot.ros.qos import asked, offered
from mm_robot.types import Decision, Observation, Skill

STAND_IN = "stand-in"
STEPS = 5
OBEYED = "obeyed "
"""Before the name of a fault that decisions have from now on."""
HANG_SECONDS = 10.0
PONDER_SECONDS = 0.25
"""How long a model takes that is slow, but not too slow to drive by."""


class StandIn:
    """A policy that drives as it is told, whatever it sees."""

    def __init__(self) -> None:
        """Stand."""
        self.velocity = (0.0, 0.0)

    def reset(self, instruction: str) -> None:
        """Start a task."""

    def decide(self, observation: Observation) -> Decision:
        """Drive."""
        return Decision(actions=np.tile(np.array(self.velocity, np.float32), (STEPS, 1)), skill=Skill.MOVE)


class FaultyPolicy:
    """A policy around another one; ``fault`` names how its next decisions go wrong."""

    def __init__(self, policy: Policy, began: Callable[[str], None]) -> None:
        """Wrap a policy; ``began`` is told of each decision that goes wrong, as it begins."""
        self.fault = ""
        self._policy = policy
        self._began = began

    def reset(self, instruction: str) -> None:
        """Start a task."""
        self._policy.reset(instruction)

    def decide(self, observation: Observation) -> Decision:
        """Take a decision, or fail to."""
        fault = self.fault
        if not fault:
            return self._policy.decide(observation)
        self._began(fault)
        return FAULTS[fault](self._policy.decide, observation)


Decide = Callable[[Observation], Decision]


def _raise(_decide: Decide, _observation: Observation) -> Decision:
    raise RuntimeError("the model raises, as it was told to")


def _run_out_of_memory(_decide: Decide, _observation: Observation) -> Decision:
    bytearray(1 << 60)
    raise AssertionError("this machine has an exabyte of memory")


def _run_out_of_torch_memory(_decide: Decide, _observation: Observation) -> Decision:
    torch.zeros(1 << 57, dtype=torch.float32)
    raise AssertionError("this machine has an exabyte of memory")


def _run_out_of_gpu_memory(_decide: Decide, _observation: Observation) -> Decision:
    raise torch.OutOfMemoryError("CUDA out of memory, as it was told to be")


def _hang(decide: Decide, observation: Observation) -> Decision:
    time.sleep(HANG_SECONDS)
    return decide(observation)


def _ponder(decide: Decide, observation: Observation) -> Decision:
    time.sleep(PONDER_SECONDS)
    return decide(observation)


def _with(actions: Any) -> Callable[[Decide, Observation], Decision]:
    def wrong(decide: Decide, observation: Observation) -> Decision:
        decision = decide(observation)
        return replace(decision, actions=actions(np.asarray(decision.actions)))

    return wrong


FAULTS: dict[str, Callable[[Decide, Observation], Decision]] = {
    "raises": _raise,
    "memory": _run_out_of_memory,
    "torch memory": _run_out_of_torch_memory,
    "gpu memory": _run_out_of_gpu_memory,
    "hangs": _hang,
    "ponders": _ponder,
    "nan": _with(lambda actions: np.full_like(actions, np.nan)),
    "one nan": _with(lambda actions: np.vstack([actions[:-1], [[np.nan, 0.0]]])),
    "inf": _with(lambda actions: np.full_like(actions, np.inf)),
    "huge": _with(lambda actions: np.full_like(actions, 1e30)),
    "shape": _with(lambda actions: actions.reshape(-1)),
    "empty": _with(lambda actions: actions[:0]),
    "words": _with(lambda actions: "full speed ahead"),
}
"""Name -> a decision that goes wrong."""


class FaultyPolicyNode(PolicyNode):
    """The driving node, whose policy obeys ``faults/model``."""

    def __init__(self) -> None:
        """Make the node."""
        self._stand_in = StandIn()
        self._faulty = FaultyPolicy(self._stand_in, self._tell)
        super().__init__(self._load_faulty)
        self._told = self.create_publisher(String, "faults/began", offered("reliable"))
        self.create_subscription(String, "faults/model", self._obey, asked("reliable"))

    def _load_faulty(self, source: str, threads: int, device: str) -> Policy:
        inner = self._stand_in if source == STAND_IN else load_policy(source, threads, device)
        self._faulty = FaultyPolicy(inner, self._tell)
        return self._faulty

    def _obey(self, message: String) -> None:
        words = message.data.split()
        if words[:1] == ["drive"]:
            self._stand_in.velocity = (float(words[1]), float(words[2]))
        else:
            self._faulty.fault = message.data
            self._tell(OBEYED + message.data)

    def _tell(self, fault: str) -> None:
        self._told.publish(String(data=json.dumps({"fault": fault, "at": time.monotonic()})))


def main() -> None:
    """Run the node."""
    spin(FaultyPolicyNode)


if __name__ == "__main__":
    main()

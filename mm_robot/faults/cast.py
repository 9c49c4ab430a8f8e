"""The processes under test: nodes as the bringup starts and watches over them, the driving one with a policy
that misbehaves on command.

``python -m mm_robot.faults.cast '{"nodes": […], …}'`` runs them until it is interrupted.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from mm_robot.bringup import describe
from mm_robot.environment import process_variables
from mm_robot.supervisor import Command, end_with_parent, supervise

PRODUCT = "mm_robot.nodes."
FAULTY = "mm_robot.faults.policy_node"
END_WITHIN = 20.0


@dataclass(frozen=True)
class Cast:
    """Which nodes play, with which policy, in which namespace; ``parameters`` override the configuration."""

    nodes: Sequence[str]
    policy: str
    namespace: str = "/"
    simulator: bool = False
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def commands(self, folder: Path) -> list[Command]:
        """What the supervisor runs; a parameter file is written into the folder."""
        file = folder / f"parameters{self.namespace.replace('/', '_')}.yaml"
        sections = {f"/**/{node}": {"ros__parameters": dict(own)} for node, own in self.parameters.items()}
        file.write_text(yaml.safe_dump(sections))
        described = describe(
            {
                "sim": str(self.simulator).lower(),
                "namespace": self.namespace,
                "params_file": str(file) if sections else "",
                "policy": self.policy,
                "microphone": "false",
            }
        )
        commands = []
        for node in described:
            if node.name in self.nodes:
                line = node.command()
                if node.name == "safety_gate":
                    line += ["-p", "armed_at_start:=true"]
                if node.name == "policy":
                    line[line.index(PRODUCT + "policy")] = FAULTY
                commands.append(Command(node.name, line, node.respawn))
        return commands


class Troupe:
    """A running cast."""

    def __init__(self, cast: Cast, log: Path) -> None:
        """Start the processes; what they print goes to the end of ``log``."""
        with log.open("a") as file:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "mm_robot.faults.cast", json.dumps(asdict(cast)), str(log.parent)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def nodes(self) -> dict[str, int]:
        """The nodes that run: name -> process ID."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (folder / "cmdline").read_text().split("\0")
            except (OSError, ValueError):
                continue
            if parent != self._process.pid or command[1:2] != ["-m"]:
                continue
            if command[2] == FAULTY:
                found["policy"] = int(folder.name)
            elif command[2].startswith(PRODUCT):
                found[command[2].removeprefix(PRODUCT)] = int(folder.name)
        return found

    def end(self) -> None:
        """End all of them."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def memory(process: int) -> float:
    """What a process holds in memory, MB; the peak is ``memory_peak``."""
    return _from_status(process, "VmRSS")


def memory_peak(process: int) -> float:
    """The most that a process has held in memory, MB."""
    return _from_status(process, "VmHWM")


def age(process: int) -> float:
    """Seconds since a process was started."""
    ticks = int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / 100.0


def _from_status(process: int, key: str) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(
        supervise(
            Cast(**json.loads(sys.argv[1])).commands(Path(sys.argv[2])),
            process_variables(),
            last="safety_gate",
        )
    )

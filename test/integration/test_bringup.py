"""The bringup as a user starts it: real processes, one of them killed, all ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from geometry_msgs.msg import TwistStamped
from probe import Probe
from sensor_msgs.msg import Image


class Bringup:
    """``mm_robot bringup`` with its output and its child processes."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mm_robot.cli", "bringup", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def nodes(self) -> dict[str, int]:
        """The nodes that run: name -> process ID."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (folder / "cmdline").read_text().split("\0")
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and command[2:3] and command[2].startswith("mm_robot.nodes."):
                found[command[2].removeprefix("mm_robot.nodes.")] = int(folder.name)
        return found

    def end(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(25.0)
        self._reader.join(5.0)
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))


@pytest.fixture
def simulated(ros_domain: int) -> Iterator[Bringup]:
    bringup = Bringup("--sim", "--namespace", "/one")
    yield bringup
    bringup.end()


def test_nodes_come_up_a_killed_one_comes_back_and_ctrl_c_ends_all(simulated: Bringup, probe: Probe) -> None:
    commands = probe.collect(TwistStamped, "one/cmd_vel")
    images = probe.collect(Image, "one/image_raw", "sensor")
    probe.wait(lambda: len(commands) > 10 and len(images) > 3, 40.0, "commands and images")
    expected = {"safety_gate", "simulator", "policy", "speech"}
    probe.wait(lambda: set(simulated.nodes()) == expected, 10.0, "the nodes, and no others")
    nodes = simulated.nodes()

    os.kill(nodes["safety_gate"], signal.SIGKILL)
    probe.wait(
        lambda: "safety_gate was killed by SIGKILL" in simulated.output, 10.0, "its death to be noticed"
    )
    before = len(commands)
    probe.wait(lambda: len(commands) > before + 10, 20.0, "the gate to publish again")

    nodes = simulated.nodes()
    assert simulated.end() == 0
    assert not [name for name, number in nodes.items() if Path(f"/proc/{number}").exists()]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--namespace", "a b"], "letters, digits and _"),
        (["--params-file", "/nowhere.yaml"], "/nowhere.yaml: cannot be read"),
        (["--log-level", "loud"], "one of debug, info, warn, error, fatal"),
    ],
)
def test_a_wrong_argument_is_one_line_and_exit_status_2(arguments: list[str], message: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mm_robot.cli", "bringup", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        env=dict(os.environ),
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1

"""Real nodes as processes, and a partner that talks to them, on a ROS domain of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("rclpy", reason="rclpy is not installed")

from gate_rig import Rig  # noqa: E402
from node_process import NodeProcess  # noqa: E402
from probe import Probe, Repeater  # noqa: E402
from pulse_audio import PulseAudio  # noqa: E402

from mm_robot.environment import process_variables  # noqa: E402
from mm_robot.ros.domain import private_domain


@pytest.fixture(scope="session")
def ros_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A ROS domain ID that nobody on this machine uses, in force for the session and its child processes."""
    before = dict(os.environ)
    with private_domain() as domain:
        home = str(tmp_path_factory.mktemp("ros_home"))
        os.environ.update(process_variables(), ROS_DOMAIN_ID=str(domain), ROS_HOME=home)
        yield domain
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def start_node(ros_domain: int) -> Iterator[Callable[..., NodeProcess]]:
    """``start_node(name, parameters, remaps, namespace)`` starts a process that ends with the test."""
    running: list[NodeProcess] = []

    def start(*arguments: object, **keywords: object) -> NodeProcess:
        running.append(NodeProcess(*arguments, **keywords))  # type: ignore[arg-type]
        return running[-1]

    yield start
    for process in running:
        process.stop()


@pytest.fixture
def probe(ros_domain: int) -> Iterator[Probe]:
    """A node of the test's own, spinning in the background."""
    with Probe(ros_domain) as partner:
        yield partner


@pytest.fixture
def rig(probe: Probe, start_node: Callable[..., NodeProcess]) -> Iterator[Rig]:
    """A safety gate that is armed, with a scan and a policy made for the test."""
    running = Rig(probe, start_node("safety_gate", {"armed_at_start": True}))
    with Repeater(running.tick, 0.05):
        yield running


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PulseAudio]:
    """A PulseAudio server whose only input hears what is played to its only output."""
    for program in ("pulseaudio", "pactl", "paplay"):
        if shutil.which(program) is None:
            pytest.skip(
                f"{program} is not installed; apt install pulseaudio pulseaudio-utils libasound2-plugins"
            )
    server = PulseAudio(tmp_path)
    server.start()
    for key, value in server.environment.items():
        if key != "HOME":
            monkeypatch.setenv(key, value)
    try:
        yield server
    finally:
        server.stop()

"""The stage of a demonstration: the real nodes as processes of their own, on a ROS domain of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rclpy
import yaml
from rclpy.context import Context

from mm_robot.demo.watcher import Watcher, is_error
from mm_robot.environment import process_variables
from mm_robot.ros.domain import private_domain

NODES = ("simulator", "safety_gate", "speech", "policy")
READY_WITHIN = 120.0
END_WITHIN = 15.0


class StageError(RuntimeError):
    """The nodes did not come up; the message is one line and names the fix where one is known."""


@contextmanager
def stage(
    parameters: Mapping[str, Mapping[str, Any]], log: Path, tell: Callable[[str], None]
) -> Iterator[Watcher]:
    """Start the nodes, wait until all of them work, and end them afterwards.

    Args:
        parameters: node name -> parameters that override its configuration.
        log: file for what the nodes print.
        tell: called with a line whenever there is progress to tell.

    Raises:
        StageError: a node does not come up.
    """
    with private_domain() as domain, _environment(domain), tempfile.TemporaryDirectory() as folder:
        tell(f"Starting {', '.join(NODES)} on ROS domain {domain} (log: {log})")
        overrides = Path(folder) / "parameters.yaml"
        sections = {f"/**/{node}": {"ros__parameters": dict(own)} for node, own in parameters.items()}
        overrides.write_text(yaml.safe_dump(sections))
        with log.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "mm_robot.cli", "bringup", "--sim", "--params-file", str(overrides)],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            context = Context()
            try:
                rclpy.init(context=context, domain_id=domain)
                watcher = Watcher(context)
                try:
                    _wait_until_ready(watcher, process, log, tell)
                    yield watcher
                finally:
                    watcher.close()
            finally:
                rclpy.try_shutdown(context=context)
                _end(process)


@contextmanager
def _environment(domain: int) -> Iterator[None]:
    """Keep this process and the nodes that it starts among themselves."""
    own = {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    own.update(process_variables())
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _wait_until_ready(
    watcher: Watcher, process: subprocess.Popen[bytes], log: Path, tell: Callable[[str], None]
) -> None:
    deadline = time.monotonic() + READY_WITHIN
    told = ""
    while True:
        missing = _missing(watcher)
        if not missing:
            return
        if process.poll() is not None:
            raise StageError(f"the nodes ended: {_last_line(log)}")
        _, level, message = watcher.health.get("policy", (False, b"", ""))
        if watcher.status.get("policy") == "error" and is_error(level):
            raise StageError(f"policy: {message}")
        if time.monotonic() > deadline:
            raise StageError(f"after {READY_WITHIN:.0f} s still waiting for {', '.join(missing)}; see {log}")
        text = f"Waiting for {', '.join(missing)}"
        if text != told:
            tell(text)
            told = text
        time.sleep(0.1)


def _missing(watcher: Watcher) -> list[str]:
    """Name what does not work yet, with what it says about itself."""
    missing = []
    for node in NODES:
        active, level, message = watcher.health.get(node, (False, b"", ""))
        if not active or is_error(level):
            missing.append(f"{node} ({message})" if message else node)
    if watcher.room is None:
        missing.append("the room")
    if watcher.status.get("policy") != "loaded":
        missing.append("the policy's model")
    elif watcher.status.get("chunk_rate", 0.0) == 0.0:
        missing.append("the first camera images")
    return missing


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else f"see {log}"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(END_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

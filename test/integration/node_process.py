"""A node of mm_robot as a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class NodeProcess:
    """``python -m mm_robot.nodes.NAME`` with parameters and remappings; its output is collected."""

    def __init__(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        remaps: Mapping[str, str] | None = None,
        namespace: str = "/",
        parameter_file: Path | None = None,
    ) -> None:
        arguments = ["-r", f"__ns:={namespace}"]
        if parameter_file is not None:
            arguments += ["--params-file", str(parameter_file)]
        for key, value in (parameters or {}).items():
            arguments += ["-p", f"{key}:={_as_yaml(value)}"]
        for old, new in (remaps or {}).items():
            arguments += ["-r", f"{old}:={new}"]
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"mm_robot.nodes.{name}", "--ros-args", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        """What the node has written so far, stdout and stderr."""
        return "".join(self._lines)

    def wait(self, timeout: float = 15.0) -> int:
        """Wait until the node ends by itself; its exit status."""
        status = self.process.wait(timeout)
        self._reader.join(5.0)
        return status

    def interrupt(self, timeout: float = 10.0, number: int = signal.SIGINT) -> int:
        """Send a signal and wait for the end; the exit status."""
        self.process.send_signal(number)
        return self.wait(timeout)

    def stop(self) -> None:
        """End the node, by force where it does not end itself."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5.0)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5.0)
        self._reader.join(5.0)

    def _read(self) -> None:
        assert self.process.stdout is not None
        self._lines.extend(iter(self.process.stdout.readline, ""))


def _as_yaml(value: Any) -> str:
    return yaml.safe_dump(value, default_flow_style=True).removesuffix("...\n").strip()

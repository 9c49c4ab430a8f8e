"""A PulseAudio server of a test's own."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path


class PulseAudio:
    """A PulseAudio server of the test's own, whose only input hears what is played to its only output."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.socket = folder / "native"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        own = {"XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "HOME"}
        return {**dict.fromkeys(own, str(self._folder)), "PULSE_SERVER": f"unix:{self.socket}"}

    def start(self) -> None:
        modules = (f"module-native-protocol-unix socket={self.socket} auth-anonymous=1", "module-null-sink")
        self._process = subprocess.Popen(
            ["pulseaudio", "--daemonize=no", "--exit-idle-time=-1", "--system=false", "-n"]
            + [argument for module in modules for argument in ("-L", module)],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + 10.0
        while time.monotonic() < end and not self._answers():
            time.sleep(0.1)
        assert self._answers(), "PulseAudio does not answer"

    def play(self, file: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(["paplay", str(file)], env={**os.environ, **self.environment})

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10.0)
            self._process = None

    def _answers(self) -> bool:
        command = ["pactl", "list", "short", "sources"]
        found = subprocess.run(
            command, env={**os.environ, **self.environment}, capture_output=True, timeout=10
        )
        return b".monitor" in found.stdout

"""Run several processes together: their output in one place, dead ones started again, all ended together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TextIO

WRONG_INPUT = 2
"""Exit status of a process that was given something wrong: starting it again would not help."""

FIRST_DELAY = 0.1
LONGEST_DELAY = 30.0
STEADY_AFTER = 10.0
"""Seconds a process runs before its next death counts as the first one again."""

GRACE = 8.0
"""Seconds that a process has to end by itself before it is killed."""

POLL = 0.05
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Command:
    """A process to run: its name in the output, its command line, whether it starts again when it dies."""

    name: str
    line: Sequence[str]
    respawn: bool


def supervise(
    commands: Sequence[Command], variables: Mapping[str, str], last: str = "", out: TextIO | None = None
) -> int:
    """Run the commands until SIGINT or SIGTERM comes, or none of them runs any more.

    Args:
        commands: what to run.
        variables: environment variables to add.
        last: name of the command that is ended after all the others.
        out: where the output goes, each line after its process's name; stdout by default.

    Returns:
        0 when it was told to end, 2 when a process ended because of wrong input, 1 when all ended otherwise.
    """
    return _Supervisor(commands, variables, last, out or sys.stdout).run()


class _Process:
    def __init__(self, command: Command) -> None:
        self.command = command
        self.running: subprocess.Popen[str] | None = None
        self.reader: threading.Thread | None = None
        self.started = 0.0
        self.delay = FIRST_DELAY
        self.start_at: float | None = 0.0


class _Supervisor:
    def __init__(
        self, commands: Sequence[Command], variables: Mapping[str, str], last: str, out: TextIO
    ) -> None:
        self._processes = [_Process(command) for command in commands]
        self._environment = {**os.environ, **variables}
        self._last = last
        self._out = out
        self._signals = 0
        self._lock = threading.Lock()

    def run(self) -> int:
        before = {
            number: signal.signal(number, self._told_to_end) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            return self._run()
        finally:
            self._end([process for process in self._processes if process.command.name != self._last])
            self._end(self._processes)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _run(self) -> int:
        while not self._signals:
            for process in self._processes:
                if process.running is not None:
                    status = process.running.poll()
                    if status is not None:
                        self._died(process, status)
                        if status == WRONG_INPUT:
                            return WRONG_INPUT
                elif process.start_at is not None and time.monotonic() >= process.start_at:
                    self._start(process)
            if all(process.running is None and process.start_at is None for process in self._processes):
                self._say("bringup", "no node runs any more")
                return 1
            time.sleep(POLL)
        return 0

    def _start(self, process: _Process) -> None:
        process.started = time.monotonic()
        process.start_at = None
        process.running = subprocess.Popen(
            process.command.line,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
        process.reader = threading.Thread(
            target=self._pass_on, args=(process.command.name, process.running.stdout), daemon=True
        )
        process.reader.start()

    def _died(self, process: _Process, status: int) -> None:
        if process.reader is not None:
            process.reader.join(1.0)
        process.running = None
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        if not process.command.respawn or status == WRONG_INPUT:
            self._say("bringup", f"{process.command.name} {how}")
            return
        if time.monotonic() - process.started > STEADY_AFTER:
            process.delay = FIRST_DELAY
        process.start_at = time.monotonic() + process.delay
        self._say("bringup", f"{process.command.name} {how}; it is started again in {process.delay:g} s")
        process.delay = min(2 * process.delay, LONGEST_DELAY)

    def _end(self, processes: Sequence[_Process]) -> None:
        running = [process.running for process in processes if process.running is not None]
        for child in running:
            if child.poll() is None:
                child.send_signal(signal.SIGINT)
        deadline = time.monotonic() + GRACE
        while any(child.poll() is None for child in running):
            if self._signals > 1 or time.monotonic() > deadline:
                for child in running:
                    child.kill()
            time.sleep(POLL / 2)
        for process in processes:
            if process.reader is not None:
                process.reader.join(1.0)
            process.running = None

    def _pass_on(self, name: str, stream: IO[str] | None) -> None:
        for line in stream or ():
            self._say(name, line.rstrip("\n"))

    def _say(self, name: str, line: str) -> None:
        with self._lock:
            print(f"[{name}] {line}", file=self._out, flush=True)

    def _told_to_end(self, *_: object) -> None:
        self._signals += 1


def end_with_parent() -> None:
    """In the child: ask Linux to end it when its parent dies, even by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

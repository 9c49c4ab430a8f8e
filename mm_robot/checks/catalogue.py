"""Every check of the doctor, each run in a process of its own, so that a crash is a finding too."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass

from mm_robot.checks.finding import Finding, missing
from mm_robot.dependencies import how_to_install
from mm_robot.environment import process_variables

PATIENCE = 60.0
"""Seconds after which a check counts as hanging."""


@dataclass(frozen=True)
class Check:
    """``function`` is module.function of ``mm_robot.checks``; ``needed`` for a demo to run."""

    name: str
    function: str
    needed: bool = True


CHECKS = (
    Check("Python", "machine.python"),
    Check("rclpy", "ros.client_library"),
    Check("RMW implementation", "ros.middleware"),
    Check("DDS profile", "ros.dds_profile", needed=False),
    Check("DDS messages", "ros.messages"),
    Check("base", "base.stops_by_itself", needed=False),
    Check("shared memory", "machine.shared_memory", needed=False),
    Check("rendering", "devices.rendering"),
    Check("language model", "models.base_model"),
    Check("policy", "models.checkpoint"),
    Check("noise suppression", "models.noise_suppression"),
    Check("speech recogniser", "models.recogniser"),
    Check("synthetic voice", "devices.voice"),
    Check("disk", "machine.disk", needed=False),
    Check("GPU", "machine.gpu", needed=False),
    Check("microphone", "devices.microphone", needed=False),
    Check("camera", "devices.camera", needed=False),
)


def run_here(function: str) -> Finding:
    """Run a check in this process; whatever it raises becomes a finding."""
    module, _, name = function.partition(".")
    try:
        finding: Finding = getattr(importlib.import_module(f"mm_robot.checks.{module}"), name)()
    except ModuleNotFoundError as error:
        found, _, fix = how_to_install(error.name or "?").partition("; ")
        return missing(found, fix)
    except Exception as error:  # a check may fail in any way, and the doctor goes on
        return missing(f"{type(error).__name__}: {' '.join(str(error).split())}"[:300], "scripts/setup")
    return finding


def run_apart(check: Check, patience: float = PATIENCE) -> Finding:
    """Run a check in a process of its own, which may crash or hang."""
    try:
        process = subprocess.run(
            [sys.executable, "-m", __name__, check.function],
            env={**os.environ, **process_variables(), "HF_HUB_OFFLINE": "1"},
            capture_output=True,
            text=True,
            timeout=patience,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return missing(
            f"no answer within {patience:.0f} s", "end what keeps the processors busy, and try again"
        )
    if process.returncode == 0:
        return Finding(**json.loads(process.stdout.splitlines()[-1]))
    return missing(_last_words(process), "scripts/setup; if it stays, report this line")


def _last_words(process: subprocess.CompletedProcess[str]) -> str:
    if process.returncode < 0:
        return f"the check crashed with {signal.Signals(-process.returncode).name}"
    return (process.stderr.strip().splitlines() or [f"the check ended with status {process.returncode}"])[-1]


if __name__ == "__main__":
    print(json.dumps(asdict(run_here(sys.argv[1]))))

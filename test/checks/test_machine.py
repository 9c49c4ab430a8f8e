"""The checks of the machine, on machines that lack something."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from mm_robot.checks import machine
from mm_robot.checks.finding import MISSING, OK, WARNING


@pytest.mark.parametrize(
    ("version", "state"), [((3, 9), MISSING), ((3, 10), OK), ((3, 13), OK), ((3, 14), MISSING)]
)
def test_python_must_be_one_that_is_tested(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], state: str
) -> None:
    fake = SimpleNamespace(version="3.x", version_info=version, executable="python")
    monkeypatch.setattr(machine, "sys", fake)
    assert machine.python().state == state


def test_little_shared_memory_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    docker = SimpleNamespace(f_bavail=16384, f_frsize=4096)
    monkeypatch.setattr(os, "statvfs", lambda path: docker)
    finding = machine.shared_memory()
    assert finding.state == WARNING
    assert finding.found.startswith("67 MB") and "--shm-size" in finding.fix


def test_no_shared_memory_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "SHARED_MEMORY", "/nowhere")
    assert machine.shared_memory().state == WARNING


def test_a_full_disk_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_DISK", 1e9)
    assert machine.disk().state == WARNING


@pytest.mark.parametrize(("sign", "word"), [("JETSON", "Jetson"), ("NVIDIA_DRIVER", "NVIDIA driver")])
def test_a_gpu_that_torch_does_not_use_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, sign: str, word: str
) -> None:
    import torch

    for name in ("JETSON", "NVIDIA_DRIVER"):
        monkeypatch.setattr(machine, name, tmp_path / "none")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert machine.gpu().state == OK
    monkeypatch.setattr(machine, sign, tmp_path)
    finding = machine.gpu()
    assert finding.state == WARNING and word in finding.found

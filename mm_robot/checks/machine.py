"""Checks of the machine: Python, disk, shared memory, GPU."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from mm_robot.checks.finding import Finding, missing, ok, warning

FIRST_PYTHON, LAST_PYTHON = (3, 10), (3, 13)
LEAST_DISK = 1.0
"""GB that the results of demos, and checkpoints, want."""
LEAST_SHARED_MEMORY = 256.0
"""MB: the DDS profile gives each of the processes a segment of 16 MB, and more than one thing runs."""
SHARED_MEMORY = "/dev/shm"
NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")
JETSON = Path("/etc/nv_tegra_release")


def python() -> Finding:
    """Whether this Python is one that the nodes are tested with."""
    found = f"{sys.version.split()[0]} ({sys.executable})"
    if FIRST_PYTHON <= sys.version_info[:2] <= LAST_PYTHON:
        return ok(found)
    return missing(found, "install Python 3.10 to 3.13, such as: sudo apt-get install python3")


def disk() -> Finding:
    """Whether results still fit on the disk of the working folder."""
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    found = f"{free:.1f} GB free in {Path.cwd()}"
    if free >= LEAST_DISK:
        return ok(found)
    return warning(found, f"free {LEAST_DISK:.0f} GB, such as by deleting old folders in results/")


def shared_memory() -> Finding:
    """Whether camera images fit through shared memory."""
    try:
        status = os.statvfs(SHARED_MEMORY)
    except OSError as error:
        return warning(
            f"{SHARED_MEMORY}: {error.strerror}", f"mount it: sudo mount -t tmpfs tmpfs {SHARED_MEMORY}"
        )
    free = status.f_bavail * status.f_frsize / 1e6
    if free >= LEAST_SHARED_MEMORY:
        return ok(f"{free:.0f} MB free in {SHARED_MEMORY}")
    return warning(
        f"{free:.0f} MB free in {SHARED_MEMORY}, {LEAST_SHARED_MEMORY:.0f} MB are wanted, or images get lost",
        f"sudo mount -o remount,size=1g {SHARED_MEMORY}; in Docker: docker run --shm-size=1g",
    )


def gpu() -> Finding:
    """Whether PyTorch uses the GPU that there is."""
    import torch

    if torch.cuda.is_available():
        return ok(f"{torch.cuda.get_device_name(0)}, PyTorch {torch.__version__}")
    if JETSON.exists():
        return warning(
            f"a Jetson, but PyTorch {torch.__version__} does not use its GPU",
            "install the PyTorch that NVIDIA builds for this JetPack",
        )
    if NVIDIA_DRIVER.exists():
        return warning(
            f"an NVIDIA driver, but PyTorch {torch.__version__} does not use it",
            "install a PyTorch built with CUDA that this driver knows, or update the driver",
        )
    return ok(f"none; the policy runs on the CPU, PyTorch {torch.__version__}")

"""Removes the shared memory that killed processes left behind, about 17 MB each.

Fast DDS names a segment ``fastrtps_<16 hex digits>`` (``fastdds_`` in later releases), and its process
holds a lock on the file of the same name with ``_el`` while it lives.
"""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path

FOLDER = Path("/dev/shm")
_LOCK = re.compile(r"(fast(?:rtps|dds)_[0-9a-f]{16})_el")


def remove_orphans(folder: Path = FOLDER) -> int:
    """Remove the segments whose process has died; return the bytes that are free again.

    What belongs to others, or goes away meanwhile, is left alone.
    """
    freed = 0
    try:
        names = os.listdir(folder)
    except OSError:
        return freed
    for name in names:
        match = _LOCK.fullmatch(name)
        if match is not None:
            freed += _remove_if_orphaned(folder / match.group(1), folder / name)
    return freed


def _remove_if_orphaned(segment: Path, lock: Path) -> int:
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return 0
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        size = segment.stat().st_size if segment.exists() else 0
        segment.unlink(missing_ok=True)
        lock.unlink(missing_ok=True)
        return size
    except OSError:
        return 0
    finally:
        os.close(descriptor)

"""A log that shows whether it was altered: JSON lines, each with the hash of the line before.

Every line is ``{"seq": 7, "time": ..., "event": ..., ..., "prev": ..., "hash": ...}``; ``hash`` is the
SHA-256 of the line's canonical JSON without ``hash`` itself. Lines are only ever appended. A full file
becomes ``FILE.1`` (``FILE.1`` becomes ``FILE.2`` and so on, the oldest goes); the chain goes on in a new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mm_robot.errors import InputError

GENESIS = "0" * 64
"""``prev`` of the first line of all."""
TORN = "torn line"
"""The event that tells of a line whose writing was broken off."""
KEPT_FILES = 8
LONGEST_LINE = 65536


@dataclass(frozen=True)
class Verified:
    """What an intact chain holds: how many ``lines``, and the ``head``, the hash of the last.

    It is not ``whole`` where its beginning was rotated away; ``torn`` where the writing of one more line was
    broken off.
    """

    lines: int
    head: str
    whole: bool
    torn: bool


class Tampered(Exception):
    """The chain is broken; the message names the file and the line."""


class AuditFile:
    """The end of a chain, to which entries are appended; one process at a time may hold it."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        """Open the file, and go on from its last whole line.

        Raises:
            InputError: it cannot be written, or another process holds it.
        """
        self.path = path
        self.head = GENESIS
        self._sequence = 0
        self._most_bytes = most_bytes
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._open()
        except BlockingIOError:
            raise InputError(
                f"audit log {path} is written by another process; give each gate its own audit_log"
            ) from None
        except OSError as error:
            raise InputError(
                f"audit log {path} cannot be written ({error.strerror}); set audit_log"
            ) from None

    def append(self, event: str, particulars: Mapping[str, Any], time: str) -> None:
        """Write one entry; ``time`` is for the reader, nothing depends on it.

        Raises:
            OSError: the file system takes no more; nothing, or a torn line, was written.
        """
        entry = {"seq": self._sequence, "time": time, "event": event, **particulars, "prev": self.head}
        entry["hash"] = _hash(entry)
        line = (_canonical(entry) + "\n").encode()
        if os.write(self._file, line) != len(line):
            self._mend(os.fstat(self._file).st_size, time)
            raise OSError("the audit log took only a part of a line")
        self._sequence += 1
        self.head = str(entry["hash"])
        if os.fstat(self._file).st_size > self._most_bytes:
            self._rotate()

    def sync(self) -> None:
        """Have the lines on the disk, so that they outlive a loss of power."""
        os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)
        os.close(self._lock)

    def _open(self) -> None:
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        older = rotated(self.path)
        size = os.fstat(self._file).st_size
        if not self._resume(self.path) and older:
            self._resume(older[-1])
        self._mend(size, "")

    def _resume(self, path: Path) -> bool:
        """Take the end of the chain from the last whole line of a file; False where it has none."""
        for raw in reversed(_last_lines(path)):
            entry = _parsed(raw)
            if entry is not None:
                self.head, self._sequence = str(entry["hash"]), int(entry["seq"]) + 1
                return True
        return False

    def _mend(self, size: int, time: str) -> None:
        """End a torn line, and note it in the chain."""
        fragment = _fragment(self.path, size)
        if fragment:
            os.write(self._file, b"\n")
            self.append(TORN, {"bytes": len(fragment), "digest": hashlib.sha256(fragment).hexdigest()}, time)

    def _rotate(self) -> None:
        os.close(self._file)
        for number in range(KEPT_FILES - 1, 0, -1):
            source = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            if source.exists():
                source.replace(self.path.with_name(f"{self.path.name}.{number}"))
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)


def rotated(path: Path) -> list[Path]:
    """The older files of a chain, oldest first."""
    names = [path.with_name(f"{path.name}.{number}") for number in range(KEPT_FILES - 1, 0, -1)]
    return [name for name in names if name.exists()]


def verify(path: Path, head: str = "") -> Verified:
    """Check a chain: the file, and the older ones beside it.

    Args:
        path: the newest file of the chain.
        head: a hash that was noted earlier and must still be in the chain; without it nobody can tell whether
            lines were cut off at the end.

    Raises:
        InputError: a file cannot be read.
        Tampered: a line was altered, removed or inserted.
    """
    lines, sequence, present, whole, known = 0, 0, GENESIS, True, False
    torn: bytes | None = None
    for file, number, raw in _lines([*rotated(path), path]):
        where = f"{file}: line {number}"
        entry = _parsed(raw)
        if torn is not None:
            if entry is None or entry.get("event") != TORN:
                raise Tampered(f"{where}: the line before is no entry of the log")
            if entry.get("digest") != hashlib.sha256(torn.rstrip(b"\n")).hexdigest():
                raise Tampered(f"{where}: the torn line before was altered")
            torn = None
        if entry is None:
            torn = raw
            continue
        if _hash(entry) != entry["hash"] or _canonical(entry).encode() != raw.rstrip(b"\n"):
            raise Tampered(f"{where}: altered; its hash does not fit")
        if not lines:
            present, sequence = str(entry["prev"]), int(entry["seq"])
            whole = present == GENESIS and sequence == 0
        if entry["prev"] != present or entry["seq"] != sequence:
            raise Tampered(f"{where}: does not follow the line before; lines were removed or inserted")
        present, sequence, lines = str(entry["hash"]), sequence + 1, lines + 1
        known = known or present == head
    if torn is not None and torn.endswith(b"\n"):
        raise Tampered(f"{path}: the last line is no entry of the log")
    if head and not known:
        raise Tampered(f"{path}: no line has the hash {head}; lines were cut off or replaced")
    return Verified(lines, present, whole, torn is not None)


def _lines(files: list[Path]) -> Iterator[tuple[Path, int, bytes]]:
    for file in files:
        try:
            with file.open("rb") as stream:
                for number, raw in enumerate(stream, 1):
                    yield file, number, raw
        except OSError as error:
            raise InputError(f"{file}: cannot be read ({error.strerror})") from None


def _canonical(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _hash(entry: Mapping[str, Any]) -> str:
    unsigned = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(_canonical(unsigned).encode()).hexdigest()


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    shape = isinstance(entry, dict) and {"seq", "prev", "hash"} <= entry.keys()
    return entry if shape and isinstance(entry["seq"], int) else None


def _last_lines(path: Path) -> list[bytes]:
    with path.open("rb") as stream:
        stream.seek(max(0, os.fstat(stream.fileno()).st_size - 4 * LONGEST_LINE))
        return stream.read().split(b"\n")


def _fragment(path: Path, size: int) -> bytes:
    """What stands after the last line end of a file of ``size`` bytes."""
    with path.open("rb") as stream:
        stream.seek(max(0, size - LONGEST_LINE))
        return stream.read().rpartition(b"\n")[2]

"""Where the audit log of a node is, and the writer for it."""

from __future__ import annotations

import os
from pathlib import Path

from mm_robot.errors import InputError
from mm_robot.safety.audit_writer import AuditWriter

MEGABYTE = 1_000_000


def audit_path(given: str, node: str) -> Path:
    """The file as given, or the default for the fully qualified name of a node."""
    if given:
        return Path(given).expanduser()
    home = Path(os.environ.get("ROS_HOME") or Path.home() / ".ros")
    return home / "mm_robot" / "audit" / f"{node.strip('/').replace('/', '.')}.jsonl"


def open_audit(given: str, node: str, megabytes: float) -> tuple[AuditWriter | None, str]:
    """The writer of a node's log, and what is wrong where there can be none: the node works without it."""
    try:
        return AuditWriter(audit_path(given, node), int(megabytes * MEGABYTE)), ""
    except InputError as error:
        return None, str(error)

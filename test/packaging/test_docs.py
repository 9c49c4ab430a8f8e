"""The documents name only tests and services that exist."""

from __future__ import annotations

import re
from pathlib import Path

from mm_robot.topics import SERVICES


def test_every_promise_names_a_test_that_exists(root: Path) -> None:
    text = (root / "docs" / "safety.md").read_text(encoding="utf-8")
    table = text.partition("## Promises")[2].partition("## Assumptions")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| promise")]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", row)
        assert named, row
        for file, function in named:
            source = (root / "test" / file).read_text(encoding="utf-8")
            assert re.search(rf"^(?:def )?{function}\b", source, re.M), f"{file}::{function}"


def test_the_services_that_are_called_exist(root: Path) -> None:
    text = (root / "docs" / "safety.md").read_text(encoding="utf-8")
    called = re.findall(r"ros2 service call /(\w+)/(\w+)", text)
    assert called and all(service in SERVICES[node] for node, service in called)

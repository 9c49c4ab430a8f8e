"""The check of the base's own timeout."""

from __future__ import annotations

import pytest

from mm_robot.checks.base import judge
from mm_robot.checks.finding import MISSING, OK, WARNING


@pytest.mark.parametrize(
    ("found", "state", "told"),
    [
        ({}, WARNING, "no base listens"),
        ({"/base": {}}, WARNING, "/base does not tell"),
        ({"/base": {"cmd_vel_timeout": 0.5}}, OK, "/base stops after 0.5 s"),
        ({"/base": {"cmd_vel_timeout": 0.0}}, MISSING, "never stops by itself"),
        ({"/base": {"timeout": 3.0}}, MISSING, "goes on for 3 s"),
        ({"/base": {"timeout": 0.4}, "/other": {}}, WARNING, "/other"),
    ],
)
def test_what_the_base_tells_is_judged(found: dict[str, dict[str, float]], state: str, told: str) -> None:
    finding = judge("/cmd_vel", found)
    assert finding.state == state and told in finding.found
    assert bool(finding.fix) == (state != OK)

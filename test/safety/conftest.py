"""The limits and the gate that the tests of the safety gate share."""

from __future__ import annotations

import pytest

from mm_robot.config import load_config
from mm_robot.safety.gate import SafetyGate
from mm_robot.safety.limits import Limits, limits_from


@pytest.fixture
def limits() -> Limits:
    """The packaged limits."""
    return limits_from(load_config().node("safety_gate"))


@pytest.fixture
def gate(limits: Limits) -> SafetyGate:
    """A gate with the packaged limits."""
    return SafetyGate(limits)

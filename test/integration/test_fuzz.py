"""Made-up messages and parameters against living nodes: none dies, none moves out of limits."""

from __future__ import annotations

import pytest
from fuzz import Fuzz, targets

MESSAGES = 400


@pytest.mark.timeout(240)
def test_no_message_and_no_parameter_kills_a_node_or_moves_the_robot_out_of_limits() -> None:
    with targets() as under_fire:
        fuzz = Fuzz(under_fire)
        fuzz.run(MESSAGES)
    assert fuzz.sent >= MESSAGES
    assert fuzz.moved, "the robot never moved, so that nothing was shown"

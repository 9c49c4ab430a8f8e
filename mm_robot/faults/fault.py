"""What a fault is, and how a trial of it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mm_robot.faults.rig import Rig


class FaultError(RuntimeError):
    """A trial could not be made, or broke a rule other than its limit; the message is one line."""


@dataclass(frozen=True)
class Fault:
    """One way to break the robot.

    ``trial(rig, number)`` brings the robot to move, breaks it, and returns what is compared with ``limit``,
    in ``unit``: mostly the s from the fault to zero velocity at ``cmd_vel``. It leaves the robot whole.
    ``cast`` names the processes that it needs; ``trials`` is how many are made unless told otherwise.

    The trial raises ``FaultError`` where the robot cannot be brought to move or breaks another rule.
    """

    name: str
    limit: float
    trial: Callable[[Rig, int], float]
    cast: str = "stand-in"
    unit: str = "s"
    trials: int = 30

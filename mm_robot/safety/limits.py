"""What the robot may do at most."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mm_robot.errors import ConfigError

MAY_BE_ZERO = ("max_linear", "max_angular", "stop_distance", "reaction_time")


@dataclass(frozen=True)
class Limits:
    """The limits of the safety gate, all in SI units.

    ``max_linear`` m/s and ``max_angular`` rad/s bound the command in both directions;
    ``linear_acceleration`` m/s^2 and ``angular_acceleration`` rad/s^2 bound how fast it grows,
    ``linear_braking`` and ``angular_braking`` how fast it shrinks;
    ``policy_timeout`` and ``teleop_timeout`` s end the say of a silent source; ``scan_timeout`` s
    makes a scan stale, and ``stop_on_stale_scan`` says whether the robot stands then;
    ``robot_radius`` m holds the whole robot; ``stop_distance`` m is left around it;
    ``reaction_time`` s passes until the wheels follow a command.
    """

    max_linear: float
    max_angular: float
    linear_acceleration: float
    angular_acceleration: float
    linear_braking: float
    angular_braking: float
    policy_timeout: float
    teleop_timeout: float
    scan_timeout: float
    robot_radius: float
    stop_distance: float
    reaction_time: float
    stop_on_stale_scan: bool

    def __post_init__(self) -> None:
        """Check every limit.

        Raises:
            ConfigError: a limit is not a finite number, or is negative, or zero where that means nothing.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, bool):
                continue
            lowest = "at least 0" if field.name in MAY_BE_ZERO else "more than 0"
            if not math.isfinite(value) or value < 0 or (value == 0 and field.name not in MAY_BE_ZERO):
                raise ConfigError(f"limit {field.name}: {value!r} was given; allowed is a number of {lowest}")


def limits_from(values: Mapping[str, Any]) -> Limits:
    """The limits in a node's configuration, such as ``load_config().node("safety_gate")``."""
    names = [field.name for field in fields(Limits) if field.name != "stop_on_stale_scan"]
    return Limits(
        **{name: values[name] for name in names}, stop_on_stale_scan=values["on_stale_scan"] == "stop"
    )

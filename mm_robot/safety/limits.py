"""What the robot may do at most."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from mm_robot.errors import ConfigError

MAY_BE_ZERO = ("max_linear", "max_angular", "stop_distance", "reaction_time", "creep_speed")
ON_STALE_SCAN = ("stop", "creep", "ignore")


@dataclass(frozen=True)
class Limits:
    """The limits of the safety gate, all in SI units.

    ``max_linear`` m/s and ``max_angular`` rad/s bound the command in both directions;
    ``linear_acceleration`` m/s^2 and ``angular_acceleration`` rad/s^2 bound how fast it grows,
    ``linear_jerk`` m/s^3 and ``angular_jerk`` rad/s^3 how fast that growth sets in,
    ``linear_braking`` and ``angular_braking`` how fast it shrinks;
    ``policy_timeout`` and ``teleop_timeout`` s end the say of a silent source; ``scan_timeout`` s
    makes what is seen stale, and ``on_stale_scan`` says what then: ``stop``, ``creep`` at ``creep_speed`` m/s
    at most, or ``ignore``;
    ``robot_radius`` m holds the whole robot; ``stop_distance`` m is left around it;
    ``reaction_time`` s passes until the wheels follow a command.
    """

    max_linear: float
    max_angular: float
    linear_acceleration: float
    angular_acceleration: float
    linear_jerk: float
    angular_jerk: float
    linear_braking: float
    angular_braking: float
    policy_timeout: float
    teleop_timeout: float
    scan_timeout: float
    robot_radius: float
    stop_distance: float
    reaction_time: float
    creep_speed: float
    on_stale_scan: str

    def __post_init__(self) -> None:
        """Check every limit.

        Raises:
            ConfigError: a limit is not a finite number, or is negative, or zero where that means nothing;
                or ``on_stale_scan`` is none of ``ON_STALE_SCAN``.
        """
        if self.on_stale_scan not in ON_STALE_SCAN:
            raise ConfigError(
                f"limit on_stale_scan: {self.on_stale_scan!r} was given; "
                f"allowed is one of {', '.join(ON_STALE_SCAN)}"
            )
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                continue
            lowest = "at least 0" if field.name in MAY_BE_ZERO else "more than 0"
            if not math.isfinite(value) or value < 0 or (value == 0 and field.name not in MAY_BE_ZERO):
                raise ConfigError(f"limit {field.name}: {value!r} was given; allowed is a number of {lowest}")


def limits_from(values: Mapping[str, Any]) -> Limits:
    """The limits in a node's configuration, such as ``load_config().node("safety_gate")``."""
    return Limits(**{field.name: values[field.name] for field in fields(Limits)})

"""The safety gate: decides, from what is proposed and seen, what the wheels may do.

Who has the say, strongest first: the emergency stop, a spoken stop, the joystick, the policy. Silence,
a stale scan and numbers that are not finite mean standing. Times are seconds of one monotonic clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np

from mm_robot.errors import InputError
from mm_robot.safety.clearance import safe_speed, scan_points
from mm_robot.safety.limits import Limits
from mm_robot.safety.ramp import ramp
from mm_robot.types import FloatArray

SOURCES = ("teleop", "policy")
"""Who may propose velocities, the stronger first."""

LONGEST_STEP = 0.1
"""Seconds that one change of speed may stand for, however late the call is."""


class Reason(str, Enum):
    """Why the permitted velocity is not the proposed one."""

    NONE = ""
    EMERGENCY_STOP = "emergency stop"
    STOPPED = "stopped"
    WAITING = "waiting for an instruction"
    SILENCE = "nothing is proposed"
    INVALID = "what is proposed is not a finite velocity"
    NO_SCAN = "no fresh scan"
    OBSTACLE = "obstacle"
    LIMITED = "limited"
    DEAF = "nobody hears stop: the speech node is gone"
    INACTIVE = "the gate is not active"


@dataclass(frozen=True)
class Permit:
    """What the wheels may do now.

    ``linear`` m/s and ``angular`` rad/s; ``source`` teleop, policy or none; ``reason`` why it is not what was
    proposed.
    """

    linear: float
    angular: float
    source: str
    reason: Reason


@dataclass(frozen=True)
class _Proposal:
    linear: float
    angular: float
    received: float
    valid: bool


class SafetyGate:
    """Arbitrates between the sources, and limits speed, acceleration and the distance to obstacles."""

    def __init__(self, limits: Limits) -> None:
        """Start standing, with nothing proposed and no stop in force."""
        self._limits = limits
        self._proposals: dict[str, _Proposal] = {}
        self._points: FloatArray = np.zeros((0, 2), np.float32)
        self._scanned: float | None = None
        self._button = False
        self._emergency = False
        self._stopped = False
        self._waiting = False
        self._linear = 0.0
        self._angular = 0.0
        self._permitted: float | None = None

    @property
    def emergency(self) -> bool:
        """Whether the emergency stop is in force."""
        return self._emergency

    @property
    def stopped(self) -> bool:
        """Whether a spoken stop is in force."""
        return self._stopped

    def scan_age(self, now: float) -> float:
        """Seconds since the last usable scan; inf before the first."""
        return math.inf if self._scanned is None else now - self._scanned

    def propose(self, source: str, linear: float, angular: float, now: float) -> None:
        """Take note of a wanted velocity (m/s, rad/s); a value that is not finite means standing.

        Raises:
            InputError: the source is unknown.
        """
        if source not in SOURCES:
            raise InputError(f"source {source!r} was given; allowed is one of {', '.join(SOURCES)}")
        valid = math.isfinite(linear) and math.isfinite(angular)
        if not valid:
            linear = angular = 0.0
        self._proposals[source] = _Proposal(float(linear), float(angular), now, valid)

    def scan(
        self,
        ranges: FloatArray,
        now: float,
        angle_min: float = -math.pi,
        angle_increment: float | None = None,
        pose: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> None:
        """Take note of a scan; the arguments are those of ``scan_points``.

        Raises:
            InputError: the scan is unusable; the last usable one stays, and grows stale.
        """
        self._points = scan_points(ranges, angle_min, angle_increment, pose)
        self._scanned = now

    def stop(self, now: float) -> None:
        """A person said stop: stand until the policy is given a new instruction."""
        self._stopped = True

    def release(self, now: float) -> None:
        """The policy is given a new instruction: a spoken stop ends, and what was proposed before is void.

        An emergency stop stays in force, and so does a stop that it brought with it.
        """
        if not self._emergency:
            self._stopped = self._waiting = False
        self._proposals.pop("policy", None)

    def emergency_stop(self, engaged: bool, now: float) -> None:
        """The emergency stop is pressed, or let go; letting go does not end the stop."""
        self._button = engaged
        self._emergency = self._emergency or engaged

    def reset_emergency_stop(self, now: float) -> None:
        """A person ends every stop. The policy still stands until it is given a new instruction.

        Raises:
            InputError: the emergency stop is still pressed.
        """
        if self._button:
            raise InputError("the emergency stop is still pressed; let it go, then reset it")
        self._waiting = self._waiting or self._emergency or self._stopped
        self._emergency = self._stopped = False
        self._proposals.clear()

    def halt(self) -> None:
        """The wheels were stopped from outside: what is permitted next starts from standing."""
        self._linear = self._angular = 0.0

    def permit(self, now: float) -> Permit:
        """What the wheels may do now; called at a steady rate."""
        seconds = 0.0 if self._permitted is None else min(max(now - self._permitted, 0.0), LONGEST_STEP)
        self._permitted = now
        if self._emergency:
            self.halt()
            return Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)
        limits = self._limits
        source, proposal, reason = self._choose(now)
        linear = _within(proposal.linear, limits.max_linear)
        angular = _within(proposal.angular, limits.max_angular)
        if reason is Reason.NONE and self._scan_is_stale(now) and limits.stop_on_stale_scan:
            linear, angular, reason = 0.0, 0.0, Reason.NO_SCAN
        if linear == angular == 0.0:
            self.halt()  # a standstill is obeyed at once; the limits shape speeding up
        linear = ramp(self._linear, linear, limits.linear_acceleration, limits.linear_braking, seconds)
        angular = ramp(self._angular, angular, limits.angular_acceleration, limits.angular_braking, seconds)
        safe = self._before_obstacle(linear, angular, now)
        if safe != linear:
            linear = safe
            reason = Reason.OBSTACLE if reason is Reason.NONE else reason
        self._linear, self._angular = linear, angular
        if reason is Reason.NONE and (linear, angular) != (proposal.linear, proposal.angular):
            reason = Reason.LIMITED
        return Permit(linear, angular, source, reason)

    def _choose(self, now: float) -> tuple[str, _Proposal, Reason]:
        standing = _Proposal(0.0, 0.0, now, True)
        if self._stopped:
            return "none", standing, Reason.STOPPED
        timeouts = {"teleop": self._limits.teleop_timeout, "policy": self._limits.policy_timeout}
        for source in SOURCES:
            proposal = self._proposals.get(source)
            if proposal is None or not 0 <= now - proposal.received <= timeouts[source]:
                continue
            if source == "policy" and self._waiting:
                return "none", standing, Reason.WAITING
            return source, proposal, Reason.NONE if proposal.valid else Reason.INVALID
        return "none", standing, Reason.SILENCE

    def _scan_is_stale(self, now: float) -> bool:
        return self._scanned is None or not 0 <= now - self._scanned <= self._limits.scan_timeout

    def _before_obstacle(self, linear: float, angular: float, now: float) -> float:
        if self._scanned is None or self._scan_is_stale(now):
            return linear
        limits = self._limits
        return safe_speed(
            self._points,
            linear,
            angular,
            radius=limits.robot_radius,
            margin=limits.stop_distance,
            braking=limits.linear_braking,
            delay=limits.reaction_time + now - self._scanned,
        )


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)

"""The safety gate: decides, from what is proposed and seen, what the wheels may do.

Who has the say, strongest first: the emergency stop, a stop, the joystick, the policy. Silence, stale eyes
and numbers that are not finite mean standing. Times are seconds of one monotonic clock.
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
    NO_HEARTBEAT = "no heartbeat of the emergency stop"
    DISARMED = "not armed"
    NOT_HELD = "the hold-to-run button is not held"
    WAITING = "waiting for an instruction"
    APPROVAL = "waiting for a person's approval"
    VERDICT = "waiting for the policy's verdict"
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
        self._seen: float | None = None
        self._button = False
        self._emergency = False
        self._stopped = False
        self._all_round = True
        self._linear = self._linear_gain = 0.0
        self._angular = self._angular_gain = 0.0
        self._permitted: float | None = None

    @property
    def emergency(self) -> bool:
        """Whether the emergency stop is in force."""
        return self._emergency

    @property
    def stopped(self) -> bool:
        """Whether a stop is in force."""
        return self._stopped

    def scan_age(self, now: float) -> float:
        """Seconds since obstacles were last seen or seen to be absent; inf before the first time."""
        return math.inf if self._seen is None else now - self._seen

    def proposed(self, source: str) -> tuple[float, float] | None:
        """The velocity (m/s, rad/s) that a source proposed last, None where it has none to its name."""
        proposal = self._proposals.get(source)
        return None if proposal is None else (proposal.linear, proposal.angular)

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
        self.see(scan_points(ranges, angle_min, angle_increment, pose), now)

    def see(self, points: FloatArray, now: float, all_round: bool = True) -> None:
        """Take note of obstacles at ``points`` [N, 2] (m, robot frame).

        ``all_round`` is False where nothing looks behind the robot: it then goes backwards no faster than
        ``creep_speed``.
        """
        self._points, self._seen, self._all_round = points, now, all_round

    def stop(self, now: float) -> None:
        """A person said stop: stand until ``release``."""
        self._stopped = True

    def release(self, now: float) -> None:
        """A new instruction: a stop ends, and what the policy proposed before is void.

        An emergency stop stays in force.
        """
        self._stopped = False
        self._proposals.pop("policy", None)

    def emergency_stop(self, engaged: bool, now: float) -> None:
        """The emergency stop is pressed, or let go; letting go does not end the stop."""
        self._button = engaged
        self._emergency = self._emergency or engaged

    def reset_emergency_stop(self, now: float) -> None:
        """A person ends every stop; what was proposed before is void.

        Raises:
            InputError: the emergency stop is still pressed.
        """
        if self._button:
            raise InputError("the emergency stop is still pressed; let it go, then reset it")
        self._emergency = self._stopped = False
        self._proposals.clear()

    def halt(self) -> None:
        """The wheels were stopped from outside: what is permitted next starts from standing."""
        self._linear = self._linear_gain = self._angular = self._angular_gain = 0.0

    def permit(self, now: float, hold: Reason = Reason.NONE, policy_hold: Reason = Reason.NONE) -> Permit:
        """What the wheels may do now; called at a steady rate.

        ``hold`` is why nobody has the say, ``policy_hold`` why the policy has not; NONE where they have.
        """
        seconds = 0.0 if self._permitted is None else min(max(now - self._permitted, 0.0), LONGEST_STEP)
        self._permitted = now
        if self._emergency:
            self.halt()
            return Permit(0.0, 0.0, "none", Reason.EMERGENCY_STOP)
        source, proposal, reason = self._choose(now, hold, policy_hold)
        linear, angular, reason = self._bounded(proposal, reason, now)
        if linear == angular == 0.0:
            self.halt()  # a standstill is obeyed at once; the limits shape speeding up
        linear, angular = self._ramped(linear, angular, seconds)
        safe = self._before_obstacle(linear, angular, now)
        if safe != linear:
            linear, self._linear_gain = safe, 0.0
            reason = Reason.OBSTACLE if reason is Reason.NONE else reason
        self._linear, self._angular = linear, angular
        if reason is Reason.NONE and (linear, angular) != (proposal.linear, proposal.angular):
            reason = Reason.LIMITED
        return Permit(linear, angular, source, reason)

    def _choose(self, now: float, hold: Reason, policy_hold: Reason) -> tuple[str, _Proposal, Reason]:
        standing = _Proposal(0.0, 0.0, now, True)
        if self._stopped:
            return "none", standing, Reason.STOPPED
        if hold is not Reason.NONE:
            return "none", standing, hold
        timeouts = {"teleop": self._limits.teleop_timeout, "policy": self._limits.policy_timeout}
        for source in SOURCES:
            proposal = self._proposals.get(source)
            if proposal is None or not 0 <= now - proposal.received <= timeouts[source]:
                continue
            if source == "policy" and policy_hold is not Reason.NONE:
                return "none", standing, policy_hold
            return source, proposal, Reason.NONE if proposal.valid else Reason.INVALID
        return "none", standing, Reason.SILENCE

    def _bounded(self, proposal: _Proposal, reason: Reason, now: float) -> tuple[float, float, Reason]:
        """The proposal within the limits of speed, and within what may be done without eyes."""
        limits = self._limits
        linear = _within(proposal.linear, limits.max_linear)
        angular = _within(proposal.angular, limits.max_angular)
        if not self._all_round:
            linear = max(linear, -limits.creep_speed)
        if reason is Reason.NONE and self._is_stale(now) and limits.on_stale_scan != "ignore":
            if limits.on_stale_scan == "stop":
                return 0.0, 0.0, Reason.NO_SCAN
            return _within(linear, limits.creep_speed), angular, Reason.NO_SCAN
        return linear, angular, reason

    def _ramped(self, linear: float, angular: float, seconds: float) -> tuple[float, float]:
        limits = self._limits
        linear, self._linear_gain = ramp(
            self._linear,
            self._linear_gain,
            linear,
            acceleration=limits.linear_acceleration,
            braking=limits.linear_braking,
            jerk=limits.linear_jerk,
            seconds=seconds,
        )
        angular, self._angular_gain = ramp(
            self._angular,
            self._angular_gain,
            angular,
            acceleration=limits.angular_acceleration,
            braking=limits.angular_braking,
            jerk=limits.angular_jerk,
            seconds=seconds,
        )
        return linear, angular

    def _is_stale(self, now: float) -> bool:
        return self._seen is None or not 0 <= now - self._seen <= self._limits.scan_timeout

    def _before_obstacle(self, linear: float, angular: float, now: float) -> float:
        if self._seen is None or self._is_stale(now):
            return linear
        limits = self._limits
        return safe_speed(
            self._points,
            linear,
            angular,
            radius=limits.robot_radius,
            margin=limits.stop_distance,
            braking=limits.linear_braking,
            delay=limits.reaction_time + now - self._seen,
        )


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)

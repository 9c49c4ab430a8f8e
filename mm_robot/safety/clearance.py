"""How fast the robot may go so that it can stop before what its range finder sees."""

from __future__ import annotations

import math

import numpy as np

from mm_robot.errors import InputError
from mm_robot.types import FloatArray

STRAIGHT = 1e-3
"""Curvature in 1/m below which a path counts as straight."""

SPEED_STEPS = 16
"""How many slower speeds are tried on a curved path."""


def scan_points(
    ranges: FloatArray,
    angle_min: float = -math.pi,
    angle_increment: float | None = None,
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> FloatArray:
    """The points [N, 2] (x, y in m, robot frame) that a scan sees.

    Args:
        ranges: [R] m; +inf where nothing is; -inf where something is too near to be measured; NaN, zero and
            negative where the ray is invalid.
        angle_min: angle of the first ray, rad.
        angle_increment: angle between rays, rad; None for rays that fill a circle.
        pose: (x, y, yaw) of the range finder in the robot frame, m and rad.

    Raises:
        InputError: there are no rays, or more than half of them are invalid.
    """
    ranges = np.asarray(ranges, dtype=np.float64)
    if ranges.ndim != 1 or ranges.size == 0:
        raise InputError(f"scan: ranges of shape {ranges.shape} were given; allowed is one row of ranges")
    if angle_increment is None:
        angle_increment = 2 * math.pi / ranges.size
    if not all(math.isfinite(value) for value in (angle_min, angle_increment)):
        raise InputError("scan: angles that are not finite were given; publish finite angles")
    too_near = np.isneginf(ranges)
    valid = (ranges > 0) | too_near
    if 2 * np.count_nonzero(valid) < ranges.size:
        raise InputError(
            f"scan: {ranges.size - np.count_nonzero(valid)} of {ranges.size} ranges are invalid; "
            "check the range finder"
        )
    seen = np.isfinite(ranges) & valid | too_near
    distance = np.where(too_near, 0.0, ranges)[seen]
    x, y, yaw = pose
    angles = angle_min + angle_increment * np.flatnonzero(seen) + yaw
    points = np.stack([x + distance * np.cos(angles), y + distance * np.sin(angles)], axis=1)
    return points.astype(np.float32)


def free_distance(points: FloatArray, linear: float, angular: float, radius: float) -> float:
    """How far a disc can go before it meets a point, in m along its path; inf where nothing is.

    A point inside the disc allows no way towards it, and any way from it.

    Args:
        points: [N, 2] in the robot frame, m.
        linear: speed in m/s, not 0; the path is the arc that it makes with ``angular``.
        angular: turning speed in rad/s.
        radius: of the disc, m.
    """
    if points.size == 0:
        return math.inf
    x = np.asarray(points[:, 0], np.float64) * math.copysign(1.0, linear)
    y = np.asarray(points[:, 1], np.float64)
    inside = (x * x + y * y < radius * radius) & (x > 0)
    if inside.any():
        return 0.0
    outside = x * x + y * y >= radius * radius
    x, y = x[outside], y[outside]
    curvature = angular / linear
    if abs(curvature) < STRAIGHT:
        ahead = (x > 0) & (np.abs(y) < radius)
        distances = x[ahead] - np.sqrt(radius * radius - y[ahead] ** 2)
        return float(distances.min(initial=math.inf))
    turn = 1.0 / abs(curvature)
    y = y * math.copysign(1.0, curvature)
    from_centre = np.hypot(x, turn - y)
    near = (np.abs(turn - from_centre) < radius) & (from_centre > 1e-6)
    x, y, from_centre = x[near], y[near], from_centre[near]
    cosine = (turn * turn + from_centre**2 - radius * radius) / (2 * turn * from_centre)
    contact = np.arctan2(x, turn - y) - np.arccos(np.clip(cosine, -1.0, 1.0))
    return float(np.min(turn * np.mod(contact, 2 * math.pi), initial=math.inf))


def free_with_margin(
    points: FloatArray, linear: float, angular: float, radius: float, margin: float
) -> float:
    """How far a disc of ``radius`` m can go and leave ``margin`` m to every point, in m along its path.

    A point that is within the margin already allows no way that would leave less than half of the margin to
    it, and any way past it. The other arguments are those of ``free_distance``.
    """
    near = np.hypot(points[:, 0], points[:, 1]) < radius + margin
    past = free_distance(points[near], linear, angular, radius + margin / 2)
    if past < 2 * radius:
        return 0.0
    return min(past, free_distance(points[~near], linear, angular, radius + margin))


def stoppable_speed(distance: float, braking: float, delay: float) -> float:
    """The highest speed in m/s from which the robot stands within ``distance`` m.

    It goes on at that speed for ``delay`` s, then brakes at ``braking`` m/s^2.
    """
    if distance <= 0:
        return 0.0
    if math.isinf(distance):
        return math.inf
    return braking * (math.sqrt(delay * delay + 2 * distance / braking) - delay)


def safe_speed(
    points: FloatArray,
    linear: float,
    angular: float,
    *,
    radius: float,
    margin: float,
    braking: float,
    delay: float,
) -> float:
    """The speed in m/s, between 0 and ``linear``, from which the robot still stops before it meets anything.

    ``radius`` m is the robot's, ``margin`` m is left around it. The turning speed stays as it is, so a slower
    robot takes a tighter path: the slower speeds are tried one by one. The units are those of the functions
    above.
    """
    if linear == 0 or points.size == 0:
        return linear
    for step in range(SPEED_STEPS, 0, -1):
        speed = linear * step / SPEED_STEPS
        free = free_with_margin(points, speed, angular, radius, margin)
        allowed = stoppable_speed(free, braking, delay)
        if allowed >= abs(speed):
            return speed
        if abs(angular) <= STRAIGHT * abs(speed):
            return math.copysign(allowed, linear)
    return 0.0

"""Transforms: what they do to points."""

from __future__ import annotations

import math

import numpy as np
from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped

from mm_robot.ros import frames
from mm_robot.types import RobotState


def applied(transform: TransformStamped, point: tuple[float, float, float]) -> np.ndarray:
    """A point of the child frame in the parent frame."""
    q, t = transform.transform.rotation, transform.transform.translation
    axis, p = np.array([q.x, q.y, q.z]), np.array(point)
    turned = p + 2 * np.cross(axis, np.cross(axis, p) + q.w * p)
    return turned + np.array([t.x, t.y, t.z])


def test_the_robot_stands_where_its_state_says() -> None:
    state = RobotState(x=1.0, y=2.0, yaw=math.pi / 2)
    transform = frames.robot_transform(state, Time(sec=3), "odom", "base_link")
    np.testing.assert_allclose(applied(transform, (1.0, 0.0, 0.0)), (1.0, 3.0, 0.0), atol=1e-12)
    assert (transform.header.frame_id, transform.child_frame_id, transform.header.stamp.sec) == (
        "odom",
        "base_link",
        3,
    )


def test_the_camera_looks_ahead() -> None:
    transform = frames.mount_transform(Time(), "base_link", "camera", 0.3, frames.OPTICAL_ROTATION)
    np.testing.assert_allclose(applied(transform, (0.0, 0.0, 1.0)), (1.0, 0.0, 0.3), atol=1e-12)
    np.testing.assert_allclose(applied(transform, (1.0, 0.0, 0.0)), (0.0, -1.0, 0.3), atol=1e-12)
    np.testing.assert_allclose(applied(transform, (0.0, 1.0, 0.0)), (0.0, 0.0, -0.7), atol=1e-12)

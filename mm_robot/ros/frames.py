"""Where the robot and its sensors are, as tf transforms; published where tf2_msgs is installed."""

from __future__ import annotations

import importlib
import importlib.util
import math
from collections.abc import Sequence
from typing import Any

from builtin_interfaces.msg import Time
from geometry_msgs.msg import TransformStamped

from mm_robot.types import RobotState

OPTICAL_ROTATION = (-0.5, 0.5, -0.5, 0.5)
"""Rotation (x, y, z, w) of a camera that looks ahead: its z is the robot's x, its x the robot's -y."""
NO_ROTATION = (0.0, 0.0, 0.0, 1.0)


def robot_transform(state: RobotState, stamp: Time, odom_frame: str, base_frame: str) -> TransformStamped:
    """The pose of the robot in the odometry frame."""
    half = state.yaw / 2
    rotation = (0.0, 0.0, math.sin(half), math.cos(half))
    return _transform(stamp, odom_frame, base_frame, (state.x, state.y, 0.0), rotation)


def mount_transform(
    stamp: Time, base_frame: str, frame: str, height: float, rotation: Sequence[float] = NO_ROTATION
) -> TransformStamped:
    """The pose of a sensor that is mounted above the robot's centre, ``height`` m above the floor."""
    return _transform(stamp, base_frame, frame, (0.0, 0.0, height), rotation)


def tf_message_type() -> Any | None:
    """The class ``tf2_msgs.msg.TFMessage``, or None where tf2_msgs is not installed."""
    if importlib.util.find_spec("tf2_msgs") is None:
        return None
    return importlib.import_module("tf2_msgs.msg").TFMessage


def _transform(
    stamp: Time, parent: str, child: str, place: Sequence[float], rotation: Sequence[float]
) -> TransformStamped:
    message = TransformStamped(child_frame_id=child)
    message.header.stamp, message.header.frame_id = stamp, parent
    translation, turn = message.transform.translation, message.transform.rotation
    translation.x, translation.y, translation.z = (float(value) for value in place)
    turn.x, turn.y, turn.z, turn.w = (float(value) for value in rotation)
    return message

"""The settings of the safety gate from a node's configuration, its limits apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from mm_robot.safety.desk import Conduct
from mm_robot.safety.guardian import Arming
from mm_robot.safety.labels import Eye
from mm_robot.types import CameraMount


def conduct_from(values: Mapping[str, Any]) -> Conduct:
    """How instructions are dealt with."""
    given = {field.name: values[field.name] for field in fields(Conduct)}
    return Conduct(**{**given, "instruction_sources": tuple(given["instruction_sources"])})


def arming_from(values: Mapping[str, Any]) -> Arming:
    """When the robot may move at all."""
    return Arming(**{field.name: values[field.name] for field in fields(Arming)})


def eye_from(values: Mapping[str, Any]) -> Eye:
    """The camera whose labels stand for a range finder."""
    return Eye(
        mount=CameraMount(values["camera_height"], values["camera_tilt"]),
        field_of_view=values["camera_field_of_view"],
        ahead=values["camera_x"],
        radius=values["robot_radius"],
    )

"""The settings of the safety gate from a node's configuration, its limits apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from mm_robot.safety.desk import Conduct
from mm_robot.safety.guardian import Arming
from mm_robot.safety.labels import Eye


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
        height=values["camera_height"],
        field_of_view=values["camera_field_of_view"],
        ahead=values["camera_x"],
        radius=values["robot_radius"],
    )

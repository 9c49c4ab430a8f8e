"""Declare, check and hold the parameters of a node."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from rcl_interfaces.msg import ParameterDescriptor, SetParametersResult
from rclpy.node import Node
from rclpy.parameter import Parameter as RosParameter

from mm_robot.config import is_ros_parameter, load_config, unknown_key
from mm_robot.errors import ConfigError
from mm_robot.parameters import PARAMETERS
from mm_robot.topics import NODES


class NodeParameters:
    """The checked parameters of one node: the packaged defaults, overridden by what ROS was given."""

    def __init__(self, node: Node, name: str) -> None:
        """Declare every parameter of ``name`` on ``node``, which has declared its overrides already.

        Raises:
            ConfigError: an override is unknown or has a wrong value.
        """
        self._known = {parameter.key: parameter for parameter in PARAMETERS[name]}
        self._values = dict(load_config().node(name))
        every_key = {parameter.key for of_node in NODES for parameter in PARAMETERS[of_node]}
        for key, found in node.get_parameters_by_prefix("").items():
            assert isinstance(found, RosParameter)
            value = list(found.value) if isinstance(found.value, array) else found.value
            if key in self._known:
                self._values[key] = self._known[key].check(value)
                node.undeclare_parameter(key)
            elif not is_ros_parameter(key) and key not in every_key:
                raise unknown_key(key, self._known)
        for key, parameter in self._known.items():
            descriptor = ParameterDescriptor(
                description=parameter.description,
                additional_constraints=parameter.allowed(),
                read_only=not parameter.runtime,
            )
            ros = RosParameter(key, value=self._values[key])
            node.declare_parameter(key, ros.value, descriptor, ignore_override=True)
        node.add_on_set_parameters_callback(self._set)

    def __getitem__(self, key: str) -> Any:
        """The value of a parameter."""
        return self._values[key]

    def all(self) -> Mapping[str, Any]:
        """Every parameter: key -> value."""
        return MappingProxyType(self._values)

    def topic(self, name: str) -> str:
        """The name in use of a topic: as configured, or as it is where it is a full name (``/``) or the
        node's own (``~/``).

        Raises:
            ConfigError: the topic is not listed for this node in ``mm_robot/topics.py``.
        """
        if name.startswith(("/", "~/")):
            return name
        if f"topics.{name}" not in self._known:
            raise ConfigError(
                f"topic {name} is not listed for this node in mm_robot/topics.py; "
                "add it there, or give a full name that begins with /"
            )
        return str(self._values[f"topics.{name}"])

    def _set(self, changes: list[RosParameter]) -> SetParametersResult:
        try:
            checked = {
                change.name: self._known[change.name].check(change.value)
                for change in changes
                if change.name in self._known
            }
        except ConfigError as error:
            return SetParametersResult(successful=False, reason=str(error))
        self._values.update(checked)
        return SetParametersResult(successful=True)

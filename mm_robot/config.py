"""Load and check the configuration: the packaged defaults, overlaid by a file in ROS parameter format."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from mm_robot.errors import ConfigError
from mm_robot.parameters import PARAMETERS
from mm_robot.topics import NODES

ROS_PARAMETERS = ("use_sim_time", "start_type_description_service")
"""Parameters of every ROS node, which rclpy itself declares and reads."""


def data_path(relative: str) -> Path:
    """Find a file that belongs to the package, such as ``config/mm_robot.yaml``.

    It lies in the source checkout, or in ``share/mm_robot`` of the prefix that the package is installed to.

    Raises:
        ConfigError: it is in neither.
    """
    here = Path(__file__)
    for module in (here, here.resolve()):
        for folder in (module.parents[1], *(parent / "share" / "mm_robot" for parent in module.parents)):
            if (folder / relative).is_file():
                return folder / relative
    raise ConfigError(f"{relative} of mm_robot is missing; install mm_robot again")


def config_path() -> Path:
    """The packaged configuration file, which holds every default."""
    return data_path("config/mm_robot.yaml")


class Config:
    """Checked values of every parameter of every node."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]]) -> None:
        """Hold checked values: node -> key -> value."""
        self._values = {node: MappingProxyType(dict(of_node)) for node, of_node in values.items()}

    def node(self, name: str) -> Mapping[str, Any]:
        """All parameters of a node, shared ones included: key -> value."""
        return self._values[name]


def load_config(path: Path | None = None, namespace: str = "/") -> Config:
    """Load the packaged defaults, and lay a file of the user's over them.

    Args:
        path: a file in ROS parameter format; sections may use the wildcards ``/**`` and ``/*``.
        namespace: the ROS namespace of the nodes, which decides which sections are theirs.

    Raises:
        ConfigError: a file cannot be read, or holds an unknown key or a wrong value.
    """
    values: dict[str, dict[str, Any]] = {node: {} for node in NODES}
    for file in (config_path(), path):
        if file is not None:
            _overlay(values, file, namespace)
    for node, of_node in values.items():
        missing = [parameter.key for parameter in PARAMETERS[node] if parameter.key not in of_node]
        if missing:
            raise ConfigError(f"{config_path()}: no default for {', '.join(missing)} of {node}")
    return Config(values)


def unknown_key(key: str, known: Iterable[str]) -> ConfigError:
    """The error for a parameter that does not exist, with the one that was probably meant."""
    close = difflib.get_close_matches(key, list(known), 1)
    fix = f"did you mean {close[0]}?" if close else "see the table of parameters in README.md"
    return ConfigError(f"parameter {key} does not exist; {fix}")


def is_ros_parameter(key: str) -> bool:
    """Whether a key is one of those that rclpy itself reads in every node."""
    return key in ROS_PARAMETERS or key.startswith("qos_overrides.")


def _overlay(values: dict[str, dict[str, Any]], file: Path, namespace: str) -> None:
    known = {node: {parameter.key: parameter for parameter in PARAMETERS[node]} for node in NODES}
    every_key = {key for keys in known.values() for key in keys}
    for section, given in _sections(_read(file), file):
        _check_section_name(section, namespace, file)
        wildcard = section.endswith("*")
        for node in _matching_nodes(section, namespace):
            for key, value in given.items():
                if key in known[node]:
                    try:
                        values[node][key] = known[node][key].check(value)
                    except ConfigError as error:
                        raise ConfigError(f"{file}: section {section}: {error}") from None
                elif not is_ros_parameter(key) and not (wildcard and key in every_key):
                    wrong = unknown_key(key, every_key if wildcard else known[node])
                    raise ConfigError(f"{file}: section {section}: {wrong}")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: not YAML: {' '.join(str(error).split())}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"{file}: not a ROS parameter file; write NODE: ros__parameters: KEY: VALUE")
    return content


def _sections(
    content: Mapping[str, Any], file: Path, prefix: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (fully qualified node pattern, flat parameters) of a ROS parameter file."""
    for name, inner in content.items():
        pattern = f"{prefix}/{str(name).strip('/')}"
        if not isinstance(inner, dict):
            raise ConfigError(f"{file}: section {name} has no ros__parameters: block")
        if "ros__parameters" in inner:
            yield pattern, dict(_flatten(inner["ros__parameters"] or {}))
        rest = {key: value for key, value in inner.items() if key != "ros__parameters"}
        if rest or "ros__parameters" not in inner:
            yield from _sections(rest, file, pattern)


def _flatten(block: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in block.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _matching_nodes(pattern: str, namespace: str) -> list[str]:
    parts = {"**": r"(/\w+)*", "*": r"/\w+"}
    regex = "".join(parts.get(part, "/" + re.escape(part)) for part in pattern.strip("/").split("/"))
    root = "/" + namespace.strip("/")
    return [node for node in NODES if re.fullmatch(regex, f"{root.rstrip('/')}/{node}")]


def _check_section_name(pattern: str, namespace: str, file: Path) -> None:
    """Refuse a section that was surely meant for a node of ours and would be ignored."""
    name = pattern.rsplit("/", 1)[-1]
    if pattern == f"/{name}" and name in NODES and namespace.strip("/"):
        raise ConfigError(
            f"{file}: section {name} is not for a node in namespace {namespace}; write /**/{name}: instead"
        )
    close = difflib.get_close_matches(name, NODES, 1, cutoff=0.8)
    if close and name not in NODES:
        raise ConfigError(f"{file}: there is no node {name}; did you mean {close[0]}?")

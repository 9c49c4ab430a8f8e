"""The launch file, loaded and evaluated by the real ``launch``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

reason = "launch and launch_ros come with ROS 2, not by package index"
launch = pytest.importorskip("launch", reason=reason, exc_type=ImportError)
launch_actions = pytest.importorskip("launch_ros.actions", reason=reason, exc_type=ImportError)

from mm_robot.bringup import ARGUMENTS, describe  # noqa: E402
from mm_robot.environment import process_variables  # noqa: E402

FILE = Path(__file__).parents[1] / "launch" / "bringup.launch.py"


@pytest.fixture(scope="module")
def launch_file() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bringup_launch", FILE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def evaluated(launch_file: ModuleType, values: dict[str, str]) -> list[Any]:
    """The node actions for values of the launch arguments, after defaults were applied by ``launch``."""
    context = launch.LaunchContext()
    context.launch_configurations.update(values)
    nodes: list[Any] = []
    for entity in launch_file.generate_launch_description().entities:
        for action in entity.visit(context) or ():
            nodes.append(action)
    return nodes


def test_every_argument_is_declared_with_default_choices_and_description(launch_file: ModuleType) -> None:
    declared = {
        argument.name: argument
        for argument in launch_file.generate_launch_description().get_launch_arguments()
    }
    assert set(declared) == {argument.name for argument in ARGUMENTS}
    for argument in ARGUMENTS:
        found = declared[argument.name]
        assert found.description.startswith(argument.description)
        assert "".join(part.text for part in found.default_value) == argument.default
        assert tuple(found.choices or ()) == argument.choices


@pytest.mark.parametrize(
    "values",
    [
        {"sim": "true", "namespace": "/one", "log_level": "debug"},
        {"sim": "false", "use_respawn": "false", "policy": "/checkpoints/mine", "autostart": "false"},
        {"sim": "true", "microphone": "true", "use_sim_time": "false"},
    ],
)
def test_the_nodes_are_those_of_the_description(launch_file: ModuleType, values: dict[str, str]) -> None:
    nodes = evaluated(launch_file, values)
    described = describe(values)
    assert [node.node_executable for node in nodes] == [node.name for node in described]
    assert {node.node_package for node in nodes} == {"mm_robot"}
    for node, wanted in zip(nodes, described, strict=True):
        context = launch.LaunchContext()
        context.extend_globals({"ros_params": []})
        node._perform_substitutions(context)
        assert node.node_name == "/".join([wanted.namespace.rstrip("/"), wanted.name])
        text = parameters_of(node)
        for key, value in wanted.parameters.items():
            assert f"{key}: {str(value).lower() if isinstance(value, bool) else value}" in text


def parameters_of(node: Any) -> str:
    """The parameter files that ``launch_ros`` writes for a node, as one text."""
    return "\n".join(
        Path(file).read_text() for file, is_file in node._Node__expanded_parameter_arguments if is_file
    )


def test_a_wrong_value_is_refused_before_anything_is_started(launch_file: ModuleType) -> None:
    with pytest.raises(ValueError, match="letters, digits and _"):
        evaluated(launch_file, {"namespace": "a b"})


def test_the_environment_is_set(launch_file: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in process_variables({}):
        monkeypatch.delenv(name, raising=False)
    context = launch.LaunchContext()
    for entity in launch_file.generate_launch_description().entities:
        entity.visit(context)
    assert process_variables({}).items() <= context.environment.items()

"""The configuration: what is allowed, what is refused and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mm_robot.config import config_path, data_path, load_config
from mm_robot.errors import ConfigError
from mm_robot.parameters import PARAMETERS, parameter_table, topic_table
from mm_robot.topics import NODES, TOPICS


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text)
    return file


def test_the_packaged_configuration_has_every_parameter_and_no_other() -> None:
    config = load_config()
    for node in NODES:
        assert set(config.node(node)) == {parameter.key for parameter in PARAMETERS[node]}


def test_keys_and_topic_names_are_unique() -> None:
    for node in NODES:
        keys = [parameter.key for parameter in PARAMETERS[node]]
        assert len(keys) == len(set(keys)), node
    assert len({topic.name for topic in TOPICS}) == len(TOPICS)


def test_every_shared_default_is_used_by_a_node() -> None:
    shared = yaml.safe_load(config_path().read_text())["/**"]["ros__parameters"]
    every_key = {parameter.key for node in NODES for parameter in PARAMETERS[node]}
    flat = {key for key in shared if key != "topics"} | {f"topics.{name}" for name in shared["topics"]}
    assert flat <= every_key


@pytest.mark.parametrize(
    ("section", "namespace"),
    [
        ("safety_gate", "/"),
        ("/safety_gate", "/"),
        ("/**/safety_gate", "/"),
        ("/**/safety_gate", "/one/two"),
        ("/**", "/one"),
        ("/*/safety_gate", "/one"),
        ("/one/safety_gate", "/one"),
    ],
)
def test_a_section_is_laid_over_the_defaults(tmp_path: Path, section: str, namespace: str) -> None:
    file = written(tmp_path, f"{section}: {{ros__parameters: {{max_linear: 1}}}}\n")
    assert load_config(file, namespace).node("safety_gate")["max_linear"] == 1.0


def test_nested_sections_and_dotted_keys_are_those_of_ros(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "one:\n  safety_gate:\n    ros__parameters:\n      topics: {scan: lidar}\n      topics.stop: halt\n",
    )
    gate = load_config(file, "/one").node("safety_gate")
    assert (gate["topics.scan"], gate["topics.stop"]) == ("lidar", "halt")


def test_sections_of_other_nodes_and_namespaces_and_ros_parameters_are_left_alone(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "slam: {ros__parameters: {resolution: 0.05}}\n"
        "/two/safety_gate: {ros__parameters: {max_linear: 0.1}}\n"
        "/**: {ros__parameters: {use_sim_time: true}}\n",
    )
    assert load_config(file, "/one").node("safety_gate") == load_config().node("safety_gate")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("safety_gate: {ros__parameters: {max_linear: .nan}}", "max_linear: nan was given"),
        ("safety_gate: {ros__parameters: {max_linear: 99.0}}", "a number from 0 to 5"),
        ("safety_gate: {ros__parameters: {max_linear: true}}", "max_linear: True was given"),
        ("safety_gate: {ros__parameters: {autostart: 1}}", "allowed is true or false"),
        ("safety_gate: {ros__parameters: {base_frame: 7}}", "allowed is a text"),
        ("safety_gate: {ros__parameters: {on_stale_scan: go}}", "one of stop, creep, ignore"),
        ("policy: {ros__parameters: {threads: 1.5}}", "an integer from 1 to 64"),
        ("safety_gate: {ros__parameters: {max_lineer: 0.3}}", "did you mean max_linear?"),
        ("/**: {ros__parameters: {max_lineer: 0.3}}", "did you mean max_linear?"),
        ("safety_gat: {ros__parameters: {max_linear: 0.3}}", "did you mean safety_gate?"),
        ("safety_gate: {max_linear: 0.3}", "no ros__parameters"),
        ("safety_gate: [1]", "no ros__parameters"),
        ("[1, 2]", "not a ROS parameter file"),
        ("a: b: c", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_the_file(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_section_that_ros_would_ignore_in_a_namespace_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, "safety_gate: {ros__parameters: {max_linear: 0.3}}")
    with pytest.raises(ConfigError, match="write /\\*\\*/safety_gate"):
        load_config(file, "/one")


def test_a_missing_file_and_a_missing_part_of_the_package_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere.yaml"):
        load_config(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigError, match="config/none.yaml"):
        data_path("config/none.yaml")


def test_the_tables_show_every_parameter_and_topic() -> None:
    parameters, topics = parameter_table(), topic_table()
    for node in NODES:
        for parameter in PARAMETERS[node]:
            assert parameter.key.startswith("topics.") or f"`{parameter.key}`" in parameters
    for topic in TOPICS:
        assert f"`{topic.type}`" in topics and topic.description in topics
    assert "| `max_linear` | `0.5` | a number from 0 to 5 (m/s) |" in parameters

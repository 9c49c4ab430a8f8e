"""The checks of ROS 2: profiles and counts of images that need a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from mm_robot.checks import ros
from mm_robot.checks.finding import MISSING, OK, WARNING
from mm_robot.environment import DDS_PROFILE_VARIABLES


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DDS_PROFILE_VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("arrived", "state"), [(0, MISSING), (30, WARNING), (56, WARNING), (57, OK), (60, OK)]
)
def test_images_that_do_not_arrive_are_told(arrived: int, state: str) -> None:
    finding = ros.judge(arrived)
    assert finding.state == state
    assert finding.found.startswith(f"{arrived} of 60")


def test_the_profile_of_the_package_is_used_where_none_is_set() -> None:
    assert ros.dds_profile().state == OK


@pytest.mark.parametrize("name", DDS_PROFILE_VARIABLES)
def test_another_profile_is_a_warning(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other.xml"
    other.write_text("<profiles/>")
    monkeypatch.setenv(name, str(other))
    finding = ros.dds_profile()
    assert finding.state == WARNING and name in finding.fix


def test_a_profile_that_is_not_there_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DDS_PROFILE_VARIABLES[0], "/nowhere.xml")
    finding = ros.dds_profile()
    assert finding.state == WARNING and finding.fix == f"unset {DDS_PROFILE_VARIABLES[0]}"


def test_rclpy_is_found_here() -> None:
    assert ros.client_library().state == OK

"""The environment variables of the processes."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from mm_robot.environment import DDS_PROFILE_VARIABLES, process_variables


@pytest.mark.parametrize("variable", DDS_PROFILE_VARIABLES)
def test_a_dds_profile_of_the_users_own_stays_in_force(variable: str) -> None:
    assert not set(DDS_PROFILE_VARIABLES) & set(process_variables({variable: "/mine.xml"}))


def test_what_is_set_already_stays_as_it_is() -> None:
    assert "OMP_WAIT_POLICY" in process_variables({})
    assert "OMP_WAIT_POLICY" not in process_variables({"OMP_WAIT_POLICY": "ACTIVE"})


def test_the_profile_gives_raw_images_enough_shared_memory() -> None:
    profile = Path(process_variables({})[DDS_PROFILE_VARIABLES[0]])
    sizes = [
        int(found.text or 0)
        for found in ElementTree.parse(profile).iter()
        if found.tag.endswith("segment_size")
    ]
    image = 640 * 480 * 3
    assert sizes and min(sizes) >= 10 * image

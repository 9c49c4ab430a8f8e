"""The environment variables that every process of mm_robot runs with."""

from __future__ import annotations

import os
from collections.abc import Mapping

from mm_robot.config import data_path

DDS_PROFILE_VARIABLES = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
"""The variable that Fast DDS 2 reads, and the one that Fast DDS 3 reads."""


def process_variables(present: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables to add for a process of mm_robot; what is set already (``present``) stays as it is.

    The DDS profile gives raw images enough shared memory. Idle threads of the model wait without spinning,
    which would starve the other processes of a small machine.
    """
    present = os.environ if present is None else present
    wanted = {"OMP_WAIT_POLICY": "PASSIVE", "PYTHONUNBUFFERED": "1"}
    if not any(variable in present for variable in DDS_PROFILE_VARIABLES):
        profile = str(data_path("config/fastdds.xml"))
        wanted.update({variable: profile for variable in DDS_PROFILE_VARIABLES})
    return {name: value for name, value in wanted.items() if name not in present}

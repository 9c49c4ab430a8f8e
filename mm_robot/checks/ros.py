"""Checks of ROS 2 and its middleware."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from mm_robot.checks.finding import Finding, missing, ok, warning
from mm_robot.config import data_path
from mm_robot.environment import DDS_PROFILE_VARIABLES, process_variables

FRAMES = 60
"""Camera images that are sent to see whether they arrive."""
ENOUGH = 0.95
LONGEST = 15.0
"""Seconds after which no image will come any more."""
FAST_DDS = "rmw_fastrtps_cpp"


def client_library() -> Finding:
    """Whether rclpy can be imported, with its compiled part."""
    try:
        import rclpy
        from rclpy.impl.implementation_singleton import rclpy_implementation  # noqa: F401
    except ImportError as error:
        return missing(
            " ".join(str(error).split()),
            "source /opt/ros/$ROS_DISTRO/setup.bash; without ROS 2 installed, run scripts/setup",
        )
    return ok(f"{rclpy.__file__} {os.environ.get('ROS_DISTRO', '')}".strip())


def middleware() -> Finding:
    """Which RMW implementation is used."""
    import rclpy

    asked = os.environ.get("RMW_IMPLEMENTATION", "")
    try:
        used: str = rclpy.get_rmw_implementation_identifier()
    except Exception as error:  # rclpy raises kinds of its own where the library cannot be loaded
        return missing(" ".join(str(error).split())[:200], f"unset RMW_IMPLEMENTATION (it is {asked!r})")
    if used == FAST_DDS:
        return ok(used)
    return warning(
        f"{used}; the DDS profile and the tests are for {FAST_DDS}", f"export RMW_IMPLEMENTATION={FAST_DDS}"
    )


def dds_profile() -> Finding:
    """Whether the nodes get the DDS profile that carries raw images."""
    ours = data_path("config/fastdds.xml")
    given = {name: os.environ[name] for name in DDS_PROFILE_VARIABLES if name in os.environ}
    for name, value in given.items():
        if not Path(value).is_file():
            return warning(f"{name}={value} is not a file", f"unset {name}")
        if Path(value).read_bytes() != ours.read_bytes():
            return warning(
                f"{name}={value} replaces {ours}",
                f"give its shared memory a segment_size of 16 MB as {ours} does, or unset {name}",
            )
    return ok(str(ours))


def messages() -> Finding:
    """Send camera images from another process over DDS, and count what arrives."""
    import rclpy
    from rclpy.qos import qos_profile_sensor_data
    from sensor_msgs.msg import Image

    from mm_robot.ros.domain import private_domain

    with private_domain() as domain:
        rclpy.init(domain_id=domain)
        node = rclpy.create_node("doctor")
        arrived: list[float] = []
        node.create_subscription(
            Image, "doctor", lambda _: arrived.append(time.monotonic()), qos_profile_sensor_data
        )
        talker = subprocess.Popen(
            [sys.executable, "-m", "mm_robot.checks.talker", str(domain), str(FRAMES)],
            env={**os.environ, **process_variables()},
        )
        try:
            end = time.monotonic() + LONGEST
            while talker.poll() is None and time.monotonic() < end:
                rclpy.spin_once(node, timeout_sec=0.1)
        finally:
            talker.kill()
            talker.wait()
            node.destroy_node()
            rclpy.shutdown()
    return judge(len(arrived))


def judge(arrived: int) -> Finding:
    """What it means that ``arrived`` of the images arrived."""
    found = f"{arrived} of {FRAMES} raw camera images arrived from another process"
    if arrived == 0:
        return missing(
            found,
            "let UDP pass on this machine: sudo ip link set lo multicast on; sudo ufw allow from 127.0.0.0/8",
        )
    if arrived < ENOUGH * FRAMES:
        return warning(
            found, "end what else keeps the processors busy, and see shared memory and DDS profile"
        )
    return ok(found)

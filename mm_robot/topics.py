"""Every topic of mm_robot: name, type, who publishes it, who hears it."""

from __future__ import annotations

from collections.abc import Mapping

from mm_robot.specification import Topic

NODES = ("camera", "microphone", "speech", "voice", "policy", "safety_gate", "simulator")
"""The nodes of mm_robot; each runs as ``python -m mm_robot.nodes.NAME``."""

TWIST = "geometry_msgs/TwistStamped"
STRING = "std_msgs/String"

TOPICS: tuple[Topic, ...] = (
    Topic("image_raw", "sensor_msgs/Image", ("camera", "simulator"), ("policy",), "camera image, rgb8"),
    Topic(
        "image_raw/compressed",
        "sensor_msgs/CompressedImage",
        ("camera",),
        ("policy",),
        "camera image, JPEG or PNG",
    ),
    Topic(
        "camera_info",
        "sensor_msgs/CameraInfo",
        ("camera", "simulator"),
        ("policy",),
        "calibration of the camera",
    ),
    Topic("scan", "sensor_msgs/LaserScan", ("simulator",), ("policy", "safety_gate"), "range finder"),
    Topic("odom", "nav_msgs/Odometry", ("simulator",), ("policy",), "odometry of the robot"),
    Topic("audio", "std_msgs/Int16MultiArray", ("microphone",), ("speech",), "sound from the microphone"),
    Topic("instruction", STRING, (), ("safety_gate",), "typed instruction"),
    Topic("instruction/voice", STRING, ("speech",), ("safety_gate",), "spoken instruction"),
    Topic("instruction/accepted", STRING, ("safety_gate",), ("policy",), "instruction to carry out (JSON)"),
    Topic("policy/status", STRING, ("policy",), ("safety_gate",), "verdict and state of the task (JSON)"),
    Topic("transcript", STRING, ("speech",), ("policy",), "what was heard, with confidence (JSON)"),
    Topic(
        "stop",
        "std_msgs/Empty",
        ("speech",),
        ("safety_gate", "policy", "speech", "voice"),
        "stand until a new instruction",
    ),
    Topic(
        "hearing",
        "std_msgs/Empty",
        ("speech",),
        ("safety_gate",),
        "silent; tells who listens that speech died",
    ),
    Topic("estop", "std_msgs/Bool", (), ("safety_gate",), "emergency stop; stays until reset by service"),
    Topic("hold", "std_msgs/Bool", (), ("safety_gate",), "true again and again while hold-to-run is held"),
    Topic("cmd_vel_raw", TWIST, ("policy",), ("safety_gate",), "velocity that the policy proposes"),
    Topic("cmd_vel_teleop", TWIST, (), ("safety_gate",), "velocity that a person at a joystick asks for"),
    Topic("cmd_vel", TWIST, ("safety_gate",), ("simulator",), "velocity that the wheels may take"),
    Topic("clock", "rosgraph_msgs/Clock", ("simulator",), (), "simulated time"),
    Topic("tf", "tf2_msgs/TFMessage", ("simulator",), (), "where the robot is, where tf2_msgs is installed"),
    Topic("tf_static", "tf2_msgs/TFMessage", ("simulator",), (), "where its sensors are mounted"),
    Topic("collisions", STRING, ("simulator",), (), "what the robot touches (JSON)"),
    Topic("scene/labels", STRING, ("policy",), ("safety_gate", "speech"), "the things in view (JSON)"),
    Topic("scene/detections", "vision_msgs/Detection2DArray", ("policy",), (), "the things in view"),
    Topic("scene/markers", "visualization_msgs/MarkerArray", ("policy",), (), "the things in view, for RViz"),
    Topic("scene/image_annotated/compressed", "sensor_msgs/CompressedImage", ("policy",), (), "the view"),
    Topic("scene/sounds", STRING, ("speech",), ("policy",), "the sounds that are heard (JSON)"),
    Topic("scene/caption", STRING, ("policy",), (), "the view in a sentence"),
    Topic("answer", STRING, ("policy", "safety_gate"), ("voice",), "what the robot answers"),
    Topic(
        "speaking", "std_msgs/Bool", ("voice",), ("speech",), "true again and again while the robot speaks"
    ),
    Topic("explanation", STRING, ("policy",), (), "why the robot does what it does (JSON)"),
    Topic("diagnostics", "diagnostic_msgs/DiagnosticArray", NODES, (), "health of every node"),
)

OWN_TOPICS: Mapping[str, tuple[str, ...]] = {"safety_gate": ("status",), "simulator": ("scene",)}
"""What nodes publish below their own name (``~/``), JSON in std_msgs/String."""

SERVICES: Mapping[str, tuple[str, ...]] = {
    "policy": ("load",),
    "safety_gate": ("arm", "stop", "approve", "veto", "reset_estop"),
    "simulator": ("reset", "pause"),
}
"""The services that nodes offer below their own name (``~/``)."""


def topics_of(node: str) -> tuple[Topic, ...]:
    """The topics that a node publishes or hears."""
    return tuple(topic for topic in TOPICS if node in topic.publishers or node in topic.subscribers)

"""Every parameter of every node: what it means and what is allowed.

The defaults stand in ``config/mm_robot.yaml``, and nowhere else. To add a parameter, add a line to
its node's block here and its default to the same node's section there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from mm_robot.safety.limits import ON_STALE_SCAN
from mm_robot.specification import Parameter
from mm_robot.speech.base import JUDGES, SUPPRESSIONS
from mm_robot.topics import NODES, TOPICS, topics_of

EVERY_NODE = (
    Parameter("autostart", bool, "configure and activate by itself at start, also after a respawn"),
    Parameter("diagnostics_rate", float, "how often the node reports its health", "Hz", 0.1, 10),
)

STAMPED = Parameter(
    "enable_stamped_cmd_vel", bool, "cmd_vel and cmd_vel_teleop are TwistStamped (true) or Twist (false)"
)
ROBOT_RADIUS = Parameter(
    "robot_radius", float, "radius of the circle that holds the whole robot", "m", 0.01, 5
)
BASE_FRAME = Parameter("base_frame", str, "tf frame of the robot's base")
RANGE_FINDER = (
    Parameter("scan_timeout", float, "age at which what was seen is stale", "s", 0.02, 5),
    Parameter("scan_x", float, "place of the range finder ahead of the robot's centre", "m", -5, 5),
    Parameter("scan_y", float, "place of the range finder left of the robot's centre", "m", -5, 5),
    Parameter("scan_yaw", float, "heading of the range finder, + is left", "rad", -3.1416, 3.1416),
)

CAMERA_HEIGHT = Parameter("camera_height", float, "height of the camera above the floor", "m", 0.01, 5)
CAMERA_TILT = Parameter(
    "camera_tilt", float, "how far the camera looks up, or down where it is negative", "rad", -0.7, 0.7
)

SAFETY_GATE = (
    STAMPED,
    BASE_FRAME,
    ROBOT_RADIUS,
    Parameter("rate", float, "how often cmd_vel is published", "Hz", 10, 200),
    Parameter("max_linear", float, "highest speed, forward and back", "m/s", 0, 5),
    Parameter("max_angular", float, "highest turning speed", "rad/s", 0, 10),
    Parameter("linear_acceleration", float, "fastest gain of speed", "m/s^2", 0.01, 20),
    Parameter("angular_acceleration", float, "fastest gain of turning speed", "rad/s^2", 0.01, 50),
    Parameter("linear_jerk", float, "how fast the gain of speed sets in", "m/s^3", 0.1, 1000),
    Parameter("angular_jerk", float, "how fast the gain of turning speed sets in", "rad/s^3", 0.1, 1000),
    Parameter("linear_braking", float, "fastest loss of speed", "m/s^2", 0.01, 20),
    Parameter("angular_braking", float, "fastest loss of turning speed", "rad/s^2", 0.01, 50),
    Parameter("policy_timeout", float, "silence of the policy after which the robot stands", "s", 0.02, 5),
    Parameter("teleop_timeout", float, "silence of the joystick after which it has no say", "s", 0.02, 5),
    Parameter(
        "obstacle_source",
        str,
        "what tells of obstacles: scan or scene/labels",
        choices=("scan", "labels"),
    ),
    Parameter("on_stale_scan", str, "what to do then", choices=ON_STALE_SCAN),
    Parameter(
        "creep_speed",
        float,
        "highest speed without a fresh scan where that is to creep, and back where nothing looks behind",
        "m/s",
        0,
        1,
    ),
    Parameter(
        "stop_distance", float, "room left around the robot; things bulge where no ray goes", "m", 0, 5
    ),
    Parameter("reaction_time", float, "time from a command until the wheels follow it", "s", 0, 2),
    *RANGE_FINDER,
    CAMERA_HEIGHT,
    CAMERA_TILT,
    Parameter("camera_field_of_view", float, "how wide the camera sees, for labels", "rad", 0.1, 3),
    Parameter("camera_x", float, "place of the camera ahead of the robot's centre, for labels", "m", -5, 5),
    Parameter("armed_at_start", bool, "may move without being armed first; set by bringup in the simulator"),
    Parameter("hold_to_run", bool, "moves only while true arrives on hold"),
    Parameter("hold_timeout", float, "silence of hold after which the robot stands", "s", 0.05, 2),
    Parameter(
        "estop_heartbeat_timeout", float, "silence of estop that counts as pressed, 0: none", "s", 0, 5
    ),
    Parameter(
        "instruction_sources",
        list[str],
        "topics of those who may instruct: instruction, instruction/voice, full names",
    ),
    Parameter("instruction_rate", float, "from a source that sends more they are dropped", "Hz", 1, 50),
    Parameter("instruction_lifetime", float, "time after which an instruction is over", "s", 1, 3600),
    Parameter("verdict_timeout", float, "time that the policy has for its verdict", "s", 0.1, 60),
    Parameter("require_approval", bool, "every instruction waits until a person calls ~/approve"),
    Parameter("approval_timeout", float, "time that a person has for approving", "s", 1, 3600),
    Parameter("wake_word", str, "an instruction that begins with it arms the robot; empty: none does"),
    Parameter("audit_log", str, "file of the audit log; empty: in ~/.ros/mm_robot/audit"),
    Parameter("audit_size", float, "size at which a new file is begun; eight are kept", "MB", 0.1, 1000),
)

CAMERA_FRAME = Parameter("camera_frame", str, "tf frame of the camera, z forward and x right")

SIMULATOR = (
    STAMPED,
    BASE_FRAME,
    CAMERA_FRAME,
    Parameter("odom_frame", str, "tf frame of the odometry"),
    Parameter("scan_frame", str, "tf frame of the range finder"),
    Parameter("seed", int, "seed of the room; the next reset uses it", "", 0, 2**31 - 1, runtime=True),
    Parameter("room", str, "room as JSON or path of its file; empty draws one from the seed", runtime=True),
    Parameter("objects", str, "things in a drawn room, such as: red ball, blue box", runtime=True),
    Parameter("distractors", int, "how many more things a drawn room has", "", 0, 16, runtime=True),
    Parameter("real_time_factor", float, "simulated seconds a second", "", 0.05, 20),
    Parameter("camera_rate", float, "camera images per simulated second", "Hz", 1, 100),
    Parameter("scan_rate", float, "scans per simulated second", "Hz", 1, 100),
    Parameter("odom_rate", float, "odometry messages per simulated second", "Hz", 1, 100),
    Parameter("command_timeout", float, "silence of cmd_vel after which the wheels stop", "s", 0.02, 5),
)

CAMERA = (
    CAMERA_FRAME,
    Parameter("source", str, "camera as index or path such as /dev/video0, or a video file or stream URL"),
    Parameter("loop", bool, "start a video file again at its end"),
    Parameter("image_width", int, "width asked of a camera, 0 for its own", "pixels", 0, 8192),
    Parameter("image_height", int, "height asked of a camera, 0 for its own", "pixels", 0, 8192),
    Parameter("frame_rate", float, "rate asked of a camera, 0 for its own", "Hz", 0, 240),
    Parameter("calibration", str, "YAML file of camera_calibration; empty: not calibrated"),
    Parameter("publish_compressed", bool, "publish JPEG images as well"),
    Parameter("jpeg_quality", int, "quality of the JPEG images", "", 1, 100),
)

MICROPHONE = (
    Parameter("device", str, "input device as number or part of its name; empty for the default one"),
    Parameter("wav", str, "sound file to play once in place of a device; empty: none"),
    Parameter("sample_rate", int, "rate of the published sound", "Hz", 8000, 48000),
    Parameter("block", float, "length of a published piece of sound", "s", 0.01, 1),
)

SPEECH = (
    Parameter("confidence", float, "confidence from which what was heard becomes an instruction", "", 0, 1),
    Parameter(
        "noise_suppression", str, "how noise is taken out before speech is looked for", choices=SUPPRESSIONS
    ),
    Parameter("voice_activity", str, "how speech is told from other sound", choices=JUDGES),
    Parameter(
        "recogniser",
        str,
        "commands for the offline one with its grammar, or a model of transformers (such as Whisper or "
        "Wav2Vec2) by folder or name",
    ),
    Parameter(
        "wake_word",
        str,
        "what a sentence has to begin with, or one up to 8 s before it, to be for the robot; empty: nothing",
    ),
    Parameter("grammar", str, "JSGF file of the sentences that are understood; empty for the own ones"),
    Parameter(
        "sound_events",
        str,
        "classifier of sound events by folder, embedded for the own one; empty for none",
    ),
)

VOICE = (
    Parameter("voice", str, "voice of espeak-ng, or of flite such as flite:slt, that speaks the answers"),
    Parameter("speed", int, "words a minute", "", 80, 450),
    Parameter("pitch", int, "height of the voice", "", 0, 99),
    Parameter("volume", float, "loudness", "", 0, 1),
    Parameter("device", str, "output device as number or part of its name; empty for the default one"),
)

POLICY = (
    BASE_FRAME,
    Parameter(
        "policy",
        str,
        "checkpoint folder, or embedded for the one in the package; ~/load takes it",
        runtime=True,
    ),
    Parameter("threads", int, "CPU threads of the model", "", 1, 64),
    Parameter("device", str, "device of the model: cpu, cuda or cuda:N"),
    Parameter(
        "image_transport", str, "camera topic: raw images or compressed ones", choices=("raw", "compressed")
    ),
    Parameter("rate", float, "highest rate of the model's decisions", "Hz", 0.5, 60),
    Parameter("command_rate", float, "how often cmd_vel_raw is published", "Hz", 10, 100),
    Parameter("annotated_rate", float, "highest rate of the labelled image", "Hz", 0.1, 30),
    Parameter("camera_timeout", float, "silence of the camera after which the robot stands", "s", 0.05, 0.4),
    Parameter(
        "odometry_timeout", float, "silence of the odometry after which the robot stands", "s", 0.05, 5
    ),
    Parameter(
        "decision_timeout",
        float,
        "age of the image behind a command after which the robot stands",
        "s",
        0.1,
        2,
    ),
    Parameter(
        "clock_timeout", float, "how long the clock may stand still before the robot stands", "s", 0.05, 2
    ),
    Parameter(
        "frozen_timeout",
        float,
        "how long the camera may send the same picture while the robot moves, before it stands",
        "s",
        0.1,
        0.6,
    ),
    Parameter("task_timeout", float, "time after which a task is given up", "s", 1, 3600),
    CAMERA_HEIGHT,
    CAMERA_TILT,
    *RANGE_FINDER,
)

PARAMETERS: Mapping[str, tuple[Parameter, ...]] = {
    node: EVERY_NODE + own + tuple(topic.parameter for topic in topics_of(node))
    for node, own in zip(
        NODES, (CAMERA, MICROPHONE, SPEECH, VOICE, POLICY, SAFETY_GATE, SIMULATOR), strict=True
    )
}
"""Node name -> all its parameters, its topic names included."""


def parameter_table() -> str:
    """The parameters of every node as Markdown tables, with the defaults of the packaged configuration."""
    from mm_robot.config import load_config

    config = load_config()
    shared = {parameter.key for parameter in EVERY_NODE}
    lines = ["### every node", *_rows(EVERY_NODE, config.node(NODES[0]))]
    for node in NODES:
        own = [p for p in PARAMETERS[node] if p.key not in shared and not p.key.startswith("topics.")]
        if own:
            lines += ["", f"### {node}", *_rows(own, config.node(node))]
    return "\n".join(lines) + "\n"


def topic_table() -> str:
    """The topics as a Markdown table, with the names of the packaged configuration."""
    from mm_robot.config import load_config

    config = load_config()
    lines = ["| topic | type | from | to | what it is |", "|---|---|---|---|---|"]
    for topic in TOPICS:
        name = config.node((topic.publishers + topic.subscribers)[0])[f"topics.{topic.name}"]
        ends = [", ".join(nodes) or "-" for nodes in (topic.publishers, topic.subscribers)]
        ends = ["every node" if end == ", ".join(NODES) else end for end in ends]
        lines.append(f"| `{name}` | `{topic.type}` | {ends[0]} | {ends[1]} | {topic.description} |")
    return "\n".join(lines) + "\n"


def _rows(parameters: Iterable[Parameter], values: Mapping[str, Any]) -> list[str]:
    lines = ["", "| parameter | default | allowed | what it does |", "|---|---|---|---|"]
    for parameter in parameters:
        default = json.dumps(values[parameter.key])
        does = parameter.description + ("; may be changed while the node runs" if parameter.runtime else "")
        lines.append(f"| `{parameter.key}` | `{default}` | {parameter.allowed()} | {does} |")
    return lines

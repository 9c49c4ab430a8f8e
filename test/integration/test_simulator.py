"""The simulator as a real process over DDS."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from node_process import NodeProcess
from probe import Probe, Received
from rcl_interfaces.msg import Parameter as ParameterMessage
from rcl_interfaces.srv import SetParameters
from rclpy.parameter import Parameter
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, LaserScan
from std_msgs.msg import String
from std_srvs.srv import SetBool, Trigger

from mm_robot.ros.convert import image_to_array, odometry_to_state

pytest.importorskip("mujoco", reason="MuJoCo is not installed")

Start = Callable[..., NodeProcess]

FACING_A_BOX = json.dumps(
    {
        "seed": 5,
        "robot": [0.0, 0.0, 0.0],
        "objects": [{"shape": "box", "colour": "red", "at": [1.2, 0.0], "size": 0.2, "yaw": 0.0}],
    }
)


def seconds(stamp: Any) -> float:
    return stamp.sec + stamp.nanosec * 1e-9


def command(linear: float, angular: float = 0.0) -> TwistStamped:
    message = TwistStamped()
    message.twist.linear.x, message.twist.angular.z = linear, angular
    return message


def scene_of(scenes: Received, probe: Probe, count: int = 1) -> dict[str, Any]:
    probe.wait(lambda: len(scenes) >= count, what="the scene")
    return json.loads(scenes[-1].data)


def statuses_of(diagnostics: Received) -> list[DiagnosticStatus]:
    return [status for array in diagnostics for status in array.status if status.name == "/simulator"]


def set_parameters(probe: Probe, **values: Any) -> None:
    parameters: list[ParameterMessage] = [
        Parameter(key, value=value).to_parameter_msg() for key, value in values.items()
    ]
    answer = probe.call(
        SetParameters, "simulator/set_parameters", SetParameters.Request(parameters=parameters)
    )
    assert all(result.successful for result in answer.results), answer


def test_every_stream_comes_at_its_rate_and_raw_images_arrive(start_node: Start, probe: Probe) -> None:
    start_node("simulator")
    images = probe.collect(Image, "image_raw", "sensor")
    infos = probe.collect(CameraInfo, "camera_info", "sensor")
    scans = probe.collect(LaserScan, "scan", "sensor")
    odometry = probe.collect(Odometry, "odom", "sensor")
    clock = probe.collect(Clock, "/clock", "sensor")
    probe.wait(lambda: images, 20.0, "the first image")
    probe.wait(lambda: seconds(images[-1].header.stamp) - seconds(images[0].header.stamp) >= 4.0, 20.0)

    stamps = [seconds(image.header.stamp) for image in images]
    wanted = round((stamps[-1] - stamps[0]) * 30) + 1
    assert len(stamps) >= 0.99 * wanted
    assert stamps == sorted(set(stamps))
    image = image_to_array(images[-1])
    assert image.shape == (480, 640, 3)
    assert image.std() > 5.0
    assert images[-1].header.frame_id == "camera_optical_frame"

    for messages, rate in ((scans, 10), (odometry, 50), (infos, 30)):
        times = [seconds(message.header.stamp) for message in messages]
        assert (len(times) - 1) / (times[-1] - times[0]) == pytest.approx(rate, rel=0.05)
    assert len(scans[-1].ranges) == 360
    assert 0.0 < min(scans[-1].ranges) < 8.0
    field_of_view = 2 * math.atan(infos[-1].width / 2 / infos[-1].k[0])
    assert math.degrees(field_of_view) == pytest.approx(70.0)
    times = [seconds(message.clock) for message in clock]
    assert times == sorted(times)
    assert np.median(np.diff(times)) == pytest.approx(0.01, abs=1e-6)


def test_the_robot_drives_as_told_and_stops_when_commands_cease(start_node: Start, probe: Probe) -> None:
    start_node("simulator", {"room": FACING_A_BOX})
    odometry = probe.collect(Odometry, "odom", "sensor")
    probe.publisher(TwistStamped, "cmd_vel")
    with probe.repeat("cmd_vel", lambda: command(0.2, 0.5), 0.05):
        probe.wait(lambda: odometry and odometry[-1].twist.twist.linear.x > 0.19, 5.0, "the speed asked for")
        probe.wait(lambda: odometry[-1].twist.twist.angular.z > 0.47, 5.0, "the turning speed asked for")
    ceased = odometry[-1]
    probe.wait(lambda: abs(odometry[-1].twist.twist.linear.x) < 0.005, 5.0, "standing wheels")
    passed = seconds(odometry[-1].header.stamp) - seconds(ceased.header.stamp)
    assert 0.3 < passed < 1.2
    state = odometry_to_state(odometry[-1])
    assert state.x > 0.05
    assert state.yaw > 0.1


def test_a_command_that_is_no_number_stops_the_wheels_and_not_the_node(
    start_node: Start, probe: Probe
) -> None:
    node = start_node("simulator", {"room": FACING_A_BOX, "command_timeout": 5.0})
    odometry = probe.collect(Odometry, "odom", "sensor")
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.publish("cmd_vel", command(-0.3))
    probe.wait(lambda: odometry and odometry[-1].twist.twist.linear.x < -0.25, 5.0, "motion")
    probe.publish("cmd_vel", command(math.nan))
    probe.wait(lambda: abs(odometry[-1].twist.twist.linear.x) < 0.005, 3.0, "standing wheels")
    probe.wait(
        lambda: "velocity: nan was given; allowed is a finite number" in node.output, 3.0, "the log line"
    )
    probe.wait(
        lambda: any(v.key == "errors in cmd_vel" for s in statuses_of(diagnostics) for v in s.values),
        3.0,
        "the count",
    )


def test_unstamped_commands_are_heard_where_they_are_asked_for(start_node: Start, probe: Probe) -> None:
    start_node("simulator", {"enable_stamped_cmd_vel": False})
    odometry = probe.collect(Odometry, "odom", "sensor")
    probe.publisher(Twist, "cmd_vel")
    with probe.repeat("cmd_vel", lambda: command(0.0, 0.6).twist, 0.05):
        probe.wait(lambda: odometry and odometry[-1].twist.twist.angular.z > 0.5, 5.0, "turning")


def test_the_scan_sees_a_box_and_hitting_it_is_reported(start_node: Start, probe: Probe) -> None:
    start_node("simulator", {"room": FACING_A_BOX})
    scans = probe.collect(LaserScan, "scan", "sensor")
    collisions = probe.collect(String, "collisions")
    odometry = probe.collect(Odometry, "odom", "sensor")
    images = probe.collect(Image, "image_raw", "sensor")
    probe.publisher(TwistStamped, "cmd_vel")
    probe.wait(lambda: scans and images, what="scan and image")
    assert scans[0].ranges[180] == pytest.approx(1.2 - 0.2 / math.sqrt(2), abs=0.01)
    red, green, blue = (int(c) for c in image_to_array(images[0])[260, 320])
    assert red > 2 * max(green, blue)
    assert not collisions
    with probe.repeat("cmd_vel", lambda: command(0.5), 0.05):
        report = json.loads(probe.wait(lambda: collisions and collisions[0].data, 10.0, "a collision"))
    assert report["touching"] == ["red box"]
    assert report["collisions"] == 1
    reached = odometry_to_state(odometry[-1]).x + 0.18
    assert reached == pytest.approx(1.2 - 0.2 / math.sqrt(2), abs=0.05)


def test_time_stands_while_paused(start_node: Start, probe: Probe) -> None:
    start_node("simulator")
    clock = probe.collect(Clock, "/clock", "sensor")
    images = probe.collect(Image, "image_raw", "sensor")
    probe.wait(lambda: images, what="the first image")
    assert probe.call(SetBool, "simulator/pause", SetBool.Request(data=True)).success
    stood = probe.wait(lambda: clock and clock[-1].clock, what="the clock")
    count = len(images)
    with pytest.raises(AssertionError, match="in vain"):
        probe.wait(lambda: seconds(clock[-1].clock) > seconds(stood) + 0.05, 0.5)
    assert len(images) <= count + 1
    assert probe.call(SetBool, "simulator/pause", SetBool.Request(data=False)).success
    probe.wait(lambda: len(images) > count + 10, what="images")
    assert seconds(clock[-1].clock) - seconds(stood) < 3.0


def test_a_reset_builds_the_room_that_the_parameters_describe(start_node: Start, probe: Probe) -> None:
    start_node("simulator", {"seed": 3, "objects": "red ball, blue ball", "distractors": 1})
    scenes = probe.collect(String, "simulator/scene", "latched")
    clock = probe.collect(Clock, "/clock", "sensor")
    odometry = probe.collect(Odometry, "odom", "sensor")
    first = scene_of(scenes, probe)
    assert [(o["colour"], o["shape"]) for o in first["objects"][:2]] == [("red", "ball"), ("blue", "ball")]
    assert len(first["objects"]) == 3

    answer = probe.call(Trigger, "simulator/reset")
    assert answer.success
    assert scene_of(scenes, probe, 2) == first

    set_parameters(probe, seed=4, objects="green box", distractors=0)
    probe.call(Trigger, "simulator/reset")
    second = scene_of(scenes, probe, 3)
    assert [(o["colour"], o["shape"]) for o in second["objects"]] == [("green", "box")]
    count = len(odometry)
    probe.wait(lambda: len(odometry) > count + 2, what="odometry after the reset")
    state = odometry_to_state(odometry[-1])
    assert (state.x, state.y, state.yaw) == pytest.approx(tuple(second["robot"]), abs=0.01)

    set_parameters(probe, objects="green dragon")
    answer = probe.call(Trigger, "simulator/reset")
    assert not answer.success
    assert "shape must be one of ball, box, cylinder, cone, got 'dragon'" in answer.message
    count = len(clock)
    probe.wait(lambda: len(clock) > count + 20, what="a clock that goes on")
    times = [seconds(message.clock) for message in clock]
    assert times == sorted(times)


def test_a_wrong_room_is_said_aloud_and_can_be_put_right(start_node: Start, probe: Probe) -> None:
    node = start_node("simulator", {"room": "/nowhere/room.json"})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    images = probe.collect(Image, "image_raw", "sensor")
    status = probe.wait(
        lambda: [s for s in statuses_of(diagnostics) if s.level == DiagnosticStatus.ERROR], 15.0, "an error"
    )[-1]
    assert "room: /nowhere/room.json cannot be read (No such file or directory)" in status.message
    assert status.message in node.output
    set_parameters(probe, room="")
    probe.wait(lambda: images, 15.0, "images")
    probe.wait(lambda: statuses_of(diagnostics)[-1].level == DiagnosticStatus.OK, what="good health")


def test_a_pace_that_cannot_be_kept_is_said_aloud(start_node: Start, probe: Probe) -> None:
    start_node("simulator", {"real_time_factor": 20.0, "camera_rate": 100.0})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    status = probe.wait(
        lambda: [s for s in statuses_of(diagnostics) if s.level == DiagnosticStatus.WARN], 15.0, "a warning"
    )[-1]
    assert "slower than the real_time_factor 20 that was asked for" in status.message
    figures = {value.key: value.value for value in status.values}
    assert 0.1 < float(figures["real time factor"]) < 20.0


def test_a_wrong_parameter_ends_the_node_with_one_line(start_node: Start) -> None:
    node = start_node("simulator", {"camera_rate": 1000.0})
    assert node.wait() == 2
    assert "camera_rate: 1000.0 was given; allowed is a number from 1 to 100 (Hz)" in node.output
    assert len(node.output.strip().splitlines()) == 1

"""Sound, velocities, odometry and scans as messages: there and back, and refused when malformed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geometry_msgs.msg import Twist, TwistStamped
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from nav_msgs.msg import Odometry
from rclpy.serialization import deserialize_message, serialize_message
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Header, Int16MultiArray, MultiArrayDimension

from mm_robot.errors import InputError
from mm_robot.ros import convert
from mm_robot.ros.convert import AudioBlock, Scan
from mm_robot.types import RobotState

finite = st.floats(-1e6, 1e6)


def through_the_wire(message):
    """The message as a subscriber gets it."""
    return deserialize_message(serialize_message(message), type(message))


@given(
    samples=arrays(np.int16, st.tuples(st.integers(1, 400), st.integers(1, 4))),
    rate=st.integers(*convert.SAMPLE_RATES),
    first=st.integers(0, 2**33),
)
@settings(deadline=None)
def test_sound_comes_back_as_it_was(samples: np.ndarray, rate: int, first: int) -> None:
    message = through_the_wire(convert.audio_to_message(AudioBlock(samples, rate, first)))
    block = convert.message_to_audio(message)
    np.testing.assert_array_equal(block.samples, samples)
    assert (block.rate, block.first_sample) == (rate, first % 2**32)


def test_a_gap_is_seen_also_where_the_index_starts_again() -> None:
    before = AudioBlock(np.zeros((100, 1), np.int16), 16000, 2**32 - 50)
    assert AudioBlock(np.zeros((100, 1), np.int16), 16000, 50).missing_since(before) == 0
    assert AudioBlock(np.zeros((100, 1), np.int16), 16000, 80).missing_since(before) == 30


def test_mono_is_the_mean_of_the_channels() -> None:
    block = AudioBlock(np.array([[16384, 0], [-32768, -32768]], np.int16), 16000, 0)
    np.testing.assert_allclose(block.mono(), [0.25, -1.0])
    assert block.mono().dtype == np.float32


def audio_message(**changes: int) -> Int16MultiArray:
    message = convert.audio_to_message(AudioBlock(np.zeros((160, 2), np.int16), 16000, 0))
    for dimension in message.layout.dim:
        dimension.size = changes.get(dimension.label, dimension.size)
    message.layout.data_offset = changes.get("data_offset", 0)
    if "length" in changes:
        message.data = [0] * changes["length"]
    return message


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sample_rate": 0}, "sample_rate 0 was given; allowed is 4000 to 192000"),
        ({"sample_rate": 2**32 - 1}, "sample_rate 4294967295"),
        ({"channels": 0}, "0 channels were given; allowed is 1 to 16"),
        ({"channels": 3}, "320 samples were given; allowed is a multiple of 3"),
        ({"length": 0}, "0 samples were given"),
        ({"length": 4_000_000}, "4000000 samples were given"),
        ({"data_offset": 4}, "data_offset 4 was given; allowed is 0"),
    ],
)
def test_malformed_sound_is_an_input_error(changes: dict[str, int], words: str) -> None:
    with pytest.raises(InputError, match=words):
        convert.message_to_audio(audio_message(**changes))


def test_sound_without_a_layout_is_an_input_error() -> None:
    message = Int16MultiArray(data=[1, 2, 3])
    message.layout.dim = [MultiArrayDimension(label="x\ny" * 100, size=3)]
    with pytest.raises(InputError, match="must have sample_rate, channels and first_sample") as error:
        convert.message_to_audio(message)
    assert "\n" not in str(error.value)


@given(linear=finite, angular=finite)
def test_a_velocity_comes_back_as_it_was(linear: float, angular: float) -> None:
    assert convert.message_to_velocity(convert.velocity_to_twist(linear, angular)) == (linear, angular)
    stamped = convert.velocity_to_message(linear, angular, Header())
    assert convert.message_to_velocity(through_the_wire(stamped)) == (linear, angular)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("kind", [Twist, TwistStamped])
def test_a_velocity_that_is_no_number_is_refused(bad: float, kind: type) -> None:
    message = kind()
    (message if kind is Twist else message.twist).angular.z = bad
    with pytest.raises(InputError, match="allowed is a finite number"):
        convert.message_to_velocity(message)
    with pytest.raises(InputError, match="allowed is a finite number"):
        convert.velocity_to_twist(bad, 0.0)


def test_numpy_numbers_can_be_sent() -> None:
    message = convert.velocity_to_message(np.float32(0.5), np.int64(1), Header())  # type: ignore[arg-type]
    assert convert.message_to_velocity(through_the_wire(message)) == (0.5, 1.0)


@given(x=finite, y=finite, yaw=st.floats(-math.pi, math.pi), linear=finite, angular=finite)
def test_odometry_comes_back_as_it_was(x: float, y: float, yaw: float, linear: float, angular: float) -> None:
    state = RobotState(x, y, yaw, linear, angular)
    message = through_the_wire(convert.state_to_odometry(state, Header(frame_id="odom"), "base_link"))
    back = convert.odometry_to_state(message)
    assert (back.x, back.y, back.linear, back.angular) == (x, y, linear, angular)
    assert math.cos(back.yaw - yaw) == pytest.approx(1.0, abs=1e-9)
    assert (message.header.frame_id, message.child_frame_id) == ("odom", "base_link")


def test_the_heading_is_read_from_a_tilted_and_unnormalised_orientation() -> None:
    message = Odometry()
    yaw, roll = 0.7, 0.2
    q = message.pose.pose.orientation
    q.w, q.x = 1.02 * math.cos(yaw / 2) * math.cos(roll / 2), 1.02 * math.cos(yaw / 2) * math.sin(roll / 2)
    q.y, q.z = 1.02 * math.sin(yaw / 2) * math.sin(roll / 2), 1.02 * math.sin(yaw / 2) * math.cos(roll / 2)
    assert convert.odometry_to_state(message).yaw == pytest.approx(yaw)


def test_malformed_odometry_is_an_input_error() -> None:
    message = Odometry()
    message.pose.pose.orientation.w = 0.0
    with pytest.raises(InputError, match="a quaternion has length 1"):
        convert.odometry_to_state(message)
    message = Odometry()
    message.pose.pose.position.x = math.nan
    with pytest.raises(InputError, match="odometry: nan was given"):
        convert.odometry_to_state(message)


def test_a_scan_comes_back_as_it_was() -> None:
    ranges = np.linspace(0.2, 11, 360).astype(np.float32)
    ranges[7] = np.inf
    message = convert.scan_to_message(Scan(ranges, -math.pi, math.pi / 180), Header(), (0.05, 12.0), 0.1)
    scan = convert.message_to_scan(through_the_wire(message))
    np.testing.assert_array_equal(scan.ranges, ranges)
    assert scan.angle_min == pytest.approx(-math.pi)
    assert scan.angle_increment == pytest.approx(math.pi / 180)
    assert message.angle_max == pytest.approx(math.pi - math.pi / 180)


def test_readings_that_are_no_measurement_are_far_and_near_ones_are_kept() -> None:
    message = LaserScan(angle_increment=0.1, range_min=0.1, range_max=5.0)
    message.ranges = [math.nan, -1.0, 9.0, 0.02, 1.0]
    np.testing.assert_allclose(convert.message_to_scan(message).ranges, [np.inf, np.inf, np.inf, 0.02, 1.0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ranges": []}, "0 rays were given"),
        ({"angle_increment": 0.0}, "angle_increment 0 was given"),
        ({"angle_min": math.nan}, "scan: nan was given"),
    ],
)
def test_a_malformed_scan_is_an_input_error(change: dict, words: str) -> None:
    message = LaserScan(angle_min=0.0, angle_increment=0.1, ranges=[1.0, 2.0])
    for key, value in change.items():
        setattr(message, key, value)
    with pytest.raises(InputError, match=words):
        convert.message_to_scan(message)


def test_the_camera_calibration_maps_the_edge_of_view_to_the_edge_of_the_image() -> None:
    info = convert.pinhole_camera_info(640, 480, math.radians(70), Header())
    assert info.k[2] + info.k[0] * math.tan(math.radians(35)) == pytest.approx(640)
    assert (info.width, info.height, info.distortion_model) == (640, 480, "plumb_bob")

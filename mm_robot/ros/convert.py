"""ROS messages to the types of the core, and back; every malformed message is an InputError of one line."""

from __future__ import annotations

import functools
import io
import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from PIL import Image as PillowImage
from sensor_msgs.msg import CameraInfo, CompressedImage, Image, LaserScan
from std_msgs.msg import Header, Int16MultiArray, MultiArrayDimension

from mm_robot.devices.calibration import Calibration
from mm_robot.errors import InputError
from mm_robot.ros.colour import ENCODINGS, Converter, Pixels, converter
from mm_robot.safety.clearance import scan_points
from mm_robot.types import FloatArray, ImageArray, RobotState

MAXIMUM_SIDE = 8192
"""Largest width and height of an image, pixels."""
MAXIMUM_BYTES = 64 * 1024 * 1024
"""Largest raw image, bytes: a 4K image of 16-bit colours."""
MAXIMUM_COMPRESSED = 32 * 1024 * 1024
"""Largest compressed image, bytes."""
COMPRESSED_FORMATS = ("JPEG", "PNG", "WEBP")
SAMPLE_RATES = (4000, 192000)
MAXIMUM_CHANNELS = 16
MAXIMUM_AUDIO_SECONDS = 10
MAXIMUM_RAYS = 100_000
SAMPLE_INDEX_MODULUS = 2**32

Int16Array = npt.NDArray[np.int16]


@dataclass(frozen=True)
class AudioBlock:
    """A piece of sound: ``samples`` [N, channels] int16 at ``rate`` Hz.

    ``first_sample`` counts the samples before it since the source began, modulo 2**32; a block
    follows without a gap when its index is the last one's plus the last one's N.
    """

    samples: Int16Array
    rate: int
    first_sample: int

    def mono(self) -> FloatArray:
        """The mean of the channels, [N] float32 in [-1, 1]."""
        mean: FloatArray = self.samples.mean(axis=1, dtype=np.float32) / np.float32(32768)
        return mean

    def missing_since(self, previous: AudioBlock) -> int:
        """How many samples were lost between the previous block and this one."""
        expected = previous.first_sample + len(previous.samples)
        return (self.first_sample - expected) % SAMPLE_INDEX_MODULUS


@dataclass(frozen=True)
class Scan:
    """One turn of a range finder.

    ``ranges`` [N] float32 m, inf where nothing is; ray i points to ``angle_min`` + i ``angle_increment`` rad
    in the sensor's frame, + is left.
    """

    ranges: FloatArray
    angle_min: float
    angle_increment: float


def image_to_array(message: Image) -> ImageArray:
    """The image as [H, W, 3] uint8 RGB; it shares memory with an rgb8 message.

    Raises:
        InputError: the encoding is unknown, or sizes do not fit the data.
    """
    encoding = ENCODINGS.get(message.encoding)
    if encoding is None:
        raise InputError(
            f"image: encoding {_short(message.encoding)} was given; allowed is one of {', '.join(ENCODINGS)}"
        )
    height, width, step = message.height, message.width, message.step
    if len(message.data) > MAXIMUM_BYTES:
        raise InputError(
            f"image: {len(message.data)} bytes of data were given; allowed are {MAXIMUM_BYTES}; "
            "send smaller images"
        )
    _check_size(width, height)
    if width % encoding.even_width or height % encoding.even_height:
        raise InputError(
            f"image: {width} x {height} pixels were given; {message.encoding} needs a width that is "
            f"a multiple of {encoding.even_width} and a height that is a multiple of {encoding.even_height}"
        )
    row = width * encoding.pixel_bytes
    if step < row or step % np.dtype(encoding.dtype).itemsize:
        raise InputError(
            f"image: step {step} was given; {width} pixels of {message.encoding} need at least {row} bytes"
        )
    if len(message.data) != step * height:
        raise InputError(
            f"image: {len(message.data)} bytes of data were given; "
            f"{height} rows of step {step} are {step * height}"
        )
    dtype = np.dtype(encoding.dtype).newbyteorder(">" if message.is_bigendian else "<")
    rows = np.frombuffer(message.data, dtype).reshape(height, -1)[:, : width * encoding.channels]
    pixels: Pixels = np.ascontiguousarray(rows, dtype=encoding.dtype)
    if encoding.channels > 1:
        pixels = pixels.reshape(height, width, encoding.channels)
    if message.encoding == "rgb8":
        return pixels
    try:
        return np.ascontiguousarray(_to_rgb()(pixels, message.encoding))
    except Exception as error:  # OpenCV and cv_bridge raise their own kinds
        reason = " ".join(str(error).split())[:80]
        raise InputError(
            f"image: {width} x {height} pixels of {message.encoding} cannot be converted ("
            f"{reason}); send rgb8"
        ) from None


def compressed_to_array(message: CompressedImage) -> ImageArray:
    """A JPEG, PNG or WebP image as [H, W, 3] uint8 RGB.

    Raises:
        InputError: it is none of these, truncated, damaged or too large.
    """
    data = bytes(message.data)
    allowed = f"allowed is a whole {', '.join(COMPRESSED_FORMATS)} of 8-bit colours"
    if not 0 < len(data) <= MAXIMUM_COMPRESSED:
        raise InputError(
            f"compressed image: {len(data)} bytes were given; allowed is 1 to {MAXIMUM_COMPRESSED}"
        )
    try:
        with PillowImage.open(io.BytesIO(data), formats=COMPRESSED_FORMATS) as picture:
            _check_size(*picture.size)
            if picture.mode not in ("L", "LA", "P", "RGB", "RGBA", "CMYK", "1"):
                raise InputError(f"compressed image: pixels of kind {picture.mode} were given; {allowed}")
            return np.array(picture.convert("RGB"))
    except InputError:
        raise
    except Exception as error:  # a damaged file fails in many ways
        reason = " ".join(str(error).split())[:80]
        raise InputError(
            f"compressed image: {len(data)} bytes of format {_short(message.format)} cannot be read "
            f"({reason}); {allowed}"
        ) from None


def array_to_image(image: ImageArray, header: Header) -> Image:
    """An rgb8 message of [H, W, 3] uint8 RGB.

    Raises:
        InputError: the array has another shape or type.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise InputError(f"image: {image.dtype} {list(image.shape)} was given; allowed is uint8 [H, W, 3]")
    height, width = image.shape[:2]
    _check_size(width, height)
    pixels = array("B")
    pixels.frombytes(np.ascontiguousarray(image).data)
    message = Image(header=header, height=height, width=width, encoding="rgb8", step=width * 3)
    message.data = pixels
    return message


def array_to_compressed(image: ImageArray, header: Header, quality: int = 85) -> CompressedImage:
    """A JPEG message of [H, W, 3] uint8 RGB; ``quality`` 1 to 100."""
    import cv2

    _, jpeg = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    data = array("B")
    data.frombytes(jpeg.tobytes())
    message = CompressedImage(header=header, format="rgb8; jpeg compressed bgr8")
    message.data = data
    return message


def pinhole_camera_info(
    width: int, height: int, horizontal_field_of_view: float, header: Header
) -> CameraInfo:
    """The calibration of an ideal camera with square pixels; the field of view in rad."""
    focal = width / 2 / math.tan(horizontal_field_of_view / 2)
    centre_x, centre_y = width / 2, height / 2
    return CameraInfo(
        header=header,
        width=width,
        height=height,
        distortion_model="plumb_bob",
        d=[0.0] * 5,
        k=[focal, 0.0, centre_x, 0.0, focal, centre_y, 0.0, 0.0, 1.0],
        r=[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
        p=[focal, 0.0, centre_x, 0.0, 0.0, focal, centre_y, 0.0, 0.0, 0.0, 1.0, 0.0],
    )


def calibrated_camera_info(
    calibration: Calibration | None, width: int, height: int, header: Header
) -> CameraInfo:
    """The calibration of a real camera; without one every matrix is zero, which means "not calibrated"."""
    message = CameraInfo(header=header, width=width, height=height)
    if calibration is not None:
        message.distortion_model, message.d = calibration.model, list(calibration.distortion)
        message.k, message.r = calibration.matrix, calibration.rectification
        message.p = calibration.projection
    return message


def audio_to_message(block: AudioBlock) -> Int16MultiArray:
    """The block as a message whose layout names sample rate, channels and first sample.

    Raises:
        InputError: the block is empty, too long, or of a wrong shape, type or rate.
    """
    samples = block.samples
    if samples.dtype != np.int16 or samples.ndim != 2:
        raise InputError(
            f"audio: {samples.dtype} {list(samples.shape)} was given; allowed is int16 [N, channels]"
        )
    length, channels = samples.shape
    _check_audio(block.rate, channels, length * channels)
    message = Int16MultiArray()
    message.layout.dim = [
        MultiArrayDimension(label="sample_rate", size=block.rate, stride=block.rate),
        MultiArrayDimension(label="channels", size=channels, stride=channels),
        _index_dimension(block.first_sample % SAMPLE_INDEX_MODULUS),
    ]
    data = array("h")
    data.frombytes(samples.tobytes())
    message.data = data
    return message


def message_to_audio(message: Int16MultiArray) -> AudioBlock:
    """The sound of a message, as ``audio_to_message`` writes it.

    Raises:
        InputError: the layout lacks a dimension, or a size is out of range or does not fit the data.
    """
    sizes = {dimension.label: dimension.size for dimension in message.layout.dim}
    for label in ("sample_rate", "channels", "first_sample"):
        if label not in sizes:
            given = ", ".join(_short(name) for name in list(sizes)[:5]) or "none"
            raise InputError(
                f"audio: dimensions {given} were given; "
                "the layout must have sample_rate, channels and first_sample"
            )
    if message.layout.data_offset:
        raise InputError(f"audio: data_offset {message.layout.data_offset} was given; allowed is 0")
    _check_audio(sizes["sample_rate"], sizes["channels"], len(message.data))
    samples = np.frombuffer(message.data, np.int16).reshape(-1, sizes["channels"])
    return AudioBlock(samples, sizes["sample_rate"], sizes["first_sample"])


def message_to_velocity(message: Twist | TwistStamped) -> tuple[float, float]:
    """Forward speed (m/s) and turning speed (rad/s) of a velocity command.

    Raises:
        InputError: one of them is not finite.
    """
    twist = message.twist if isinstance(message, TwistStamped) else message
    linear, angular = float(twist.linear.x), float(twist.angular.z)
    _check_finite("velocity", (linear, angular))
    return linear, angular


def velocity_to_twist(linear: float, angular: float) -> Twist:
    """A velocity command of ``linear`` m/s and ``angular`` rad/s.

    Raises:
        InputError: one of them is not finite.
    """
    _check_finite("velocity", (linear, angular))
    twist = Twist()
    twist.linear.x, twist.angular.z = float(linear), float(angular)
    return twist


def velocity_to_message(linear: float, angular: float, header: Header) -> TwistStamped:
    """A stamped velocity command; the arguments and errors are those of ``velocity_to_twist``."""
    return TwistStamped(header=header, twist=velocity_to_twist(linear, angular))


def odometry_to_state(message: Odometry) -> RobotState:
    """Pose and speeds of the robot.

    Raises:
        InputError: a number is not finite, or the orientation is not a rotation.
    """
    position, q = message.pose.pose.position, message.pose.pose.orientation
    twist = message.twist.twist
    numbers = (position.x, position.y, q.x, q.y, q.z, q.w, twist.linear.x, twist.angular.z)
    _check_finite("odometry", numbers)
    norm = math.sqrt(q.x**2 + q.y**2 + q.z**2 + q.w**2)
    if not 0.9 < norm < 1.1:
        raise InputError(f"odometry: orientation of length {norm:.3g} was given; a quaternion has length 1")
    yaw = math.atan2(2 * (q.w * q.z + q.x * q.y), norm**2 - 2 * (q.y**2 + q.z**2))
    return RobotState(position.x, position.y, yaw, twist.linear.x, twist.angular.z)


def state_to_odometry(state: RobotState, header: Header, base_frame: str) -> Odometry:
    """The robot's state as odometry; ``header`` holds the time and the odometry frame."""
    message = Odometry(header=header, child_frame_id=base_frame)
    message.pose.pose.position.x, message.pose.pose.position.y = float(state.x), float(state.y)
    message.pose.pose.orientation.z = math.sin(state.yaw / 2)
    message.pose.pose.orientation.w = math.cos(state.yaw / 2)
    message.twist.twist.linear.x = float(state.linear)
    message.twist.twist.angular.z = float(state.angular)
    return message


def message_to_scan(message: LaserScan) -> Scan:
    """The scan; readings that are no measurement (NaN, negative, beyond the sensor's reach) become inf.

    A reading nearer than the sensor can measure is kept: something is there.

    Raises:
        InputError: it has no rays or too many, or its angles are not finite or do not advance.
    """
    if not 0 < len(message.ranges) <= MAXIMUM_RAYS:
        raise InputError(f"scan: {len(message.ranges)} rays were given; allowed is 1 to {MAXIMUM_RAYS}")
    _check_finite("scan", (message.angle_min, message.angle_increment))
    if message.angle_increment == 0 and len(message.ranges) > 1:
        raise InputError("scan: angle_increment 0 was given; it must not be 0")
    ranges = np.array(message.ranges, np.float32)
    far = message.range_max if math.isfinite(message.range_max) and message.range_max > 0 else math.inf
    ranges[~((ranges >= 0) & (ranges <= far))] = np.inf
    return Scan(ranges, float(message.angle_min), float(message.angle_increment))


def scan_to_points(message: LaserScan, pose: tuple[float, float, float]) -> FloatArray:
    """What a scan sees as points [N, 2] in the robot frame, m; ``pose`` is the range finder's in it.

    Raises:
        InputError: see ``message_to_scan`` and ``scan_points``.
    """
    scan = message_to_scan(message)
    return scan_points(scan.ranges, scan.angle_min, scan.angle_increment, pose)


def scan_to_message(scan: Scan, header: Header, reach: tuple[float, float], seconds: float) -> LaserScan:
    """The scan as a message; ``reach`` is the nearest and farthest distance (m), ``seconds`` a turn takes."""
    message = LaserScan(header=header)
    message.angle_min, message.angle_increment = scan.angle_min, scan.angle_increment
    message.angle_max = scan.angle_min + (len(scan.ranges) - 1) * scan.angle_increment
    message.range_min, message.range_max = reach
    message.scan_time = seconds
    message.ranges = array("f", np.asarray(scan.ranges, np.float32).tobytes())
    return message


@functools.cache
def _to_rgb() -> Converter:
    return converter()


def _index_dimension(first_sample: int) -> MultiArrayDimension:
    return MultiArrayDimension(label="first_sample", size=first_sample, stride=first_sample)


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= MAXIMUM_SIDE and 0 < height <= MAXIMUM_SIDE):
        raise InputError(
            f"image: {width} x {height} pixels were given; "
            f"allowed is 1 x 1 to {MAXIMUM_SIDE} x {MAXIMUM_SIDE}"
        )


def _check_audio(rate: int, channels: int, samples: int) -> None:
    low, high = SAMPLE_RATES
    if not low <= rate <= high:
        raise InputError(f"audio: sample_rate {rate} was given; allowed is {low} to {high} (Hz)")
    if not 1 <= channels <= MAXIMUM_CHANNELS:
        raise InputError(f"audio: {channels} channels were given; allowed is 1 to {MAXIMUM_CHANNELS}")
    longest = MAXIMUM_AUDIO_SECONDS * rate * channels
    if not 0 < samples <= longest or samples % channels:
        raise InputError(
            f"audio: {samples} samples were given; "
            f"allowed is a multiple of {channels} (channels) up to {longest}"
        )


def _check_finite(what: str, numbers: Sequence[float]) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise InputError(f"{what}: {number} was given; allowed is a finite number")


def _short(text: str) -> str:
    return repr(text if len(text) <= 30 else text[:30] + "...")

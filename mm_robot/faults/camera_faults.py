"""The camera falls silent, freezes, or sends what is no image."""

from __future__ import annotations

import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
from rclpy.serialization import serialize_message
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from mm_robot.faults.body import Body, moving_picture
from mm_robot.faults.cast import memory_peak
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig
from mm_robot.ros.convert import array_to_image

BURST = 12
"""How many bad images are sent, at the camera's rate."""
PERIOD = 0.05
COUNTED_WITHIN = 3.0
ANOTHER_CAMERA = """
import sys, time, rclpy
from sensor_msgs.msg import Image
from mm_robot.ros.qos import offered
rclpy.init()
publisher = rclpy.create_node("another_camera").create_publisher(Image, "image_raw", offered("sensor"))
image = sys.stdin.buffer.read(int.from_bytes(sys.stdin.buffer.read(8), "little"))
while publisher.get_subscription_count() == 0:
    time.sleep(0.01)
print("ready", flush=True)
for _ in sys.stdin.buffer:
    publisher.publish(image)
"""
Sender = Callable[[Rig, bytes], AbstractContextManager[Callable[[], None]]]
"""Gets ready to send an image, as it goes over the wire, again and again."""
HUNDRED_MEGABYTES = 100_000_000
HUGE_BURST = 2
ALLOWED_GROWTH = 600.0
"""MB by which the driving node may grow over images of 100 MB: a few of them wait in its queue and in DDS."""


def broken(break_: Callable[[Body, bool], None]) -> Callable[[Rig, int], float]:
    """While the robot moves, ``break_`` breaks its camera (True), and mends it (False) afterwards."""

    def trial(rig: Rig, number: int) -> float:
        rig.move()
        fault = time.monotonic()
        break_(rig.body, True)
        try:
            return rig.probe.seconds_to_zero(fault, 3.0)
        finally:
            break_(rig.body, False)

    return trial


def silent(body: Body, now: bool) -> None:
    """The camera stops."""
    body.camera = not now


def frozen(body: Body, now: bool) -> None:
    """The camera sends the same bytes with fresh stamps."""
    body.frozen = now


def bad_images(
    make: Callable[[], Image], sender: Sender, burst: int = BURST, may_be_lost: bool = False
) -> Callable[[Rig, int], float]:
    """``sender`` sends nothing but images as ``make`` makes them; DDS may drop all if ``may_be_lost``."""

    def trial(rig: Rig, number: int) -> float:
        process = rig.troupe.nodes()["policy"]
        rig.move()
        rejected = rig.probe.counter("policy", "rejected images")
        before = memory_peak(process)
        with sender(rig, serialize_message(make())) as send:
            rig.body.camera = False
            fault = time.monotonic()
            try:
                for sent in range(burst):
                    send()
                    time.sleep(max(0.0, fault + (sent + 1) * PERIOD - time.monotonic()))
                seconds = rig.probe.seconds_to_zero(fault, 3.0)
            finally:
                rig.body.camera = True
        if not may_be_lost:
            rig.probe.wait(
                lambda: rig.probe.counter("policy", "rejected images") > rejected,
                COUNTED_WITHIN,
                "the images to be counted as rejected",
            )
        if rig.troupe.nodes().get("policy") != process:
            raise FaultError("the driving node died")
        grown = memory_peak(process) - before
        if grown > ALLOWED_GROWTH:
            raise FaultError(f"the driving node grew by {grown:.0f} MB")
        return seconds

    return trial


@contextmanager
def by_the_camera(rig: Rig, image: bytes) -> Iterator[Callable[[], None]]:
    """The robot's camera sends it."""
    yield lambda: rig.body.send_image(image)


@contextmanager
def by_another_process(rig: Rig, image: bytes) -> Iterator[Callable[[], None]]:
    """A process of its own sends it, so that the sending holds up nothing else."""
    process = subprocess.Popen(
        [sys.executable, "-c", ANOTHER_CAMERA], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    commands = process.stdin

    def send() -> None:
        commands.write(b"\n")
        commands.flush()

    try:
        commands.write(len(image).to_bytes(8, "little") + image)
        commands.flush()
        if not process.stdout.readline():
            raise FaultError("the process that is to send the images did not start")
        yield send
    finally:
        process.kill()
        process.wait()


def corrupt() -> Image:
    """An image of a colour encoding whose size no row fits."""
    image = array_to_image(moving_picture(0), Header())
    image.step = 7
    return image


def truncated() -> Image:
    """An image that ends in the middle."""
    image = array_to_image(moving_picture(0), Header())
    image.data = image.data[: len(image.data) // 2]
    return image


def wrong_encoding() -> Image:
    """An image in an encoding that there is not."""
    image = array_to_image(moving_picture(0), Header())
    image.encoding = "rgb7"
    return image


def zero_size() -> Image:
    """An image without pixels."""
    return Image(encoding="rgb8")


def hundred_megabytes() -> Image:
    """An image of 100 MB that is whole in itself."""
    width = 8_000
    height = HUNDRED_MEGABYTES // (3 * width)
    image = Image(encoding="rgb8", width=width, height=height, step=3 * width)
    data = array("B")
    data.frombytes(np.zeros(image.step * height, np.uint8).data)
    image.data = data
    return image


FAULTS = (
    Fault("camera silent", 0.5, broken(silent)),
    Fault("camera frozen", 1.0, broken(frozen)),
    Fault("image corrupt", 0.5, bad_images(corrupt, by_the_camera)),
    Fault("image truncated", 0.5, bad_images(truncated, by_the_camera)),
    Fault("image of a wrong encoding", 0.5, bad_images(wrong_encoding, by_the_camera)),
    Fault("image of zero size", 0.5, bad_images(zero_size, by_the_camera)),
    Fault(
        "image of 100 MB",
        0.5,
        bad_images(hundred_megabytes, by_another_process, HUGE_BURST, may_be_lost=True),
    ),
)

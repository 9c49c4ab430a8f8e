"""The camera falls silent, freezes, or sends what is no image."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable

import numpy as np
from sensor_msgs.msg import Image
from std_msgs.msg import Header

from mm_robot.faults.body import moving_picture
from mm_robot.faults.cast import memory_peak
from mm_robot.faults.fault import Fault, FaultError
from mm_robot.faults.rig import Rig
from mm_robot.ros.convert import array_to_image

BURST = 12
"""How many bad images are sent, at the camera's rate."""
PERIOD = 0.05
COUNTED_WITHIN = 3.0
HUNDRED_MEGABYTES = 100_000_000
HUGE_BURST = 2
ALLOWED_GROWTH = 600.0
"""MB by which the driving node may grow over images of 100 MB: a few of them wait in its queue and in DDS."""


def silent(rig: Rig, number: int) -> float:
    """The camera stops."""
    rig.move()
    rig.body.camera = False
    fault = time.monotonic()
    try:
        return rig.probe.seconds_to_zero(fault, 3.0)
    finally:
        rig.body.camera = True


def frozen(rig: Rig, number: int) -> float:
    """The camera sends the same bytes with fresh stamps, while the robot moves."""
    rig.move()
    rig.body.frozen = True
    fault = time.monotonic()
    try:
        return rig.probe.seconds_to_zero(fault, 3.0)
    finally:
        rig.body.frozen = False


def bad_images(
    make: Callable[[], Image], burst: int = BURST, may_be_lost: bool = False
) -> Callable[[Rig, int], float]:
    """The camera sends nothing but images as ``make`` makes them; DDS may drop all if ``may_be_lost``."""

    def trial(rig: Rig, number: int) -> float:
        process = rig.troupe.nodes()["policy"]
        rig.move()
        rejected = rig.probe.counter("policy", "rejected images")
        before = memory_peak(process)
        image = make()
        rig.body.camera = False
        fault = time.monotonic()
        try:
            for sent in range(burst):
                rig.body.send_image(image)
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
    Fault("camera silent", 0.5, silent),
    Fault("camera frozen", 1.0, frozen),
    Fault("image corrupt", 0.5, bad_images(corrupt)),
    Fault("image truncated", 0.5, bad_images(truncated)),
    Fault("image of a wrong encoding", 0.5, bad_images(wrong_encoding)),
    Fault("image of zero size", 0.5, bad_images(zero_size)),
    Fault("image of 100 MB", 0.5, bad_images(hundred_megabytes, HUGE_BURST, may_be_lost=True)),
)

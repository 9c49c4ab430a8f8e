"""The other process of the DDS check: sends camera images once someone listens."""

from __future__ import annotations

import sys
import time
from array import array

import rclpy
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import Image

RATE = 30.0
WIDTH, HEIGHT = 640, 480
PATIENCE = 10.0
"""Seconds to wait for a listener."""


def main(domain: int, frames: int) -> None:
    """Send ``frames`` raw images at 30 Hz in a ROS domain."""
    rclpy.init(domain_id=domain)
    node = rclpy.create_node("doctor_talker")
    publisher = node.create_publisher(Image, "doctor", qos_profile_sensor_data)
    image = Image(width=WIDTH, height=HEIGHT, step=3 * WIDTH, encoding="rgb8")
    image.data = array("B", bytes(3 * WIDTH * HEIGHT))
    end = time.monotonic() + PATIENCE
    while publisher.get_subscription_count() == 0 and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.2)  # the listener matches a moment after the talker
    for _ in range(frames):
        publisher.publish(image)
        time.sleep(1.0 / RATE)
    time.sleep(0.5)
    node.destroy_node()
    rclpy.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

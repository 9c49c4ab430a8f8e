"""The simulated robot in its room: camera, range finder, odometry, clock and collisions.

It hears ``cmd_vel``; when that is silent for ``command_timeout`` the wheels stop. ``~/reset`` builds the
room that the parameters seed, room, objects and distractors then describe, ``~/pause`` lets time stand.
``~/scene`` holds the room as JSON. The odometry frame lies in the room's centre.
"""

from __future__ import annotations

import json
import math
import time
from typing import TYPE_CHECKING, Any

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Twist, TwistStamped
from nav_msgs.msg import Odometry
from rclpy.publisher import Publisher
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo, Image, LaserScan
from std_msgs.msg import Header, String
from std_srvs.srv import SetBool, Trigger

from mm_robot.errors import InputError
from mm_robot.nodes.simulation_thread import TICK, SimulationThread, Stream
from mm_robot.ros import convert, frames
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.sim.room_source import chosen_room
from mm_robot.sim.scene import HORIZONTAL_FIELD_OF_VIEW, Room
from mm_robot.types import USUAL_MOUNT

if TYPE_CHECKING:
    from mm_robot.sim.world import World

WIDTH, HEIGHT = 640, 480
SCAN_START = -math.pi
SCAN_REACH = (0.0, 12.0)
SCAN_HEIGHT = 0.10
CONTACT_RATE = 10.0
SLOW = 0.9
"""Part of the asked real-time factor below which the node says that it cannot keep pace."""


class Simulator(LifecycleNode):
    """The simulated robot as a ROS node."""

    def __init__(self) -> None:
        """Make the node; ``start`` builds the room."""
        super().__init__("simulator")
        self._time = 0.0
        self._command = (0.0, 0.0, -math.inf)
        self._touching: tuple[str, ...] = ()
        self._collisions = 0

    def start(self) -> None:
        """Build the room and let it run."""
        command_type = TwistStamped if self.value("enable_stamped_cmd_vel") else Twist
        self._images = self.publish_to(Image, "image_raw", "sensor")
        self._camera_info = self.publish_to(CameraInfo, "camera_info", "sensor")
        self._scans = self.publish_to(LaserScan, "scan", "sensor")
        self._odometry = self.publish_to(Odometry, "odom", "sensor")
        self._clock_publisher = self.publish_to(Clock, "clock", "sensor")
        self._contacts = self.publish_to(String, "collisions")
        self._scene = self.publish_to(String, "~/scene", "latched")
        self._offer_frames()
        room = self._chosen_room()
        self._simulation = SimulationThread(
            room,
            self._time,
            self.value("real_time_factor"),
            [
                Stream(1 / TICK, self._publish_clock),
                Stream(self.value("odom_rate"), self._publish_odometry),
                Stream(self.value("scan_rate"), self._publish_scan),
                Stream(self.value("camera_rate"), self._publish_camera),
                Stream(CONTACT_RATE, self._publish_contacts),
            ],
            self._velocity,
            lambda error: self._guard.failed("simulation", error),
        )
        self._scene.publish(String(data=json.dumps(room.to_dict())))
        self.subscribe(command_type, "cmd_vel", self._hear_command)
        self.serve(Trigger, "~/reset", self._reset)
        self.serve(SetBool, "~/pause", self._pause)
        self.every(1.0, self._check_pace)
        self.ok_state()

    def stop(self) -> None:
        """End the simulation; its time goes on from there when the node is activated again."""
        simulation = self.__dict__.pop("_simulation", None)
        if simulation is not None:
            simulation.end()
            self._time = simulation.now

    def _chosen_room(self) -> Room:
        return chosen_room(*(self.value(key) for key in ("seed", "room", "objects", "distractors")))

    def _offer_frames(self) -> None:
        self._tf: Publisher | None = None
        self._tf_message: Any = frames.tf_message_type()
        tf_message = self._tf_message
        if tf_message is None:
            return
        base, now = self.value("base_frame"), _stamp(self._time)
        self._tf = self.publish_to(tf_message, "tf")
        camera = frames.mount_transform(
            now, base, self.value("camera_frame"), USUAL_MOUNT.height, frames.OPTICAL_ROTATION
        )
        scan = frames.mount_transform(now, base, self.value("scan_frame"), SCAN_HEIGHT)
        self.publish_to(tf_message, "tf_static", "latched").publish(tf_message(transforms=[camera, scan]))

    def _hear_command(self, message: Twist | TwistStamped) -> None:
        now = time.monotonic()
        try:
            linear, angular = convert.message_to_velocity(message)
        except InputError:
            self._command = (0.0, 0.0, now)
            raise
        self._command = (linear, angular, now)

    def _velocity(self, now: float) -> tuple[float, float]:
        linear, angular, received = self._command
        return (linear, angular) if now - received <= self.value("command_timeout") else (0.0, 0.0)

    def _reset(self, _request: Any, response: Any) -> None:
        room = self._chosen_room()
        self._simulation.reset(room)
        self._command = (0.0, 0.0, -math.inf)
        self._scene.publish(String(data=json.dumps(room.to_dict())))
        response.success = True
        response.message = f"seed {room.seed}: " + ", ".join(thing.name for thing in room.things)

    def _pause(self, request: Any, response: Any) -> None:
        self._simulation.paused = request.data
        response.success, response.message = True, "paused" if request.data else "running"

    def _check_pace(self) -> None:
        achieved, asked = self._simulation.achieved_factor(), self.value("real_time_factor")
        self.report("simulated time", round(self._simulation.now, 3))
        self.report("collisions", self._collisions)
        if achieved is not None:
            self.report("real time factor", achieved)
        if self._simulation.paused:
            self.warn_state("paused; call ~/pause with data: false to go on")
        elif achieved is not None and achieved < SLOW * asked:
            self.warn_state(
                f"slower than the real_time_factor {asked:g} that was asked for; "
                "lower it or camera_rate, or free the processor"
            )
        else:
            self.ok_state()

    def _publish_clock(self, _world: World, now: float) -> None:
        self._clock_publisher.publish(Clock(clock=_stamp(now)))

    def _publish_odometry(self, world: World, now: float) -> None:
        state, base = world.robot_state(), self.value("base_frame")
        header = _header(now, self.value("odom_frame"))
        self._odometry.publish(convert.state_to_odometry(state, header, base))
        if self._tf is not None:
            transform = frames.robot_transform(state, header.stamp, header.frame_id, base)
            self._tf.publish(self._tf_message(transforms=[transform]))

    def _publish_scan(self, world: World, now: float) -> None:
        ranges = world.scan()
        scan = convert.Scan(ranges, SCAN_START, 2 * math.pi / len(ranges))
        header = _header(now, self.value("scan_frame"))
        self._scans.publish(convert.scan_to_message(scan, header, SCAN_REACH, 1 / self.value("scan_rate")))

    def _publish_camera(self, world: World, now: float) -> None:
        header = _header(now, self.value("camera_frame"))
        self._images.publish(convert.array_to_image(world.render(WIDTH, HEIGHT), header))
        self._camera_info.publish(
            convert.pinhole_camera_info(WIDTH, HEIGHT, HORIZONTAL_FIELD_OF_VIEW, header)
        )

    def _publish_contacts(self, world: World, now: float) -> None:
        touching = world.contacts()
        if touching == self._touching:
            return
        self._collisions += bool(set(touching) - set(self._touching))
        self._touching = touching
        stamp = _stamp(now)
        report = {
            "stamp": {"sec": stamp.sec, "nanosec": stamp.nanosec},
            "touching": list(touching),
            "collisions": self._collisions,
        }
        self._contacts.publish(String(data=json.dumps(report)))


def main() -> None:
    """Run the node."""
    spin(Simulator)


def _stamp(seconds: float) -> Time:
    sec, nanosec = divmod(round(seconds * 1e9), 10**9)
    return Time(sec=sec, nanosec=nanosec)


def _header(seconds: float, frame: str) -> Header:
    return Header(stamp=_stamp(seconds), frame_id=frame)


if __name__ == "__main__":
    main()

"""A body for the robot under test: wheels, odometry, range finder and camera, each of which can fail.

It moves as ``cmd_vel`` says, after a delay within the gate's ``reaction_time``, on an endless floor with one
round thing on it, if any.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from builtin_interfaces.msg import Time
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Image, LaserScan
from std_msgs.msg import Header

from mm_robot.faults.probe import Probe, Velocity
from mm_robot.ros import convert
from mm_robot.ros.qos import offered
from mm_robot.sim.pacing import Beat
from mm_robot.types import ImageArray, RobotState

TICK = 0.01
RATES = {"odom": 50.0, "scan": 10.0, "camera": 20.0}
RAYS = 360
REACH = (0.05, 12.0)
WHEEL_DELAY = 0.03
"""Seconds from the receipt of a command until the wheels follow it."""
COMMAND_TIMEOUT = 0.5
"""Seconds of silence of ``cmd_vel`` after which the wheels stop by themselves."""
WIDTH, HEIGHT = 640, 480


@dataclass(frozen=True)
class Thing:
    """Something round on the floor: its centre in the odometry frame and its radius, m."""

    x: float
    y: float
    radius: float


class Body:
    """Moves and senses in a thread of its own.

    ``camera``, ``odometry``, ``scanner``: whether each speaks; ``frozen``: whether the camera repeats its
    last image; ``stamp``: makes the stamps, in s, from the true time; ``thing``: what is on the floor;
    ``clearance``: the smallest distance so far from the robot's edge to the thing, m, negative on contact.
    """

    def __init__(self, probe: Probe, radius: float) -> None:
        """Be born at the origin; ``radius`` of the robot in m."""
        self.camera = self.odometry = self.scanner = True
        self.frozen = False
        self.stamp: Callable[[float], float] = lambda now: now
        self.thing: Thing | None = None
        self.clearance = math.inf
        self._radius = radius
        self._state = RobotState()
        self._commands: deque[Velocity] = deque(maxlen=100)
        self._obeyed = Velocity(0.0, 0.0, 0.0)
        self._picture = moving_picture(0)
        self._shown = 0
        create = probe.node.create_publisher
        self._images = create(Image, "image_raw", offered("sensor"))
        self._odometry = create(Odometry, "odom", offered("sensor"))
        self._scans = create(LaserScan, "scan", offered("sensor"))
        self._beats = {name: Beat(rate) for name, rate in RATES.items()}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        probe.listeners.append(self._commands.append)
        self._thread = threading.Thread(target=self._run, name="body", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._ended.set()
        self._thread.join(5.0)

    @property
    def state(self) -> RobotState:
        """Where the robot is and how fast."""
        return self._state

    def put_ahead(self, distance: float, radius: float, sign: float = 1.0) -> None:
        """Put a thing in the robot's way, ``distance`` m from edge to edge; behind it for a sign of -1."""
        with self._lock:
            away = sign * (self._radius + distance + radius)
            yaw = self._state.yaw
            self.thing = Thing(
                self._state.x + away * math.cos(yaw), self._state.y + away * math.sin(yaw), radius
            )
            self.clearance = math.inf

    def push(self, distance: float) -> None:
        """Shove the robot ahead by so many m, at once."""
        with self._lock:
            self._move(distance, 0.0)

    def send_image(self, image: bytes) -> None:
        """Publish an image of the caller's own, as it goes over the wire."""
        self._images.publish(image)

    def _run(self) -> None:
        before = time.monotonic()
        while not self._ended.wait(TICK):
            now = time.monotonic()
            with self._lock:
                self._obey(now)
                self._move(self._obeyed.linear * (now - before), self._obeyed.angular * (now - before))
            before = now
            if self._ended.is_set():
                return
            self._sense(now)

    def _obey(self, now: float) -> None:
        while self._commands and self._commands[0].received + WHEEL_DELAY <= now:
            self._obeyed = self._commands.popleft()
        if now - self._obeyed.received > COMMAND_TIMEOUT:
            self._obeyed = Velocity(now, 0.0, 0.0)

    def _move(self, forward: float, turned: float) -> None:
        yaw = self._state.yaw + turned
        self._state = RobotState(
            self._state.x + forward * math.cos(yaw),
            self._state.y + forward * math.sin(yaw),
            yaw,
            self._obeyed.linear,
            self._obeyed.angular,
        )
        if self.thing is not None:
            apart = math.hypot(self.thing.x - self._state.x, self.thing.y - self._state.y)
            self.clearance = min(self.clearance, apart - self._radius - self.thing.radius)

    def _sense(self, now: float) -> None:
        if self._beats["odom"].due(now) and self.odometry:
            self._odometry.publish(convert.state_to_odometry(self._state, self._header("odom"), "base_link"))
        if self._beats["scan"].due(now) and self.scanner:
            scan = convert.Scan(self._ranges(), -math.pi, 2 * math.pi / RAYS)
            self._scans.publish(
                convert.scan_to_message(scan, self._header("base_scan"), REACH, 1 / RATES["scan"])
            )
        if self._beats["camera"].due(now) and self.camera:
            if not self.frozen:
                self._shown += 1
                self._picture = moving_picture(self._shown)
            self._images.publish(convert.array_to_image(self._picture, self._header("camera_optical_frame")))

    def _ranges(self) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        ranges = np.full(RAYS, np.inf, np.float32)
        thing, state = self.thing, self._state
        if thing is None:
            return ranges
        x, y = thing.x - state.x, thing.y - state.y
        angles = -math.pi + 2 * math.pi / RAYS * np.arange(RAYS) + state.yaw
        along = x * np.cos(angles) + y * np.sin(angles)
        reach = thing.radius**2 - (x**2 + y**2 - along**2)
        hit = (along > 0) & (reach >= 0)
        ranges[hit] = (along[hit] - np.sqrt(reach[hit])).astype(np.float32)
        ranges[ranges < REACH[0]] = -np.inf
        ranges[ranges > REACH[1]] = np.inf
        return ranges

    def _header(self, frame: str) -> Header:
        seconds = max(0.0, self.stamp(time.time()))
        whole = int(seconds)
        return Header(stamp=Time(sec=whole, nanosec=int((seconds - whole) * 1e9)), frame_id=frame)


def moving_picture(number: int) -> ImageArray:
    """A picture [480, 640, 3] of a floor and a red thing that wanders; each differs from the one before."""
    picture = np.full((HEIGHT, WIDTH, 3), 200, np.uint8)
    picture[HEIGHT // 2 :] = 120
    left = (number * 7) % (WIDTH - 80)
    picture[260:340, left : left + 80] = (200, 30, 30)
    return picture

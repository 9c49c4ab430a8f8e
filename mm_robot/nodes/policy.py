"""The driving node: hears instructions, looks through the camera, proposes velocities.

Hears ``instruction/accepted`` from the safety gate (one task at a time, the newest wins), ``stop``,
``image_raw`` (or ``image_raw/compressed``), ``camera_info`` and ``odom``, and ``scene/sounds`` for tasks that
end with a sound. Proposes ``cmd_vel_raw`` at
``command_rate`` and tells what it sees on ``scene/*``, what it answers on ``answer``, why it acts on
``explanation``, and its verdict and how far it is on ``policy/status`` (JSON, latched). The model runs in a
thread of its own.

``~/load`` loads the policy that the parameter ``policy`` names now, while the one at work drives on; see
``mm_robot deploy``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from sensor_msgs.msg import CompressedImage, Image, LaserScan
from std_msgs.msg import Empty, Header, String
from std_srvs.srv import Trigger

from mm_robot.errors import InputError
from mm_robot.model.cadence import Rate, Spread
from mm_robot.model.driver import RUNNING, Command, Driver, Timeouts
from mm_robot.model.policy import Policy, load_policy
from mm_robot.model.sound_watch import Heard, SoundWatch
from mm_robot.nodes.policy_thread import Frame, PolicyThread
from mm_robot.ros.convert import odometry_to_state, scan_to_points, velocity_to_message
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.ros.orders import message_to_order
from mm_robot.ros.scene_publisher import ScenePublisher
from mm_robot.safety.desk import ALLOWED, REFUSED
from mm_robot.types import CameraMount, FloatArray, RobotState

STATUS_PERIOD = 0.5
AGES_KEPT = 4000


class PolicyNode(LifecycleNode):
    """Turns messages into observations and decisions into messages; the driver core does the rest."""

    def __init__(self, load: Callable[[str, int, str], Policy] = load_policy, **kwargs: Any) -> None:
        """Create the node; ``load(source, threads, device)`` makes the policy when it is activated."""
        super().__init__("policy", **kwargs)
        self._load = load

    def start(self) -> None:
        """Subscribe, and start loading the policy."""
        self._driver = Driver(
            Timeouts(
                camera=self.value("camera_timeout"),
                odometry=self.value("odometry_timeout"),
                decision=self.value("decision_timeout"),
                clock=self.value("clock_timeout"),
                frozen=self.value("frozen_timeout"),
                task=self.value("task_timeout"),
            ),
            CameraMount(self.value("camera_height"), self.value("camera_tilt")),
        )
        self._robot: RobotState | None = None
        self._located: float | None = None
        self._points: tuple[FloatArray, float] | None = None  # with the monotonic time of receipt
        self._scanner = (self.value("scan_x"), self.value("scan_y"), self.value("scan_yaw"))
        self._command = Command()
        self._sounds = SoundWatch()
        self._accepted, self._verdict = 0, ""
        self._image_stamp = 0.0
        self._actions, self._ages = Rate(), Spread(AGES_KEPT)
        self._publish_command = self.publish_to(TwistStamped, "cmd_vel_raw").publish
        self._publish_answer = self.publish_to(String, "answer").publish
        self._status = self.publish_to(String, "policy/status", "latched")
        self._thread = PolicyThread(self, self._driver, self._load_policy, ScenePublisher(self))
        if self.value("image_transport") == "compressed":
            self._images = self.subscribe(CompressedImage, "image_raw/compressed", self._see, "sensor")
        else:
            self._images = self.subscribe(Image, "image_raw", self._see, "sensor")
        self.subscribe(Odometry, "odom", self._locate, "sensor")
        self.subscribe(LaserScan, "scan", self._scan, "sensor")
        self.subscribe(String, "instruction/accepted", self._instruct)
        self.subscribe(String, "scene/sounds", self._hear)
        self.subscribe(Empty, "stop", self._stop)
        self.serve(Trigger, "~/load", self._load_anew)
        self.every(1.0 / self.value("command_rate"), self._drive)
        self.every(STATUS_PERIOD, self._tell_status)
        self._thread.start()

    def stop(self) -> None:
        """Stand, and end the model's thread."""
        self._driver.stop("the node was deactivated")
        self._publish_twist(Command())
        self._tell_status()
        self._thread.end()

    def robot(self) -> RobotState | None:
        """The latest odometry, None before the first."""
        return self._robot

    def scan(self) -> FloatArray | None:
        """The points of the latest scan [N, 2] in the robot frame, m; None where it is stale."""
        points = self._points
        stale = points is None or time.monotonic() - points[1] > self.value("scan_timeout")
        return None if points is None or stale else points[0]

    def command(self) -> Command:
        """The command that was published last."""
        return self._command

    def task_time(self) -> float:
        """The node's clock in s, by which tasks are timed."""
        return self.get_clock().now().nanoseconds * 1e-9

    def _answer(self, text: str) -> None:
        if text:
            self._publish_answer(String(data=text))

    def _load_policy(self, source: str) -> Policy:
        return self._load(source, self.value("threads"), self.value("device"))

    def _load_anew(self, _request: Trigger.Request, response: Trigger.Response) -> None:
        response.success = self._thread.load_anew()
        response.message = (
            "loading; policy/status and the diagnostics tell the result"
            if response.success
            else "another policy is being loaded; call again when policy/status says that it is loaded"
        )

    def _see(self, message: Image | CompressedImage) -> None:
        self._image_stamp = message.header.stamp.sec + message.header.stamp.nanosec * 1e-9
        self._thread.see(Frame(message, time.monotonic()))

    def _locate(self, message: Odometry) -> None:
        self._robot = odometry_to_state(message)
        self._located = time.monotonic()

    def _scan(self, message: LaserScan) -> None:
        self._points = (scan_to_points(message, self._scanner), time.monotonic())

    def _instruct(self, message: String) -> None:
        order = message_to_order(message)
        if not order.text:
            if order.number == self._accepted:
                self._driver.stop(order.reason)
                self._tell_status()
            return
        if order.number == self._accepted:
            return  # told again, before our verdict reached the gate
        self._accepted, self._verdict = order.number, ""
        self._ages.clear()
        try:
            text, unable = self._sounds.begin(order.text, time.monotonic()), ""
        except InputError as error:
            text, unable = order.text, str(error)
        if self._thread.load_error:
            unable = f"no policy is loaded: {self._thread.load_error}"
        self._driver.instruct(text, order.source, self.task_time())
        if unable:
            self._driver.stop(unable, "unable")
            self._answer("I cannot do that: no policy is loaded." if self._thread.load_error else unable)
        self._drive()
        self._tell_status()

    def _hear(self, message: String) -> None:
        self._sounds.hear(Heard.of_json(message.data), time.monotonic())
        if self._driver.status.state == RUNNING and self._sounds.happened():
            heard = f"I hear {self._sounds.wanted.replace('_', ' ')}"
            self._driver.stop(heard, "done")
            self._answer(heard)
            self._drive()
            self._tell_status()

    def _stop(self, _message: Empty) -> None:
        self._driver.stop("stopped")
        self._drive()
        self._tell_status()

    def _drive(self) -> None:
        monotonic = time.monotonic()
        held = self._command.hold
        self._command = self._driver.command(
            self.task_time(),
            monotonic,
            self._images.last,
            self._located,
            self._thread.fault or self._sounds.fault(monotonic),
        )
        if self._command.age is not None:
            self._actions.tick(monotonic)
            self._ages.add(self._command.age)
        self._publish_twist(self._command)
        verdict = self._judgement()
        changed = verdict != self._verdict
        self._verdict = verdict
        answered = False
        while not self._thread.answers.empty():
            self._answer(self._thread.answers.get())
            answered = True
        if answered or changed or bool(self._command.hold) != bool(held):
            self._tell_status()

    def _judgement(self) -> str:
        """The verdict on the accepted instruction; none before the policy's first decision on it."""
        task = self._driver.status
        if task.refused:
            return REFUSED
        return ALLOWED if task.judged else ""

    def _publish_twist(self, command: Command) -> None:
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self.value("base_frame"))
        self._publish_command(velocity_to_message(command.linear, command.angular, header))

    def _tell_status(self) -> None:
        task = self._driver.status
        now = time.monotonic()
        figures = {
            "chunk_rate": self._thread.decisions.per_second(now),
            "action_rate": self._actions.per_second(now),
            "age_p50": milliseconds(self._ages.percentile(50)),
            "age_p95": milliseconds(self._ages.percentile(95)),
            "inference_ms": milliseconds(self._thread.inference.percentile(50)),
        }
        status = {
            "accepted_id": self._accepted,
            "verdict": self._verdict,
            "instruction_id": task.instruction_id,
            "instruction": task.instruction,
            "source": task.source,
            "state": task.state,
            "step": task.step,
            "skill": task.skill,
            "ends_with_sound": self._sounds.wanted if task.state == RUNNING else "",
            "reason": (self._command.hold if task.state == RUNNING else "") or task.reason,
            "policy": "error" if self._thread.load_error else "loaded" if self._thread.loaded else "loading",
            "policy_source": self._thread.source,
            "policy_loads": self._thread.loads,
            "policy_error": self._thread.load_error or self._thread.replacement_error,
            "images_received": self._images.received,
            "image_stamp": self._image_stamp,
            **{key: None if value is None else round(value, 2) for key, value in figures.items()},
        }
        self._status.publish(String(data=json.dumps(status)))
        for key, value in figures.items():
            self.report(key, "" if value is None else value)
        self.report("task", task.state)


def milliseconds(seconds: float | None) -> float | None:
    """Return the same time in ms."""
    return None if seconds is None else 1000.0 * seconds


def main() -> None:
    """Run the node."""
    spin(PolicyNode)


if __name__ == "__main__":
    main()

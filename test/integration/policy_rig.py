"""A driving node with a policy made for the test, and a partner that plays camera, wheels and person."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from sensor_msgs.msg import CompressedImage
from sensor_msgs.msg import Image as ImageMessage
from std_msgs.msg import Empty, String
from visualization_msgs.msg import MarkerArray

from mm_robot.model.policy import Policy
from mm_robot.nodes.policy import PolicyNode
from mm_robot.ros.convert import array_to_image
from mm_robot.ros.qos import asked, offered
from mm_robot.types import Decision, Observation, Outcome, SceneLabel, Skill

CRUISE = 0.3


class SteadyPolicy:
    """Drives straight on; answers and fails as the instruction tells it to."""

    def __init__(self) -> None:
        self.instruction = ""

    def reset(self, instruction: str) -> None:
        self.instruction = instruction

    def decide(self, observation: Observation) -> Decision:
        if "explode" in self.instruction:
            raise RuntimeError("bang")
        if "sleep" in self.instruction:
            time.sleep(1.2)
        outcome = Outcome.RUNNING
        if "finish" in self.instruction:
            outcome = Outcome.DONE
        if "unfindable" in self.instruction:
            outcome = Outcome.ABSENT
        if "forbidden" in self.instruction:
            outcome = Outcome.REFUSED
        label = SceneLabel("red", "ball", (0.25, 0.5, 0.5, 0.75), 0.9, 0.8)
        return Decision(
            actions=np.tile(np.array([CRUISE, 0.0], np.float32), (8, 1)),
            outcome=outcome,
            skill=Skill.GO_TO,
            answer="I am there." if outcome is Outcome.DONE else "",
            reason="nothing like it here" if outcome is Outcome.ABSENT else "",
            labels=(label,),
            attribution=np.full((2, 3), 0.5, np.float32),
        )


class Partner(Node):
    """Publishes frames and odometry while told to, and keeps what the driving node says."""

    def __init__(self, context: Context) -> None:
        super().__init__("partner", context=context)
        self.camera_on = self.odometry_on = True
        self.commands: list[tuple[float, float]] = []  # monotonic s, m/s
        self.statuses: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.labels: list[dict[str, Any]] = []
        self.pictures: list[CompressedImage] = []
        self.captions: list[str] = []
        self.explanations: list[dict[str, Any]] = []
        self.markers: list[MarkerArray] = []
        self.health: list[Any] = []
        self._image = array_to_image(np.zeros((48, 64, 3), np.uint8), self._header())
        self.camera = self.create_publisher(ImageMessage, "image_raw", offered("sensor"))
        self._odometry = self.create_publisher(Odometry, "odom", offered("sensor"))
        self._orders = self.create_publisher(String, "instruction/accepted", offered("reliable"))
        self._sounds = self.create_publisher(String, "scene/sounds", offered("reliable"))
        self._numbers = itertools.count(1)
        self._stop = self.create_publisher(Empty, "stop", offered("reliable"))
        self.create_timer(1 / 30, self._tick)
        self._hear(TwistStamped, "cmd_vel_raw", self._keep_command)
        self._hear(String, "policy/status", lambda m: self.statuses.append(json.loads(m.data)), "latched")
        self._hear(String, "answer", lambda m: self.answers.append(m.data))
        self._hear(String, "scene/labels", lambda m: self.labels.append(json.loads(m.data)))
        self._hear(String, "scene/caption", lambda m: self.captions.append(m.data))
        self._hear(String, "explanation", lambda m: self.explanations.append(json.loads(m.data)))
        self._hear(MarkerArray, "scene/markers", self.markers.append)
        self._hear(CompressedImage, "scene/image_annotated/compressed", self.pictures.append)
        self._hear(DiagnosticArray, "/diagnostics", lambda m: self.health.extend(m.status))

    def say(self, text: str, source: str = "instruction") -> int:
        """Order what the safety gate would have accepted; return the order's number."""
        number = next(self._numbers)
        self.order(json.dumps({"id": number, "text": text, "source": source, "reason": ""}))
        return number

    def order(self, message: str) -> None:
        self._orders.publish(String(data=message))

    def hear_sounds(self, *names: str) -> None:
        """Tell what is heard, as the speech node would, and give it time to arrive."""
        labels = [{"name": name, "score": 0.9} for name in names]
        told = {"known": ["dog_bark", "rain"], "labels": labels}
        self._sounds.publish(String(data=json.dumps(told)))
        time.sleep(0.1)

    def call_stop(self) -> None:
        self._stop.publish(Empty())

    @property
    def status(self) -> dict[str, Any]:
        return self.statuses[-1] if self.statuses else {}

    @property
    def speed(self) -> float:
        return self.commands[-1][1] if self.commands else 0.0

    def _hear(self, type_: Any, topic: str, callback: Callable[[Any], Any], qos: str = "reliable") -> None:
        def keep(message: Any) -> None:
            callback(message)

        self.create_subscription(type_, topic, keep, asked(qos))

    def _keep_command(self, message: TwistStamped) -> None:
        self.commands.append((time.monotonic(), message.twist.linear.x))

    def _header(self) -> Any:
        header = ImageMessage().header
        header.stamp = self.get_clock().now().to_msg()
        header.frame_id = "camera_optical_frame"
        return header

    def _tick(self) -> None:
        if self.camera_on:
            self._image.header = self._header()
            self.camera.publish(self._image)
        if self.odometry_on:
            message = Odometry()
            message.pose.pose.orientation.w = 1.0
            self._odometry.publish(message)


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 15.0) -> float:
    """Wait until the condition holds; return the monotonic time at which it was seen to."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return time.monotonic()
        time.sleep(0.005)
    raise AssertionError(f"waited {seconds} s for {what}")


@contextmanager
def rig(
    domain: int, load: Callable[[str, int, str], Policy], **parameters: Any
) -> Iterator[tuple[PolicyNode, Partner]]:
    """Run the driving node and its partner, each with an executor of its own, over DDS."""
    context = Context()
    rclpy.init(context=context, domain_id=domain)
    overrides = [Parameter(key, value=value) for key, value in parameters.items()]
    node = PolicyNode(load, context=context, parameter_overrides=overrides)
    partner = Partner(context)
    executors, threads = [], []
    for each in (node, partner):
        executor = SingleThreadedExecutor(context=context)
        executor.add_node(each)
        executors.append(executor)
        threads.append(threading.Thread(target=_spin, args=(executor,), daemon=True))
    node.bring_up()
    for thread in threads:
        thread.start()
    try:
        yield node, partner
    finally:
        for executor, thread in zip(executors, threads, strict=True):
            executor.shutdown()
            thread.join(5)
        node.destroy_node()
        partner.destroy_node()
        rclpy.shutdown(context=context)


def _spin(executor: SingleThreadedExecutor) -> None:
    with suppress(ExternalShutdownException):
        executor.spin()

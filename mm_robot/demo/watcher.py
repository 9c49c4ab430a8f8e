"""Listens to the nodes while they work, and keeps what an episode leaves behind."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from geometry_msgs.msg import TwistStamped
from nav_msgs.msg import Odometry
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.client import Client
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage
from std_msgs.msg import Empty, String
from std_srvs.srv import Trigger

from mm_robot.demo.record import Moment, Picture, Record
from mm_robot.errors import InputError
from mm_robot.ros.convert import odometry_to_state
from mm_robot.ros.qos import asked, offered
from mm_robot.sim.scene import Room

SERVICE_SECONDS = 30.0


class Watcher:
    """A node that hears what the others say.

    ``record`` is filled while it is set. ``health`` holds for every node its latest
    (is active, level, message); ``room`` is the simulator's true room; ``domain`` the ROS domain.
    """

    def __init__(self, context: Context) -> None:
        """Subscribe, and spin in a thread of its own."""
        self.node = Node("demo", context=context)
        self.domain = context.get_domain_id()
        self.record: Record | None = None
        self.room: Room | None = None
        self.health: dict[str, tuple[bool, bytes, str]] = {}
        self.status: dict[str, Any] = {}
        self.labels: tuple[dict[str, Any], ...] = ()
        self.command = (0.0, 0.0)
        self._proposed = (0.0, 0.0)
        self._touching = False
        self._caption = ""
        self._instruction = self.node.create_publisher(String, "instruction", offered("reliable"))
        self._stop = self.node.create_publisher(Empty, "stop", offered("reliable"))
        self._hear(DiagnosticArray, "/diagnostics", self._keep_health)
        self._hear(String, "simulator/scene", self._keep_room, "latched")
        self._hear(String, "policy/status", self._keep_status, "latched")
        self._hear(String, "scene/labels", self._keep_labels)
        self._hear(String, "scene/caption", self._keep_caption)
        self._hear(CompressedImage, "scene/image_annotated/compressed", self._keep_picture)
        self._hear(Odometry, "odom", self._keep_robot, "sensor")
        self._hear(TwistStamped, "cmd_vel", self._keep_command)
        self._hear(TwistStamped, "cmd_vel_raw", self._keep_proposal)
        self._hear(String, "transcript", self._keep_transcript)
        self._hear(String, "collisions", self._keep_collision)
        self._hear(String, "answer", self._keep_answer)
        self._set_room = self.node.create_client(SetParameters, "simulator/set_parameters")
        self._reset = self.node.create_client(Trigger, "simulator/reset")
        self._executor = SingleThreadedExecutor(context=context)
        self._executor.add_node(self.node)
        self._thread = threading.Thread(target=self._spin, name="watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread and the node."""
        self._executor.shutdown()
        self._thread.join(5.0)
        self.node.destroy_node()

    def type_instruction(self, text: str) -> None:
        """Give an instruction as text."""
        self._instruction.publish(String(data=text))

    def stop(self) -> None:
        """Let the robot stand until the next instruction."""
        self._stop.publish(Empty())

    def new_room(self, seed: int, objects: str, distractors: int) -> None:
        """Put the robot into a room that is drawn from a seed.

        Raises:
            InputError: the simulator refuses it or does not answer.
        """
        self._enter({"seed": seed, "room": "", "objects": objects, "distractors": distractors})

    def place(self, room: Room) -> None:
        """Put the robot into a room.

        Raises:
            InputError: the simulator refuses it or does not answer.
        """
        self._enter({"room": json.dumps(room.to_dict())})

    def _enter(self, room: Mapping[str, int | str]) -> None:
        values = [
            (key, ParameterValue(type=ParameterType.PARAMETER_INTEGER, integer_value=value))
            if isinstance(value, int)
            else (key, ParameterValue(type=ParameterType.PARAMETER_STRING, string_value=value))
            for key, value in room.items()
        ]
        parameters = [Parameter(name=name, value=value) for name, value in values]
        for result in self._call(self._set_room, SetParameters.Request(parameters=parameters)).results:
            if not result.successful:
                raise InputError(f"the simulator refuses the room: {result.reason}")
        self.room = None
        answer = self._call(self._reset, Trigger.Request())
        if not answer.success:
            raise InputError(f"the simulator refuses the room: {answer.message}")

    def _call(self, client: Client, request: Any) -> Any:
        deadline = time.monotonic() + SERVICE_SECONDS
        if client.wait_for_service(SERVICE_SECONDS):
            future = client.call_async(request)
            while not future.done() and time.monotonic() < deadline:
                time.sleep(0.01)
            if future.done():
                return future.result()
        raise InputError(f"{client.srv_name} does not answer; is the simulator running?")

    def _spin(self) -> None:
        while True:
            try:
                self._executor.spin()
                return
            except ExternalShutdownException:
                return
            except Exception as error:  # one bad message must not end the demonstration
                self.node.get_logger().warning(f"message ignored: {error}")

    def _hear(self, type_: Any, topic: str, callback: Callable[[Any], None], qos: str = "reliable") -> None:
        self.node.create_subscription(type_, topic, callback, asked(qos))

    def _keep_health(self, message: DiagnosticArray) -> None:
        for status in message.status:
            active = any(pair.key == "state" and pair.value == "active" for pair in status.values)
            self.health[status.name.rsplit("/", 1)[-1]] = (active, status.level, status.message)

    def _keep_room(self, message: String) -> None:
        self.room = Room.from_dict(json.loads(message.data))

    def _keep_status(self, message: String) -> None:
        self.status = json.loads(message.data)
        if self.record is not None:
            self.record.statuses.append(self.status)

    def _keep_labels(self, message: String) -> None:
        self.labels = tuple(json.loads(message.data)["labels"])
        if self.record is not None:
            self.record.labels = tuple(f"{label['colour']} {label['shape']}" for label in self.labels)

    def _keep_caption(self, message: String) -> None:
        self._caption = message.data

    def _keep_picture(self, message: CompressedImage) -> None:
        if self.record is not None:
            picture = Picture(_seconds(message.header), bytes(message.data), self._caption)
            self.record.pictures.append(picture)

    def _keep_robot(self, message: Odometry) -> None:
        if self.record is not None:
            moment = Moment(
                _seconds(message.header),
                odometry_to_state(message),
                self._proposed,
                self.command,
                self.status.get("state", ""),
                self._touching,
                int(self.status.get("step", 0)),
            )
            self.record.path.append(moment)

    def _keep_command(self, message: TwistStamped) -> None:
        self.command = (message.twist.linear.x, message.twist.angular.z)

    def _keep_proposal(self, message: TwistStamped) -> None:
        self._proposed = (message.twist.linear.x, message.twist.angular.z)

    def _keep_transcript(self, message: String) -> None:
        if self.record is not None:
            self.record.transcripts.append(json.loads(message.data))
            if self.record.transcript_at is None:
                self.record.transcript_at = time.monotonic()

    def _keep_collision(self, message: String) -> None:
        touching = json.loads(message.data)["touching"]
        self._touching = bool(touching)
        if self.record is not None:
            for name in touching:
                if name not in self.record.touched:
                    self.record.touched.append(name)

    def _keep_answer(self, message: String) -> None:
        if self.record is not None:
            self.record.answers.append(message.data)


def is_error(level: bytes) -> bool:
    """Whether a diagnostics level is that of an error."""
    return level == DiagnosticStatus.ERROR


def _seconds(header: Any) -> float:
    return float(header.stamp.sec + header.stamp.nanosec * 1e-9)

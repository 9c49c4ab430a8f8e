"""The thread in which the model of the driving node runs, at its own rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from sensor_msgs.msg import CompressedImage, Image

from mm_robot.model.annotate import Overlay
from mm_robot.model.cadence import Rate, Spread
from mm_robot.model.driver import Driver
from mm_robot.model.policy import Policy
from mm_robot.ros.convert import compressed_to_array, image_to_array
from mm_robot.ros.guard import one_line
from mm_robot.ros.scene_publisher import ScenePublisher

if TYPE_CHECKING:
    from mm_robot.nodes.policy import PolicyNode

LONGEST_WAIT = 0.1
END_WITHIN = 5.0


@dataclass(frozen=True)
class Frame:
    """An image message with its monotonic receipt time in s."""

    message: Image | CompressedImage
    received: float


class PolicyThread:
    """Loads the policy, and lets it decide upon the newest frame, at most ``rate`` times a second.

    ``answers`` receives what to say to the person, at the end of a task and in its course.

    ``load_error`` says why no policy is loaded; ``fault`` why the robot has to stand although a
    task runs; both are empty when all is well. ``decisions`` and ``inference`` are the rate of the
    decisions and the times they took, s.
    """

    def __init__(
        self, node: PolicyNode, driver: Driver, load: Callable[[], Policy], scene: ScenePublisher
    ) -> None:
        """Prepare the thread; ``start`` starts it."""
        self.decisions, self.inference = Rate(), Spread(100)
        self.answers: SimpleQueue[str] = SimpleQueue()
        self.load_error = ""
        self._image_error = ""
        self._node, self._driver, self._load, self._scene = node, driver, load, scene
        self._period = 1.0 / node.value("rate")
        self._policy: Policy | None = None
        self._task: int | None = None  # the task for which the policy was reset last
        self._task_failed = False  # shown in the diagnostics until a later task goes well
        self._frame: Frame | None = None
        self._due = 0.0
        self._arrived, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="policy", daemon=True)

    @property
    def loaded(self) -> bool:
        """Whether a policy is loaded."""
        return self._policy is not None

    @property
    def fault(self) -> str:
        """Why no decision can be taken."""
        if self._policy is None:
            return "the policy is being loaded"
        return self._image_error

    def start(self) -> None:
        """Start loading and deciding."""
        self._thread.start()

    def end(self) -> None:
        """End the thread; wait for a decision that is under way."""
        self._ended.set()
        self._arrived.set()
        self._thread.join(END_WITHIN)

    def see(self, frame: Frame) -> None:
        """Take in the newest frame."""
        self._frame = frame
        self._arrived.set()

    def load_anew(self) -> None:
        """Drop the policy and load it again."""
        self._policy = None
        self.load_error = ""
        self._arrived.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._turn()
            except Exception as error:  # nothing may end this thread but its node
                if not self._ended.is_set():
                    self._node.count("errors in the model's thread")
                    self._node.error_state(one_line(error))

    def _turn(self) -> None:
        if self._policy is None and not self.load_error:
            self._load_now()
        wait = self._due - time.monotonic()
        if wait > 0.0:
            self._ended.wait(wait)
            return
        if not self._arrived.wait(LONGEST_WAIT):
            return
        self._arrived.clear()
        frame, self._frame = self._frame, None
        if frame is not None and self._policy is not None:
            self._due = max(self._due + self._period, time.monotonic())
            self._look(self._policy, frame)

    def _load_now(self) -> None:
        try:
            policy = self._load()
        except Exception as error:  # a checkpoint may be broken in any way; the node says so
            self.load_error = f"{one_line(error)}; then call ~/load"
            self._node.error_state(self.load_error)
            return
        self._task = None
        self._policy = policy
        self._node.ok_state("policy loaded")

    def _look(self, policy: Policy, frame: Frame) -> None:
        robot = self._node.robot()
        if robot is None:
            return
        try:
            compressed = isinstance(frame.message, CompressedImage)
            image = (compressed_to_array if compressed else image_to_array)(frame.message)
        except Exception as error:  # an image may be broken in any way; the next one may be whole
            self._image_error = f"image rejected: {one_line(error)}"
            self._node.count("rejected images")
            self._node.warn_state(self._image_error)
            return
        self._image_error = ""
        task, observation = self._driver.observe(
            image, robot, frame.received, self._node.task_time(), self._node.scan()
        )
        try:
            if task != self._task:
                policy.reset(observation.instruction)
                self._task = task
            began = time.monotonic()
            decision = policy.decide(observation)
            self.inference.add(time.monotonic() - began)
            self.decisions.tick(time.monotonic())
            ended = task and self._driver.accept(decision, task, frame.received, self._node.task_time())
        except Exception as error:  # a model may fail in any way; the robot stands, the node goes on
            self._task = None
            self._task_failed = self._task_failed or task > 0
            self._node.count("errors in the model")
            message = f"the model failed: {one_line(error)}"
            self._node.error_state(message)
            if self._driver.stop(message):
                self.answers.put("Something in me failed; I stand.")
            return
        self._task_failed = self._task_failed and task == 0
        if not self._task_failed:
            self._node.ok_state()
        if ended or (task and decision.answer):
            self.answers.put(decision.answer or decision.reason)
        if self._ended.is_set():
            return
        header = frame.message.header
        self._scene.publish(header, image, decision, task)
        status, command = self._driver.status, self._node.command()
        reason = command.hold or status.reason
        overlay = Overlay(
            status.instruction, status.state, reason, command.linear, command.angular, decision.labels
        )
        self._scene.publish_picture(header, image, overlay)

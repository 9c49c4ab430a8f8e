"""The thread in which the model of the driving node runs, at its own rate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING

from sensor_msgs.msg import CompressedImage, Image

from mm_robot.errors import one_line
from mm_robot.model.annotate import Overlay
from mm_robot.model.cadence import Rate, Spread
from mm_robot.model.driver import Driver
from mm_robot.model.policy import Policy
from mm_robot.ros.convert import compressed_to_array, image_to_array
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

    ``load_error`` says why no policy is loaded; ``replacement_error`` why one that was to take its place
    was not; ``fault`` why the robot has to stand although a task runs; all are empty when all is well.
    ``source`` is what the policy at work was loaded from, ``loads`` how many loads have ended, well or not.
    ``decisions`` and ``inference`` are the rate of
    the decisions and the times they took, s.
    """

    def __init__(
        self, node: PolicyNode, driver: Driver, load: Callable[[str], Policy], scene: ScenePublisher
    ) -> None:
        """Prepare the thread; ``start`` starts it."""
        self.decisions, self.inference = Rate(), Spread(100)
        self.answers: SimpleQueue[str] = SimpleQueue()
        self.load_error = self.replacement_error = self.source = ""
        self.loads = 0
        self._image_error = ""
        self._node, self._driver, self._load, self._scene = node, driver, load, scene
        self._period = 1.0 / node.value("rate")
        self._policy: Policy | None = None
        self._replacement: tuple[str, Policy] | None = None
        self._replacing: threading.Thread | None = None
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

    def load_anew(self) -> bool:
        """Load what the parameter ``policy`` names now; False while such a load is under way already.

        A policy that is at work goes on until the other one is there, and for good where that is broken.
        """
        if self._policy is None:
            self.load_error = ""
            return True
        if self._replacing is not None and self._replacing.is_alive():
            return False
        self.replacement_error = ""
        source = self._node.value("policy")
        self._replacing = threading.Thread(
            target=self._load_aside, args=(source,), name="replacement", daemon=True
        )
        self._replacing.start()
        return True

    def _load_aside(self, source: str) -> None:
        try:
            self._replacement = (source, self._load(source))
        except Exception as error:  # a checkpoint may be broken in any way; the one at work goes on
            self.replacement_error = f"{source} was not loaded, {self.source} goes on: {one_line(error)}"
            self.loads += 1
            self._node.count("policies that could not be loaded")
            self._node.warn_state(self.replacement_error)

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
        if self._replacement is not None:
            (source, policy), self._replacement = self._replacement, None
            self._put_to_work(source, policy)
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
        source = self._node.value("policy")
        try:
            policy = self._load(source)
        except Exception as error:  # a checkpoint may be broken in any way; the node says so
            self.load_error = f"{one_line(error)}; then call ~/load"
            self.loads += 1
            self._node.error_state(self.load_error)
            return
        self._put_to_work(source, policy)

    def _put_to_work(self, source: str, policy: Policy) -> None:
        """Let a policy decide from now on; one that takes over goes on with the task that is under way."""
        self._task = None
        self._policy, self.source = policy, source
        self.loads += 1
        self._node.ok_state(f"policy loaded: {source}")

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

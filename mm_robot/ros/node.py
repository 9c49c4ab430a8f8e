"""The lifecycle node that every node of mm_robot is, and the main function that runs it."""

from __future__ import annotations

import re
import signal
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.clock import Clock, ClockType
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode as RclpyLifecycleNode
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from rclpy.publisher import Publisher
from rclpy.signals import SignalHandlerOptions
from rclpy.timer import Timer
from rclpy.utilities import remove_ros_args

from mm_robot.errors import InputError, one_line
from mm_robot.ros.diagnostics import ERROR, OK, WARN, Diagnostics
from mm_robot.ros.guard import Guard
from mm_robot.ros.parameters import NodeParameters
from mm_robot.ros.qos import asked as asked_qos
from mm_robot.ros.qos import in_words, offered
from mm_robot.ros.shared_memory import remove_orphans
from mm_robot.ros.subscription import Subscription

try:
    from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
except ImportError:  # ROS 2 Humble
    from rclpy.qos_event import PublisherEventCallbacks, SubscriptionEventCallbacks

RETRY_SECONDS = 2.0
"""Time between two attempts of a node to bring itself up."""
CANNOT_START = "cannot start"
LONGEST_WAIT = 0.1
"""Seconds after which the loop looks whether it was told to end."""


class LifecycleNode(RclpyLifecycleNode):
    """A node with checked parameters, guarded callbacks, diagnostics and autostart.

    What a subclass creates in ``__init__`` lives as long as the node; what it creates in ``start`` or later
    lives until the node is deactivated.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        """Declare and check every parameter of the node ``name``.

        Raises:
            ConfigError: an unknown parameter or a wrong value was given.
        """
        super().__init__(name, automatically_declare_parameters_from_overrides=True, **kwargs)
        self.active = False
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._started: list[Callable[[], Any]] = []
        self._subscriptions_of_ours: list[Subscription] = []
        self._diagnostics = Diagnostics(self.get_fully_qualified_name())
        self._guard = Guard(self._log_error, self.count)
        self._parameters_of_ours = NodeParameters(self, name)
        self._diagnostics_publisher = self.publish_to(DiagnosticArray, "diagnostics")
        self.every(1.0 / self.value("diagnostics_rate"), self._publish_diagnostics)

    def value(self, key: str) -> Any:
        """The checked value of a parameter."""
        return self._parameters_of_ours[key]

    @property
    def values(self) -> Mapping[str, Any]:
        """The checked values of all parameters: key -> value."""
        return self._parameters_of_ours.all()

    def start(self) -> None:
        """Create what the node works with; overridden by nodes, called when it is activated.

        Raises:
            InputError: the node cannot work as it is configured; it is tried again later.
        """

    def stop(self) -> None:
        """End what ``start`` began and the base does not end by itself (threads, devices)."""

    def subscribe(
        self, type_: Any, topic: str, callback: Callable[[Any], None], qos: str = "reliable"
    ) -> Subscription:
        """Subscribe with a guarded callback, adapting to what publishers offer.

        Args:
            type_: message class.
            topic: standard name of the topic, which the configuration may rename, or a name with ``~/``.
            callback: called with each message.
            qos: ``sensor``, ``stream``, ``reliable``, ``vital`` or ``latched``.
        """
        guarded = self._guard.wrap(topic, callback)
        name = self._parameters_of_ours.topic(topic)
        subscription = Subscription(self, type_, name, guarded, asked_qos(qos), self._log_warning)
        self._subscriptions_of_ours.append(subscription)

        def destroy() -> None:
            self._subscriptions_of_ours.remove(subscription)
            subscription.destroy()

        self._keep(destroy)
        return subscription

    def watch(self, type_: Any, topic: str, died: Callable[[], None], lives: Callable[[], None]) -> None:
        """Watch the ``vital`` publishers of a topic.

        Args:
            type_: message class; nothing needs to be published.
            topic: standard name of the topic.
            died: called when one has died without leaving, as by SIGKILL, or seems to.
            lives: called when one is there, for the first time or again.
        """
        lost = self._guard.wrap(f"death of {topic}", died)
        found = self._guard.wrap(f"life of {topic}", lives)

        def changed(event: Any) -> None:
            if event.not_alive_count_change > 0:
                lost()
            elif event.alive_count_change > 0:
                found()

        events = SubscriptionEventCallbacks(liveliness=changed)
        name = self._parameters_of_ours.topic(topic)
        watcher = self.create_subscription(
            type_, name, lambda _message: None, asked_qos("vital"), event_callbacks=events
        )
        self._keep(lambda: self.destroy_subscription(watcher))

    def publish_to(self, type_: Any, topic: str, qos: str = "reliable") -> Publisher:
        """Create a publisher; the arguments are those of ``subscribe``."""
        profile = offered(qos)
        name = self._parameters_of_ours.topic(topic)

        def incompatible(_event: Any) -> None:
            self._log_warning(
                f"topic {publisher.topic_name}: a subscriber asks for more than is offered and hears "
                f"nothing; subscribe as {in_words(profile)}"
            )

        events = PublisherEventCallbacks(incompatible_qos=incompatible)
        publisher = self.create_publisher(type_, name, profile, event_callbacks=events)
        self._keep(lambda: self.destroy_publisher(publisher))
        return publisher

    def serve(self, type_: Any, name: str, answer: Callable[[Any, Any], Any]) -> None:
        """Offer a service; ``answer(request, response)`` fills the response.

        An exception becomes ``success = False`` with its message where the response has these fields.
        """

        def guarded(request: Any, response: Any) -> Any:
            try:
                answer(request, response)
            except Exception as error:  # an answer may fail in any way; the node goes on
                self._guard.failed(name, error)
                if hasattr(response, "success"):
                    response.success, response.message = False, one_line(error)
            return response

        service = self.create_service(type_, name, guarded)
        self._keep(lambda: self.destroy_service(service))

    def every(self, seconds: float, callback: Callable[[], None], steady: bool = True) -> Timer:
        """Call back at a fixed period, on a steady clock or (``steady=False``) on the node's clock."""
        name = getattr(callback, "__name__", "timer").strip("_")
        clock = self._steady if steady else self.get_clock()
        timer = self.create_timer(seconds, self._guard.wrap(name, callback), clock=clock)
        self._keep(lambda: self.destroy_timer(timer))
        return timer

    def report(self, key: str, value: Any) -> None:
        """Set a figure of the diagnostics."""
        self._diagnostics.values[key] = value

    def count(self, key: str, by: int = 1) -> None:
        """Raise a counter of the diagnostics."""
        self._diagnostics.counters[key] += by

    def ok_state(self, message: str = "") -> None:
        """Say that the node is healthy."""
        self._set_state(OK, message)

    def warn_state(self, message: str) -> None:
        """Say that the node works, but not as it should; logged once."""
        self._set_state(WARN, message)

    def error_state(self, message: str) -> None:
        """Say that the node cannot do its work now, and how to fix that; logged once."""
        self._set_state(ERROR, message)

    def bring_up(self) -> None:
        """Configure and activate, and try again later where that fails."""
        self.trigger_configure()
        self._activate_or_retry()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Configure: parameters are checked already when the node is made."""
        return TransitionCallbackReturn.SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Activate: run ``start``; where it fails, undo it and stay inactive."""
        self.active = True
        try:
            self.start()
        except Exception as error:  # a start may fail in any way; the node stays and says so
            self.error_state(f"{CANNOT_START}: {one_line(error)}")
            if not isinstance(error, InputError):
                self.count("errors in start")
            self._end()
            return TransitionCallbackReturn.FAILURE
        if self._diagnostics.message.startswith(CANNOT_START):
            self.ok_state()
        return TransitionCallbackReturn.SUCCESS

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Deactivate: run ``stop`` and destroy what ``start`` created."""
        self._end()
        return TransitionCallbackReturn.SUCCESS

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Clean up: nothing is kept while inactive."""
        return TransitionCallbackReturn.SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Shut down: as deactivating, from any state."""
        self._end()
        return TransitionCallbackReturn.SUCCESS

    def destroy_node(self) -> None:
        """Stop working, then destroy the node."""
        self._end()
        super().destroy_node()

    def _activate_or_retry(self) -> None:
        if self.trigger_activate() == TransitionCallbackReturn.SUCCESS:
            return

        def retry() -> None:
            self.destroy_timer(timer)
            if not self.active:
                self._activate_or_retry()

        timer = self.create_timer(RETRY_SECONDS, self._guard.wrap("autostart", retry), clock=self._steady)

    def _keep(self, undo: Callable[[], Any]) -> None:
        if self.active:
            self._started.append(undo)

    def _end(self) -> None:
        if not self.active:
            return
        try:
            self.stop()
        except Exception as error:  # a stop may fail in any way; the rest is ended all the same
            self._guard.failed("stop", error)
        self.active = False
        while self._started:
            self._guard.wrap("stop", self._started.pop())()

    def _set_state(self, level: bytes, message: str) -> None:
        if (level, message) != (self._diagnostics.level, self._diagnostics.message):
            self._diagnostics.level, self._diagnostics.message = level, message
            if level == ERROR:
                self._guard.say(message)
            elif level == WARN:
                self._log_warning(message)
            elif message:
                self.get_logger().info(message)

    def _publish_diagnostics(self) -> None:
        self.report("state", "active" if self.active else "inactive")
        for subscription in self._subscriptions_of_ours:
            self.report(f"{subscription.topic} Hz", subscription.rate())
            wrong = subscription.watch()
            if wrong:
                self._guard.say(wrong)
        self._diagnostics_publisher.publish(self._diagnostics.message_at(self.get_clock().now().to_msg()))

    def _log_error(self, line: str) -> None:
        self.get_logger().error(line)

    def _log_warning(self, line: str) -> None:
        self.get_logger().warning(line)


def spin(node_factory: Callable[[], LifecycleNode]) -> None:
    """Run a node: the main function of every node module.

    It ends with status 0 on SIGINT and SIGTERM (the node can still publish while it stops), and with
    status 2 and one line on stderr when an argument or a parameter is wrong.
    """
    ended = False

    def end(*_: Any) -> None:
        nonlocal ended
        ended = True

    try:
        rest = remove_ros_args(sys.argv)[1:]
        if rest:
            raise InputError(f"unknown argument {rest[0]}; give parameters as --ros-args -p KEY:=VALUE")
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
        remove_orphans()
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
        node = node_factory()
    except Exception as error:  # rclpy raises its own kinds for wrong arguments and parameter files
        name = sys.argv[0].rsplit("/", 1)[-1].removesuffix(".py")
        print(f"{name}: {re.sub(r', at /[^ ]+:[0-9]+', '', one_line(error))}", file=sys.stderr, flush=True)
        rclpy.try_shutdown()
        sys.exit(2)

    executor = SingleThreadedExecutor()
    executor.add_node(node)
    try:
        if node.value("autostart"):
            node.bring_up()
        while not ended and rclpy.ok():
            try:
                executor.spin_once(timeout_sec=LONGEST_WAIT)
            except ExternalShutdownException:
                break
            except Exception as error:  # such as a message that cannot be decoded; the node goes on
                node._guard.failed("executor", error)
                time.sleep(0.01)
    finally:
        executor.remove_node(node)
        node.destroy_node()
        rclpy.try_shutdown()

"""A partner for tests: publishes, collects messages, calls services, and waits for things to happen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

import rclpy
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.publisher import Publisher

from mm_robot.ros.qos import asked, offered


class Received(list[Any]):
    """Messages in the order of their arrival; ``times`` are their monotonic receipt times, s."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def add(self, message: Any) -> None:
        """Append a message."""
        self.times.append(time.monotonic())
        self.append(message)


class Probe:
    """A node with its own context, spinning in a thread."""

    def __init__(self, domain: int) -> None:
        self._context = Context()
        rclpy.init(args=[], context=self._context, domain_id=domain)
        self.node = Node("probe", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self._publishers: dict[tuple[str, str], Publisher] = {}
        self._thread = threading.Thread(target=self._spin, daemon=True)

    def __enter__(self) -> Probe:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        rclpy.shutdown(context=self._context, uninstall_handlers=False)
        self._thread.join(5.0)

    def publisher(self, type_: Any, topic: str, qos: str = "reliable", wait: float = 10.0) -> Publisher:
        """A publisher, made at the first call; returned when somebody hears it (or after ``wait`` s)."""
        key = (topic, qos)
        if key not in self._publishers:
            self._publishers[key] = self.node.create_publisher(type_, topic, offered(qos))
        publisher = self._publishers[key]
        if wait:
            self.wait(lambda: publisher.get_subscription_count() > 0, wait, f"a subscriber of {topic}")
        return publisher

    def publish(self, topic: str, message: Any, qos: str = "reliable", wait: float = 10.0) -> None:
        """Publish a message, when somebody hears the topic."""
        self.publisher(type(message), topic, qos, wait).publish(message)

    def collect(self, type_: Any, topic: str, qos: str = "reliable") -> Received:
        """A list to which every message of a topic is added from now on."""
        received = Received()
        self.node.create_subscription(type_, topic, received.add, asked(qos))
        return received

    def repeat(self, topic: str, make: Callable[[], Any], period: float, qos: str = "reliable") -> Repeater:
        """Publish what ``make`` returns again and again, until the ``with`` block ends."""
        return Repeater(lambda: self.publish(topic, make(), qos, wait=0.0), period)

    def call(self, type_: Any, name: str, request: Any = None, timeout: float = 10.0) -> Any:
        """Call a service and return its response."""
        client = self.node.create_client(type_, name)
        try:
            assert client.wait_for_service(timeout), f"no service {name}"
            future = client.call_async(type_.Request() if request is None else request)
            self.wait(future.done, timeout, f"an answer of {name}")
            return future.result()
        finally:
            self.node.destroy_client(client)

    def wait(self, happened: Callable[[], Any], timeout: float = 10.0, what: str = "") -> Any:
        """Wait until ``happened`` returns something true, and return that; fail after ``timeout`` s."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            result = happened()
            if result:
                return result
            time.sleep(0.01)
        raise AssertionError(f"waited {timeout:g} s in vain for {what or happened}")

    def _spin(self) -> None:
        try:
            while self._context.ok():
                self._executor.spin_once(timeout_sec=0.1)
        except ExternalShutdownException:
            pass
        finally:
            self.node.destroy_node()


class Repeater:
    """Calls something at a fixed period in a thread, while its ``with`` block runs."""

    def __init__(self, act: Callable[[], None], period: float) -> None:
        self._act = act
        self._period = period
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Repeater:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._end.wait(self._period):
            self._act()

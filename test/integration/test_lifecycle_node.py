"""The base of every node: autostart, guarded callbacks, diagnostics, and publishers that do not fit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from probe import Probe, Received
from rclpy.context import Context
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.parameter import Parameter
from rclpy.qos import qos_profile_sensor_data
from sensor_msgs.msg import LaserScan
from std_msgs.msg import Bool, String

from mm_robot.errors import InputError
from mm_robot.ros.node import LifecycleNode


class Listener(LifecycleNode):
    """Hears instructions; fails to start as often as it is told to."""

    def __init__(self, context: Context, failures: int = 0) -> None:
        fast = Parameter("diagnostics_rate", value=10.0)
        super().__init__("safety_gate", context=context, parameter_overrides=[fast])
        self.failures = failures
        self.heard: list[str] = []
        self.stops = 0

    def start(self) -> None:
        if self.failures:
            self.failures -= 1
            raise InputError("no ears; plug them in")
        self.subscribe(String, "instruction", self._hear)

    def stop(self) -> None:
        self.stops += 1

    def _hear(self, message: String) -> None:
        if message.data == "bad":
            raise ValueError("cannot hear that")
        self.heard.append(message.data)


@contextmanager
def running(domain: int, make: Callable[[Context], Listener]) -> Iterator[Listener]:
    context = Context()
    rclpy.init(args=[], context=context, domain_id=domain)
    node = make(context)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(node)

    def spin() -> None:
        try:
            while context.ok():
                executor.spin_once(timeout_sec=0.1)
        except ExternalShutdownException:
            pass

    node.bring_up()
    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    try:
        yield node
    finally:
        rclpy.shutdown(context=context, uninstall_handlers=False)
        thread.join(5.0)
        node.destroy_node()


def status_of(received: Received) -> DiagnosticStatus:
    return received[-1].status[0] if received else DiagnosticStatus()


def value_of(received: Received, key: str) -> str:
    return {entry.key: entry.value for entry in status_of(received).values}.get(key, "")


def test_a_callback_that_raises_is_counted_and_does_no_harm(ros_domain: int, probe: Probe) -> None:
    with running(ros_domain, Listener) as node:
        diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
        for text in ("one", "bad", "two"):
            probe.publish("instruction", String(data=text))
        probe.wait(lambda: node.heard == ["one", "two"], what="both instructions")
        probe.wait(lambda: value_of(diagnostics, "errors in instruction") == "1", what="the counter")
        assert status_of(diagnostics).name == "/safety_gate"
        assert value_of(diagnostics, "state") == "active"


def test_a_start_that_fails_is_reported_and_tried_again(
    ros_domain: int, probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mm_robot.ros.node.RETRY_SECONDS", 0.5)
    with running(ros_domain, lambda context: Listener(context, failures=2)) as node:
        diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
        probe.wait(
            lambda: status_of(diagnostics).message == "cannot start: no ears; plug them in", what="the reason"
        )
        assert status_of(diagnostics).level == DiagnosticStatus.ERROR
        probe.publish("instruction", String(data="hello"))
        probe.wait(lambda: node.heard == ["hello"], what="the node to be up")
        probe.wait(lambda: status_of(diagnostics).level == DiagnosticStatus.OK, what="a healthy level")


def test_a_deactivated_node_hears_nothing_and_can_be_activated_again(ros_domain: int, probe: Probe) -> None:
    with running(ros_domain, Listener) as node:
        probe.publish("instruction", String(data="one"))
        probe.wait(lambda: node.heard == ["one"])
        node.trigger_deactivate()
        assert node.stops == 1
        publisher = probe.publisher(String, "instruction", wait=0.0)
        probe.wait(lambda: publisher.get_subscription_count() == 0, what="the subscription to go")
        node.trigger_activate()
        probe.publish("instruction", String(data="two"))
        probe.wait(lambda: node.heard == ["one", "two"])


def test_a_best_effort_publisher_is_heard_all_the_same(
    ros_domain: int, probe: Probe, capfd: pytest.CaptureFixture[str]
) -> None:
    with running(ros_domain, Listener) as node:
        publisher = probe.node.create_publisher(String, "instruction", qos_profile_sensor_data)

        def heard() -> bool:
            publisher.publish(String(data="faint"))
            return bool(node.heard)

        probe.wait(heard, what="the best-effort publisher to be heard")
    assert "topic /instruction: a publisher offers less than reliable" in capfd.readouterr().err


def test_a_publisher_of_another_type_is_named(
    ros_domain: int, probe: Probe, capfd: pytest.CaptureFixture[str]
) -> None:
    logged = ""

    def complained() -> bool:
        nonlocal logged
        logged += capfd.readouterr().err
        return "is published as std_msgs/msg/Bool by probe, but std_msgs/msg/String is expected" in logged

    with running(ros_domain, Listener):
        probe.node.create_publisher(Bool, "instruction", 10)
        probe.wait(complained, what="the complaint")


def test_a_sensor_stream_that_nobody_publishes_is_named(
    ros_domain: int, probe: Probe, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mm_robot.ros.subscription.PATIENCE", 0.3)
    logged = ""

    def warned() -> bool:
        nonlocal logged
        logged += capfd.readouterr().err
        return "nothing publishes /scan" in logged

    with running(ros_domain, Listener) as node:
        node.subscribe(LaserScan, "scan", print, "sensor")
        probe.wait(warned, what="the warning")
    assert "nothing publishes /instruction" not in logged


def test_a_topic_that_is_not_listed_is_refused(ros_domain: int) -> None:
    with running(ros_domain, Listener) as node, pytest.raises(InputError, match="nowhere"):
        node.subscribe(String, "nowhere", print)


def test_parameters_are_read_only_while_the_node_runs(ros_domain: int, probe: Probe) -> None:
    with running(ros_domain, Listener) as node:
        result = node.set_parameters([Parameter("max_linear", value=3.0)])[0]
        assert not result.successful
        assert node.value("max_linear") == 0.5

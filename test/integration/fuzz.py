"""Throws made-up messages and parameters at living nodes, and looks whether all live and stay within limits.

Two casts: a whole robot that drives by a stand-in, judged at its ``cmd_vel``; and a simulator with a driving
node that looks at compressed images, which only have to live.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from message_strategies import message_type, messages, spoiled, spoiled_bytes
from nav_msgs.msg import Odometry
from rcl_interfaces.msg import Parameter, ParameterType, ParameterValue
from rcl_interfaces.srv import SetParameters
from rclpy.publisher import Publisher
from sensor_msgs.msg import Image, LaserScan
from std_msgs.msg import Bool, Header, Int16MultiArray, String
from std_srvs.srv import Trigger

from mm_robot.config import load_config
from mm_robot.faults.body import Body, moving_picture
from mm_robot.faults.cast import Cast, Troupe
from mm_robot.faults.fault import FaultError
from mm_robot.faults.policy_node import STAND_IN
from mm_robot.faults.probe import Probe
from mm_robot.faults.rig import environment
from mm_robot.parameters import PARAMETERS
from mm_robot.ros import convert
from mm_robot.ros.convert import AudioBlock
from mm_robot.ros.domain import private_domain
from mm_robot.ros.qos import offered
from mm_robot.topics import TOPICS

BATCH = 20
"""Messages of one example, after which the robot is looked at."""
SETTLE = 0.05
OTHER = {"cmd_vel", "image_raw/compressed", "camera_info"}
"""What the other cast is sent. The robot is judged at its ``cmd_vel``, so it is sent none."""
ELSEWHERE = {"cmd_vel", "image_raw/compressed"}
NAMESPACES = ("/robot", "/other")


class Target:
    """One cast under fire."""

    def __init__(self, cast: Cast, domain: int, folder: Path, stack: ExitStack, whole: bool) -> None:
        self.name = cast.namespace
        self.troupe = Troupe(cast, folder / "fuzz.log")
        stack.callback(self.troupe.end)
        self.probe = Probe(domain, cast.namespace)
        stack.callback(self.probe.close)
        if whole:
            body = Body(self.probe, 0.18)
            stack.callback(body.close)
        self.probe.wait(lambda: len(self.troupe.nodes()) == len(cast.nodes), 60.0, "the nodes to be started")
        self.nodes = tuple(cast.nodes)
        self.probe.wait(self.is_active, 120.0, "the nodes to be active")
        self.processes = self.troupe.nodes()
        self.topics = {
            topic.name: message_type(topic.type)
            for topic in TOPICS
            if set(topic.subscribers) & set(cast.nodes)
            and (topic.name not in ELSEWHERE if whole else topic.name in OTHER)
        }
        self.publishers: dict[str, Publisher] = {
            name: self.probe.node.create_publisher(type_, name, offered("reliable"))
            for name, type_ in self.topics.items()
        }
        self.setters = {
            node: self.probe.node.create_client(SetParameters, f"{node}/set_parameters")
            for node in cast.nodes
        }

    def refusals(self) -> dict[str, dict[str, int]]:
        """Node -> what it counted as wrong."""
        return {
            node: {
                key: int(value)
                for key, value in self.probe.health.get(node, {}).items()
                if key.startswith(("errors", "rejected", "invalid")) and value.isdigit()
            }
            for node in self.nodes
        }

    def is_active(self) -> bool:
        """Whether every node says so."""
        return all(self.probe.health.get(node, {}).get("state") == "active" for node in self.nodes)


class Fuzz:
    """Sends batches; ``sent`` counts messages, ``set`` parameters, ``moved`` the batches with motion."""

    def __init__(self, targets: tuple[Target, ...]) -> None:
        self.targets = targets
        self.sent = self.set = self.moved = self.batches = 0
        gate = load_config().node("safety_gate")
        self._limits = (gate["max_linear"] + 1e-6, gate["max_angular"] + 1e-6)

    def run(self, total: int) -> None:
        """Send so many messages, and a parameter with each batch; the first failure is raised."""
        things = [(target, name) for target in self.targets for name in sorted(target.topics)]
        keys = [
            (target, node, parameter.key)
            for target in self.targets
            for node in target.nodes
            for parameter in PARAMETERS[node]
        ]
        one = st.sampled_from(things).flatmap(
            lambda thing: st.tuples(st.just(thing), wire(thing[1], thing[0].topics[thing[1]]))
        )
        batches = st.lists(one, min_size=BATCH, max_size=BATCH)

        @settings(
            max_examples=math.ceil(total / BATCH),
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(batches, st.sampled_from(keys), parameter_values())
        def batch(made: list[Any], key: tuple[Target, str, str], value: ParameterValue) -> None:
            self._send(made, key, value)

        batch()

    def _send(self, made: list[Any], key: tuple[Target, str, str], value: ParameterValue) -> None:
        robot = self.targets[0].probe
        began = time.monotonic()
        if robot.health.get("safety_gate", {}).get("reason") in ("emergency stop", "stopped"):
            robot.publish("estop", Bool(data=False))
            robot.call(Trigger, "safety_gate/reset_estop")
        robot.publish("faults/model", String(data="drive 0.5 0.3"))
        robot.publish("instruction", String(data=f"go to the red ball {self.batches}"))
        for (target, name), message in made:
            target.publishers[name].publish(message)
            self.sent += 1
            time.sleep(0.002)
        target, node, parameter = key
        request = SetParameters.Request(parameters=[Parameter(name=parameter, value=value)])
        future = target.setters[node].call_async(request)
        robot.wait(future.done, 10.0, f"{node} to answer when {parameter} is set")
        self.set += 1
        if node == "simulator":
            target.probe.call(Trigger, "simulator/reset", within=40.0)
        time.sleep(SETTLE)
        self._look(began)

    def _look(self, began: float) -> None:
        for target in self.targets:
            now = target.troupe.nodes()
            dead = [node for node in target.nodes if now.get(node) != target.processes[node]]
            assert not dead, f"{', '.join(dead)} died"
        seen = self.targets[0].probe.since(began)
        assert seen, "cmd_vel fell silent"
        for velocity in seen:
            assert math.isfinite(velocity.linear) and abs(velocity.linear) <= self._limits[0], velocity
            assert math.isfinite(velocity.angular) and abs(velocity.angular) <= self._limits[1], velocity
        self.batches += 1
        self.moved += any(velocity.moves for velocity in seen)


def wire(name: str, type_: Any) -> st.SearchStrategy[Any]:
    """What is sent on a topic: anything of its type, or what is right but for one field or some bytes."""
    right = rightful(name, type_)
    return st.one_of(messages(type_), spoiled(right), spoiled_bytes(right))


def rightful(name: str, type_: Any) -> Any:
    """A message of the topic that is right in every field."""
    header = Header(frame_id="base_link")
    if type_ is Image:
        return convert.array_to_image(moving_picture(0)[::10, ::10], header)
    if name == "image_raw/compressed":
        return convert.array_to_compressed(moving_picture(0), header)
    if type_ is LaserScan:
        scan = convert.Scan(np.full(360, 3.0, np.float32), -math.pi, math.pi / 180)
        return convert.scan_to_message(scan, header, (0.05, 12.0), 0.1)
    if type_ is Odometry:
        return convert.state_to_odometry(convert.RobotState(linear=0.2), header, "base_link")
    if type_ is Int16MultiArray:
        return convert.audio_to_message(AudioBlock(np.zeros((512, 1), np.int16), 16000, 0))
    if type_ is String:
        return String(data="go to the red ball")
    return type_()


def parameter_values() -> st.SearchStrategy[ParameterValue]:
    """Values of every kind that a parameter can be set to."""
    text = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)
    kinds: dict[str, tuple[int, st.SearchStrategy[Any]]] = {
        "bool_value": (ParameterType.PARAMETER_BOOL, st.booleans()),
        "integer_value": (ParameterType.PARAMETER_INTEGER, st.integers(-(2**63), 2**63 - 1)),
        "double_value": (ParameterType.PARAMETER_DOUBLE, st.floats()),
        "string_value": (ParameterType.PARAMETER_STRING, text),
        "string_array_value": (ParameterType.PARAMETER_STRING_ARRAY, st.lists(text, max_size=3)),
        "double_array_value": (ParameterType.PARAMETER_DOUBLE_ARRAY, st.lists(st.floats(), max_size=3)),
    }
    return st.sampled_from(sorted(kinds)).flatmap(
        lambda kind: kinds[kind][1].map(lambda value: ParameterValue(type=kinds[kind][0], **{kind: value}))
    )


@contextmanager
def targets(whole_only: bool = False) -> Iterator[tuple[Target, ...]]:
    """Start the casts, on a ROS domain of their own."""
    compressed = {"policy": {"image_transport": "compressed"}}
    robot = Cast(("safety_gate", "speech", "policy"), STAND_IN, NAMESPACES[0])
    other = Cast(("simulator", "policy"), STAND_IN, NAMESPACES[1], simulator=True, parameters=compressed)
    with private_domain() as domain, environment(domain), ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fuzz-")))
        made = [Target(robot, domain, folder, stack, whole=True)]
        if not whole_only:
            made.append(Target(other, domain, folder, stack, whole=False))
        try:
            yield tuple(made)
        except (AssertionError, FaultError):
            print((folder / "fuzz.log").read_text()[-6000:])
            raise

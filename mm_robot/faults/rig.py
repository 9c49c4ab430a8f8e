"""The robot under test, whole: its processes, its body, and the probe that watches it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import cv2
from std_msgs.msg import String

from mm_robot.config import load_config
from mm_robot.environment import process_variables
from mm_robot.faults.body import HEIGHT, WIDTH, Body, moving_picture
from mm_robot.faults.cast import Cast, Troupe
from mm_robot.faults.fault import FaultError
from mm_robot.faults.policy_node import OBEYED, STAND_IN
from mm_robot.faults.probe import Probe
from mm_robot.ros.domain import private_domain

READY_WITHIN = 120.0
MOVING_WITHIN = 12.0
MOVING_COMMANDS = 10
"""How many velocities in a row are not zero when the robot counts as moving."""
RESTART_WITHIN = 60.0
INSTRUCTIONS = ("turn around", "go forward two metres", "turn back", "go back two metres")
VIDEO_FRAMES = 90

CASTS = ("stand-in", "robot", "two robots")


class Rig:
    """What a trial works with.

    ``speed`` is the highest that the gate permits, m/s. The stand-in drives at that speed unless ``drive``
    says otherwise. ``heard`` are the instructions that the speech node heard: (monotonic s, text). ``other``
    is a second robot in the same network, where there is one.
    """

    def __init__(self, name: str, troupe: Troupe, probe: Probe, body: Body) -> None:
        """Put the parts together."""
        self.troupe, self.probe, self.body = troupe, probe, body
        self.other: Rig | None = None
        self._told = 0
        self.speed = float(load_config().node("safety_gate")["max_linear"])
        self._real = name == "robot"
        self._began: list[tuple[str, float]] = []
        self.heard: list[tuple[float, str]] = []
        probe.hear(String, "faults/began", self._keep_beginning)
        probe.hear(String, "instruction/voice", lambda m: self.heard.append((time.monotonic(), m.data)))

    def wait_until_ready(self) -> None:
        """Wait until every node is active and the policy decides.

        Raises:
            FaultError: it is not so in time.
        """
        nodes = set(self.troupe.nodes())

        def ready() -> bool:
            health = self.probe.health
            return (
                set(self.troupe.nodes()) >= nodes
                and all(health.get(node, {}).get("state") == "active" for node in nodes)
                and health.get("safety_gate", {}).get("stop is heard") == "yes"
                and self.probe.status.get("policy") == "loaded"
                and self.probe.status.get("chunk_rate", 0.0) > 0.0
            )

        self.probe.wait(ready, READY_WITHIN, "the nodes to be ready")

    def instruct(self, text: str) -> None:
        """Give an instruction as a person would."""
        self.probe.publish("instruction", String(data=text))

    def model(self, fault: str) -> None:
        """Let the model go wrong from its next decision on, or be well again with an empty text."""
        self._began.clear()
        self.probe.publish("faults/model", String(data=fault))
        self.began(OBEYED + fault)

    def drive(self, linear: float, angular: float = 0.0) -> None:
        """Say what the stand-in proposes, m/s and rad/s."""
        self.probe.publish("faults/model", String(data=f"drive {linear} {angular}"))

    def move(self, linear: float | None = None) -> None:
        """Bring the robot to move by an instruction, through the policy.

        Raises:
            FaultError: it does not move.
        """
        linear = self.speed if linear is None else linear
        if not self._real:
            self.drive(linear)
        wanted = min(abs(linear), self.speed) * 0.98
        self._told += 1  # the gate drops the same sentence said twice within a second
        text = INSTRUCTIONS[(self._told - 1) % len(INSTRUCTIONS)]
        self.instruct(text)
        self.probe.wait(
            lambda: self.probe.status.get("instruction") == text, MOVING_WITHIN, "the policy to be told"
        )
        begin = time.monotonic()

        def moves() -> bool:
            latest = self.probe.since(begin)[-MOVING_COMMANDS:]
            fast = self._real or (bool(latest) and abs(latest[-1].linear) >= wanted)
            return fast and len(latest) == MOVING_COMMANDS and all(each.moves for each in latest)

        try:
            self.probe.wait(moves, MOVING_WITHIN, "the robot to move")
        except FaultError as error:
            reason = self.probe.status.get("reason") or self.probe.health.get("safety_gate", {}).get("reason")
            raise FaultError(f"{error}: {reason}") from None

    def began(self, fault: str, within: float = 2.0) -> float:
        """When a decision began to go wrong, monotonic s.

        Raises:
            FaultError: none did.
        """
        self.probe.wait(lambda: any(each[0] == fault for each in self._began), within, f"the model's {fault}")
        return next(at for name, at in self._began if name == fault)

    def kill(self, node: str) -> float:
        """Kill a node as the kernel would, at once; the monotonic time of it."""
        process = self.troupe.nodes().get(node)
        if process is None:
            raise FaultError(f"{node} does not run")
        moment = time.monotonic()
        os.kill(process, signal.SIGKILL)
        self.probe.health.pop(node, None)
        return moment

    def wait_for_restart(self, node: str, before: int) -> None:
        """Wait until a node that was process ``before`` is there again, active, and the robot is ready."""
        self.probe.wait(
            lambda: (
                self.troupe.nodes().get(node, before) != before
                and self.probe.health.get(node, {}).get("state") == "active"
            ),
            RESTART_WITHIN,
            f"{node} to be started again",
        )
        if node == "policy":
            self.probe.status.clear()
        self.wait_until_ready()

    def _keep_beginning(self, message: String) -> None:
        told = json.loads(message.data)
        self._began.append((told["fault"], told["at"]))


@contextmanager
def rig(name: str, folder: Path) -> Iterator[Rig]:
    """Start a rig by the name of its cast, on a ROS domain of its own, and end it afterwards.

    ``stand-in``: safety gate, speech, and the driving node with a policy that drives straight on; ``robot``:
    the same with the embedded policy, and the camera node on a video; ``two robots``: two stand-ins without
    ears, each in a namespace of its own. Logs go into the folder.

    Raises:
        FaultError: the nodes do not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    with private_domain() as domain, environment(domain), ExitStack() as stack:
        if name == "two robots":
            casts = [Cast(("safety_gate", "policy"), STAND_IN, space) for space in ("/one", "/two")]
            first, second = [stack.enter_context(_robot(name, cast, domain, log)) for cast in casts]
            first.other = second
        elif name == "robot":
            camera = {"source": str(_video(folder / "camera.avi")), "loop": True}
            nodes = ("safety_gate", "speech", "policy", "camera")
            cast = Cast(nodes, "embedded", parameters={"camera": camera})
            first = stack.enter_context(_robot(name, cast, domain, log))
        else:
            cast = Cast(("safety_gate", "speech", "policy"), STAND_IN)
            first = stack.enter_context(_robot(name, cast, domain, log))
        yield first


@contextmanager
def _robot(name: str, cast: Cast, domain: int, log: Path) -> Iterator[Rig]:
    with ExitStack() as stack:
        troupe = Troupe(cast, log)
        stack.callback(troupe.end)
        probe = Probe(domain, cast.namespace)
        stack.callback(probe.close)
        body = Body(probe, float(load_config().node("safety_gate")["robot_radius"]))
        stack.callback(body.close)
        body.camera = "camera" not in cast.nodes
        probe.wait(lambda: len(troupe.nodes()) == len(cast.nodes), 30.0, "the nodes to be started")
        whole = Rig(name, troupe, probe, body)
        whole.wait_until_ready()
        yield whole


@contextmanager
def environment(domain: int) -> Iterator[None]:
    """Keep this process and those that it starts among themselves."""
    own = {"ROS_DOMAIN_ID": str(domain), "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    own.update(process_variables())
    before = dict(os.environ)
    os.environ.update(own)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _video(file: Path) -> Path:
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (WIDTH, HEIGHT))
    for number in range(VIDEO_FRAMES):
        writer.write(moving_picture(number)[:, :, ::-1])
    writer.release()
    return file

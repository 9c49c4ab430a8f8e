"""Drives a policy through one episode in the simulator, through the real driver and the real safety gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mm_robot.config import load_config
from mm_robot.errors import InputError
from mm_robot.model.driver import RUNNING, Driver, Timeouts
from mm_robot.model.policy import ACTION_PERIOD, ListeningPolicy, Policy
from mm_robot.safety.clearance import scan_points
from mm_robot.safety.gate import SafetyGate
from mm_robot.safety.limits import limits_from
from mm_robot.sim.world import World
from mm_robot.speech.decision import Act
from mm_robot.training.disturbance import NONE as UNDISTURBED
from mm_robot.training.disturbance import Disturbance
from mm_robot.training.episodes import Episode
from mm_robot.training.given import Given, typed
from mm_robot.types import Decision, FloatArray, RobotState

GATE_PERIOD = 0.02
SECONDS_PER_STEP = 60.0
FOLLOWING_SECONDS = 30.0
STAND_SECONDS = 1.0
"""How long the robot is watched after its task has ended: it has to stand."""
UNHEARD_SECONDS = 2.0
"""How long it is watched after a sentence that it did not hear; it goes on with what it was doing."""
_TICKS = round(ACTION_PERIOD / GATE_PERIOD)


@dataclass(frozen=True)
class Trace:
    """All that happened, at the gate's 50 Hz (T rows).

    ``time`` [T] s; ``pose`` [T, 3] (x m, y m, yaw rad); ``commanded``, ``permitted`` [T, 2] (m/s, rad/s);
    ``contact`` [T] bool; ``status`` T texts; ``given`` the row in which the judged sentence was given,
    ``heard`` what reached the robot of it; ``state`` how the task ended (``running`` if time ran out);
    ``answer`` what was said; ``labels`` the names seen in the last frame; ``step`` [T] which step of the task
    was under way; ``things`` [T, N, 2] m where the things were.
    """

    time: FloatArray
    pose: FloatArray
    commanded: FloatArray
    permitted: FloatArray
    contact: npt.NDArray[np.bool_]
    status: tuple[str, ...]
    touched: tuple[str, ...]
    given: int
    heard: str
    state: str
    answer: str
    labels: tuple[str, ...]
    step: npt.NDArray[np.int64]
    things: FloatArray


class _Recorder:
    def __init__(self, world: World) -> None:
        self._world = world
        self.rows: list[tuple[float, ...]] = []
        self.status: list[str] = []
        self.touched: list[str] = []
        self.step: list[int] = []
        self.things: list[FloatArray] = []

    def add(
        self, commanded: tuple[float, float], permitted: tuple[float, float], status: str, step: int
    ) -> None:
        contacts = self._world.contacts()
        state = self._world.robot_state()
        self.touched += contacts
        self.rows.append(
            (self._world.time, state.x, state.y, state.yaw, *commanded, *permitted, float(bool(contacts)))
        )
        self.status.append(status)
        self.step.append(step)
        self.things.append(self._world.thing_places())


def run_episode(
    policy: Policy,
    episode: Episode,
    seconds: float | None = None,
    give: Callable[[str], Given] = typed,
    disturbance: Disturbance = UNDISTURBED,
) -> Trace:
    """Run one episode: 10 decisions a second, each carried out 100 ms after its frame.

    ``seconds`` is the longest that it may take, by default as long as its outcome is judged; ``give`` tells
    what reaches the robot of a sentence.
    """
    world = World(episode.room, disturbance.mount, disturbance.vivid)
    try:
        return _Rollout(policy, world, disturbance).run(
            episode, give, time_for(episode) if seconds is None else seconds
        )
    finally:
        world.close()


def time_for(episode: Episode) -> float:
    """How long an episode may take, s: a minute for each step, half a minute of following."""
    if episode.expect.outcome == "follow":
        return FOLLOWING_SECONDS
    return SECONDS_PER_STEP * max(1, len(episode.expect.steps))


class _Rollout:
    def __init__(self, policy: Policy, world: World, disturbance: Disturbance) -> None:
        self._policy = policy
        self._world = world
        self._disturbance = disturbance
        self._generator = np.random.default_rng(world.room.seed)
        self._gate = SafetyGate(limits_from(load_config().node("safety_gate")))
        self._driver = Driver(Timeouts(task=float("inf")), disturbance.mount)
        self._recorder = _Recorder(world)
        self._last: Decision | None = None
        self._heard = ""

    def run(self, episode: Episode, give: Callable[[str], Given], seconds: float) -> Trace:
        if episode.before is not None:
            self._give(give(episode.before), episode.before_seconds)
        first = len(self._recorder.rows)
        state = self._give(give(episode.text), seconds)
        for _ in range(round(STAND_SECONDS / ACTION_PERIOD)):
            self._play(state)
        rows = np.array(self._recorder.rows, np.float32)
        last = self._last
        return Trace(
            time=rows[:, 0],
            pose=rows[:, 1:4],
            commanded=rows[:, 4:6],
            permitted=rows[:, 6:8],
            contact=rows[:, 8] > 0,
            status=tuple(self._recorder.status),
            touched=tuple(self._recorder.touched),
            given=first,
            heard=self._heard,
            state=state,
            answer="" if last is None else last.answer,
            labels=() if last is None else tuple(label.name for label in last.labels),
            step=np.array(self._recorder.step, np.int64),
            things=np.stack(self._recorder.things),
        )

    def _give(self, given: Given, seconds: float) -> str:
        """Let a sentence take effect; how the task stands after at most ``seconds`` s."""
        world, driver = self._world, self._driver
        self._heard = given.text if given.sound is None else self._listen(given.sound)
        if given.act is Act.STOP:
            self._gate.stop(world.time)
            driver.stop("stopped")
        elif given.act is Act.INSTRUCT and (self._heard or given.sound is None):
            self._policy.reset(self._heard)
            self._gate.release(world.time)
            driver.instruct(self._heard, "rollout", world.time)
        else:
            seconds = min(seconds, UNHEARD_SECONDS)
        number = driver.status.instruction_id
        end = world.time + seconds
        while world.time < end and driver.status.state == RUNNING:
            received = world.time
            _, observation = driver.observe(
                self._disturbance.picture(world.render(), self._generator),
                world.robot_state() if self._disturbance.odometry else RobotState(),
                received,
                received,
                scan_points(world.scan()) if self._disturbance.scan else None,
            )
            self._last = self._policy.decide(observation)
            self._play(RUNNING)
            driver.accept(self._last, number, received, world.time)
        return driver.status.state

    def _listen(self, sound: FloatArray) -> str:
        if not isinstance(self._policy, ListeningPolicy):
            raise InputError("this policy does not hear by itself; leave out --speak-to-model")
        return self._policy.listen(sound)

    def _play(self, status: str) -> None:
        world = self._world
        for tick in range(_TICKS):
            now = world.time
            command = self._driver.command(now, now, now, now)
            self._gate.propose("policy", command.linear, command.angular, now)
            if tick == 0:
                self._gate.scan(world.scan(), now)
            permit = self._gate.permit(now)
            world.step(permit.linear, permit.angular, GATE_PERIOD)
            self._recorder.add(
                (command.linear, command.angular),
                (permit.linear, permit.angular),
                status,
                self._driver.status.step,
            )

"""The thread that owns the simulated world: physics, rendering and everything that is published from them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mm_robot.errors import InputError
from mm_robot.sim.pacing import Beat, Pacer
from mm_robot.sim.scene import Room

if TYPE_CHECKING:
    from mm_robot.sim.world import World

TICK = 0.01
"""Simulated seconds between two looks at commands and streams."""
PATIENCE = 30.0
"""Seconds that building a world may take."""
RENDERING_FIX = (
    "apt install libegl1 libgl1-mesa-dri libopengl0, or set MUJOCO_GL=osmesa and apt install libosmesa6"
)


@dataclass(frozen=True)
class Stream:
    """Something published ``rate`` times a simulated second: ``publish(world, simulated seconds)``."""

    rate: float
    publish: Callable[[World, float], None]


class SimulationThread:
    """Runs a world in step with the steady clock and publishes its streams.

    All MuJoCo and GL work happens in this thread, for rendering is bound to the thread that began it.
    """

    def __init__(
        self,
        room: Room,
        start: float,
        factor: float,
        streams: Sequence[Stream],
        velocity: Callable[[float], tuple[float, float]],
        failed: Callable[[Exception], None],
    ) -> None:
        """Build the world and run.

        Args:
            room: the room to simulate.
            start: simulated time to begin at, s.
            factor: simulated seconds a second.
            streams: what to publish.
            velocity: the command (m/s, rad/s) in force at a monotonic time.
            failed: told of an exception in a tick; the simulation goes on.

        Raises:
            InputError: the world cannot be built or rendered here.
        """
        self.now = start
        self.paused = False
        self._factor = factor
        self._streams = [(Beat(stream.rate), stream.publish) for stream in streams]
        self._velocity = velocity
        self._failed = failed
        self._ended = threading.Event()
        self._requests: list[tuple[Room, Future[None]]] = []
        self._pacer = Pacer(factor, start, time.monotonic())
        self._thread = threading.Thread(target=self._run, name="simulation", daemon=True)
        built = self._request(room)
        self._thread.start()
        try:
            built.result(PATIENCE)
        except BaseException:
            self.end()
            raise

    def reset(self, room: Room) -> None:
        """Put the robot into a new room; simulated time goes on.

        Raises:
            InputError: the world cannot be built.
        """
        self._request(room).result(PATIENCE)

    def achieved_factor(self) -> float | None:
        """Simulated seconds a second since the last call; None just after a start, a reset or a pause."""
        return self._pacer.achieved(self.now, time.monotonic())

    def end(self) -> None:
        """Stop and free the world."""
        self._ended.set()
        self._thread.join()

    def _request(self, room: Room) -> Future[None]:
        done: Future[None] = Future()
        self._requests.append((room, done))
        return done

    def _run(self) -> None:
        world: World | None = None
        while not self._ended.is_set():
            if self._requests:
                world = self._rebuild(world)
            if world is None:
                break
            if self.paused:
                self._ended.wait(TICK)
                self._pacer.restart(self.now, time.monotonic())
                continue
            pause = self._pacer.wait(self.now, time.monotonic())
            if pause > 0:
                self._ended.wait(pause)
            try:
                self._tick(world)
            except Exception as error:  # a message may fail in any way; the world goes on
                self._failed(error)
                self._ended.wait(TICK)
        if world is not None:
            world.close()

    def _tick(self, world: World) -> None:
        linear, angular = self._velocity(time.monotonic())
        before = world.time
        world.step(linear, angular, TICK)
        self.now += world.time - before
        for beat, publish in self._streams:
            if beat.due(self.now):
                publish(world, self.now)

    def _rebuild(self, old: World | None) -> World | None:
        """Build the world that was asked for; where that fails, the old one goes on."""
        room, done = self._requests.pop(0)
        try:
            world = _build(room)
        except Exception as error:  # missing libraries fail in many ways
            done.set_exception(error)
            return old
        if old is not None:
            old.close()
        self._pacer.restart(self.now, time.monotonic())
        done.set_result(None)
        return world


def _build(room: Room) -> World:
    try:
        from mm_robot.sim.world import World
    except Exception as error:  # MuJoCo raises what its GL binding raises
        raise InputError(f"the simulator cannot render here ({error}); {RENDERING_FIX}") from error
    world = World(room)
    try:
        world.render()
    except Exception as error:
        world.close()
        raise InputError(f"the simulator cannot render here ({error}); {RENDERING_FIX}") from error
    return world

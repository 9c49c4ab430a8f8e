"""Runs episodes through the real nodes over DDS, for ``mm_robot evaluate rollout --ros``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from mm_robot.demo.record import Moment, Record
from mm_robot.demo.sentences import played, spoken
from mm_robot.demo.stage import stage
from mm_robot.demo.watcher import Watcher
from mm_robot.errors import InputError
from mm_robot.model.policy import checkpoint_folder
from mm_robot.sim.voices import VOICES
from mm_robot.training.episodes import Episode
from mm_robot.training.rollout import STAND_SECONDS, UNHEARD_SECONDS, Trace, time_for
from mm_robot.types import Outcome

HEARD_WITHIN = 6.0
"""Seconds from the end of a spoken sentence within which it must have become an instruction."""
ROOM_WITHIN = 10.0
PERIOD = 0.02


class NodeRollouts:
    """Gives sentences to the running nodes, and keeps what the simulator says of the robot."""

    def __init__(self, watcher: Watcher, speak: bool) -> None:
        """``speak`` says every sentence with a synthetic voice instead of typing it."""
        self._watcher = watcher
        self._speak = speak

    def run(self, episode: Episode) -> Trace:
        """Run one episode in real time.

        Raises:
            InputError: something moves in the room, which the nodes do not tell of, or the simulator does not
                take the room.
        """
        if any(thing.moves is not None for thing in episode.room.things):
            raise InputError(f"{episode.text!r}: things that move are judged without --ros only")
        watcher = self._watcher
        watcher.stop()
        watcher.place(episode.room)
        _wait(lambda: watcher.room is not None and watcher.room.seed == episode.room.seed, ROOM_WITHIN)
        time.sleep(0.5)
        record = watcher.record = Record(episode.room)
        try:
            if episode.before is not None:
                self._give(episode, episode.before)
                _wait(lambda: False, episode.before_seconds)
            given = len(record.path)
            started = self._give(episode, episode.text)
            if started:
                _wait(lambda: watcher.status.get("state") != Outcome.RUNNING.value, time_for(episode))
            time.sleep(STAND_SECONDS)
        finally:
            watcher.record = None
            watcher.stop()
        return _trace(record, given, str(watcher.status.get("instruction", "")) if started else "")

    def _give(self, episode: Episode, text: str) -> bool:
        """Say or type a sentence; whether it became an instruction."""
        watcher = self._watcher
        first = watcher.status.get("instruction_id", 0)
        within = HEARD_WITHIN
        if episode.wav is not None and text == episode.text:
            played(episode.wav).give(watcher)
        elif self._speak and text.strip():
            spoken(text, VOICES[episode.seed % len(VOICES)]).give(watcher)
        else:
            watcher.type_instruction(text)
            within = UNHEARD_SECONDS
        return _wait(lambda: watcher.status.get("instruction_id", 0) > first, within)


@contextmanager
def node_rollouts(policy: str, speak: bool, log: Path) -> Iterator[NodeRollouts]:
    """Start the nodes with a policy, and end them afterwards; what they print goes to ``log``.

    Raises:
        StageError: a node does not come up.
    """
    parameters = {} if policy == "embedded" else {"policy": str(checkpoint_folder(policy).resolve())}
    with stage({"policy": parameters}, log, print) as watcher:
        yield NodeRollouts(watcher, speak)


def _wait(until: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not until():
        if time.monotonic() > deadline:
            return False
        time.sleep(PERIOD)
    return True


def _trace(record: Record, given: int, heard: str) -> Trace:
    if not record.path:
        raise InputError("the simulator published no odometry; see the log of the nodes")
    path = record.path
    answer = record.answers[-1] if record.answers else ""
    return Trace(
        time=np.array([m.time - path[0].time for m in path], np.float32),
        pose=np.array([(m.robot.x, m.robot.y, m.robot.yaw) for m in path], np.float32),
        commanded=np.array([m.commanded for m in path], np.float32),
        permitted=np.array([m.permitted for m in path], np.float32),
        contact=np.array([m.touching for m in path]),
        status=tuple(m.state for m in path),
        touched=tuple(record.touched),
        given=min(given, len(path) - 1),
        heard=heard,
        state=_state(path, heard),
        answer=answer,
        labels=record.labels,
        step=np.array([m.step for m in path], np.int64),
        things=np.tile(np.array([(t.x, t.y) for t in record.room.things], np.float32), (len(path), 1, 1)),
    )


def _state(path: list[Moment], heard: str) -> str:
    return path[-1].state if heard else "unheard"

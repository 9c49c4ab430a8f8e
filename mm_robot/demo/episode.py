"""One episode: a sentence is said, the robot acts until it is done, the judge looks at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mm_robot.config import load_config
from mm_robot.demo.display import Display, View
from mm_robot.demo.record import Record
from mm_robot.demo.room import Target
from mm_robot.demo.verdict import Verdict, edge_distance, judge
from mm_robot.demo.watcher import Watcher

HEARD_WITHIN = 10.0
"""Seconds from the end of the speech within which it must have become an instruction."""
SETTLE = 1.0
REFRESH = 0.15


@dataclass(frozen=True)
class Sentence:
    """What is said: ``give`` speaks or types it and returns the monotonic time of its end, s.

    ``text`` is what a person would read; ``voice`` names who speaks, empty where it is typed.
    """

    text: str
    voice: str
    give: Callable[[Watcher], float]


@dataclass(frozen=True)
class Episode:
    """A finished episode."""

    sentence: Sentence
    target: Target | None
    record: Record
    verdict: Verdict
    report: dict[str, Any]


def play(
    watcher: Watcher, sentence: Sentence, target: Target | None, timeout: float, display: Display
) -> Episode:
    """Say the sentence, wait at most ``timeout`` s for the end of the task, and judge."""
    if watcher.room is None:
        raise RuntimeError("the stage is not ready: the simulator has not told its room")
    record = Record(watcher.room)
    before = watcher.status
    first = before.get("instruction_id", 0)
    watcher.record = record
    speech = _Speech(sentence, watcher, record)
    speech.start()
    began = time.monotonic()
    why = ""
    while not why:
        time.sleep(REFRESH)
        now = time.monotonic()
        started = watcher.status.get("instruction_id", 0) > first
        if started and record.instructed_at is None:
            record.instructed_at = now
        if started and watcher.status.get("state") != "running":
            why = "ended"
        elif now - began > timeout:
            why = "timeout"
        elif record.speech_ended_at and not started and now - record.speech_ended_at > HEARD_WITHIN:
            why = "unheard"
        elif speech.error:
            why = "unsaid"
        display.show(_view(watcher, record, sentence, target, now - began))
    if why != "unsaid":
        record.ended_at = time.monotonic()
        time.sleep(SETTLE)
    watcher.record = None
    if why == "timeout":
        watcher.stop()
    speech.join()
    if speech.error is not None:
        raise speech.error
    display.show(_view(watcher, record, sentence, target, time.monotonic() - began))
    verdict = judge(record, target, heard=why != "unheard")
    return Episode(sentence, target, record, verdict, report(record, before, sentence, target, verdict))


def report(
    record: Record, before: dict[str, Any], sentence: Sentence, target: Target | None, verdict: Verdict
) -> dict[str, Any]:
    """Put together what result.json holds; ``before`` is the driving node's status before the episode."""
    status = record.status
    transcript = record.transcripts[0] if record.transcripts else {}
    return {
        "verdict": verdict.to_dict(),
        "sentence": sentence.text,
        "voice": sentence.voice or None,
        "target": target.name if target else None,
        "transcript": transcript.get("text"),
        "transcript_confidence": transcript.get("confidence"),
        "instruction": status.get("instruction"),
        "outcome": status.get("state"),
        "skill": status.get("skill"),
        "reason": status.get("reason"),
        "answers": record.answers,
        "collisions": len(record.touched),
        "seconds": {
            "end_of_speech_to_transcript": _between(record.speech_ended_at, record.transcript_at),
            "instruction_to_end": _between(record.instructed_at, record.ended_at),
        },
        "rates": {key: status.get(key) for key in ("chunk_rate", "action_rate")},
        "milliseconds": {
            "observation_to_command_p50": status.get("age_p50"),
            "observation_to_command_p95": status.get("age_p95"),
            "inference": status.get("inference_ms"),
        },
        "camera": _delivery(before, status),
        "path_length": round(record.length(), 3),
        "room": record.room.to_dict(),
        "path": [
            [round(v, 4) for v in (moment.time, moment.robot.x, moment.robot.y, moment.robot.yaw)]
            for moment in record.path[::5]
        ],
    }


class _Speech(threading.Thread):
    """Gives the sentence while the main thread watches."""

    def __init__(self, sentence: Sentence, watcher: Watcher, record: Record) -> None:
        super().__init__(name="speech", daemon=True)
        self.error: Exception | None = None
        self._sentence, self._watcher, self._record = sentence, watcher, record

    def run(self) -> None:
        try:
            self._record.speech_ended_at = self._sentence.give(self._watcher)
        except Exception as error:  # told to whoever started the episode
            self.error = error


def _view(
    watcher: Watcher, record: Record, sentence: Sentence, target: Target | None, seconds: float
) -> View:
    heard = ""
    if record.transcripts:
        transcript = record.transcripts[0]
        heard = f"“{transcript.get('text', '')}” {transcript.get('confidence', 0.0):.0%}"
        late = _between(record.speech_ended_at, record.transcript_at)
        if late is not None:
            heard += f", {late:.2f} s after the last word"
    distance = None
    if target is not None:
        things = [record.room.things[index] for index in record.room.find(target.colour, target.shape)]
        distance = min((edge_distance(record.robot, thing) for thing in things), default=None)
    return View(
        seconds=seconds,
        said=sentence.text if sentence.voice else f"{sentence.text} (typed)",
        heard=heard,
        status=watcher.status,
        labels=watcher.labels,
        linear=watcher.command[0],
        angular=watcher.command[1],
        target=target.name if target else "",
        distance=distance,
    )


def _between(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else round(end - start, 3)


def _delivery(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Compare the images that the driving node received with those that were due by their stamps."""
    rate = load_config().node("simulator")["camera_rate"]
    due = round((after.get("image_stamp", 0.0) - before.get("image_stamp", 0.0)) * rate)
    received = after.get("images_received", 0) - before.get("images_received", 0)
    return {"published": due, "received": received, "delivery": round(received / due, 4) if due > 0 else None}

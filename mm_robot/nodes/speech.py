"""The speech node: turns ``audio`` into ``transcript``, ``instruction/voice``, ``stop`` and ``scene/sounds``.

Callbacks only put sound into mailboxes. One thread spots the word "stop" and publishes ``stop`` at once; one
tells sound events; another takes noise out of the stream, cuts utterances from it and has them recognised by
a process of its own, since the threads of one process of Python wait for each other. What is understood with
enough confidence becomes an instruction, unless somebody has stopped the robot since, or it was said too long
ago; everything heard is a transcript, so that a rejection can be seen.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from std_msgs.msg import Bool, Empty, Int16MultiArray, String

from mm_robot.errors import CheckpointError
from mm_robot.ros.convert import AudioBlock, message_to_audio
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.speech.base import Utterance
from mm_robot.speech.decision import Act, HearingDecision
from mm_robot.speech.grammar import read_grammar
from mm_robot.speech.level import LevelMeter
from mm_robot.speech.mailbox import Mailbox
from mm_robot.speech.names_in_view import NamesInView, corrected
from mm_robot.speech.recogniser_process import RecogniserProcess
from mm_robot.speech.stop_word import StopWord
from mm_robot.speech.stream import Stream
from mm_robot.speech.voice_activity import VoiceActivity
from mm_robot.types import FloatArray

if TYPE_CHECKING:
    from mm_robot.speech.sound_events import SoundEvents

COUNTERS = (
    *("gaps", "lost samples", "dropped blocks"),
    *("transcripts", "instructions", "stale instructions", "stops"),
)
MAILBOX_SIZE = 160
"""Blocks that wait at most: about 5 s of sound in blocks of 32 ms."""
LONGEST_GAP = 60.0
"""Seconds of missing sound that count as lost; a larger step means that another source speaks."""
WATCH_SECONDS = 5.0
JOIN_SECONDS = 5.0
ECHO_SECONDS = 1.0
"""Time within which a stop of our own comes back to us."""
OWN_VOICE_SECONDS = 0.6
"""Time for which it counts that the robot said that it speaks."""
STALE_SECONDS = 4.0
"""Time after the end of a sentence from which on it is not carried out any more."""


class Piece(NamedTuple):
    """A block of mono sound: ``received`` monotonic s; ``missing`` samples were lost before it."""

    samples: FloatArray
    rate: int
    received: float
    missing: int


class Speech(LifecycleNode):
    """Hearing as a ROS node."""

    def __init__(self) -> None:
        """Make the node; ``start`` loads the models."""
        super().__init__("speech")

    def start(self) -> None:
        """Load the recogniser and begin to listen."""
        torch.set_num_threads(1)
        self._recogniser = RecogniserProcess(
            self.value("recogniser"), self._grammar(), self.value("wake_word")
        )
        self._voice_activity = VoiceActivity(
            judge=self.value("voice_activity"), suppression=self.value("noise_suppression")
        )
        self._stop_word = StopWord()
        self._meter = LevelMeter()
        self._in_view = NamesInView()
        self._previous: AudioBlock | None = None
        self._received = float("-inf")
        self._speaks_since: float | None = None
        self._stops_sent: deque[float] = deque()
        self._decision = HearingDecision(self.value("confidence"), self.value("wake_word"))
        self._sounds = self.publish_to(String, "scene/sounds")
        self._transcripts = self.publish_to(String, "transcript")
        self._instructions = self.publish_to(String, "instruction/voice")
        self._stops = self.publish_to(Empty, "stop")
        self.publish_to(Empty, "hearing", "vital")
        for counter in COUNTERS:
            self.count(counter, 0)
        self._no_sounds = self._late = ""
        self._sound_events: SoundEvents | None = None
        self._recogniser.wait_until_loaded()
        work = [("stop word", self._watch_for_stop), ("recogniser", self._listen)]
        if self.value("sound_events"):
            work.append(("sound events", self._tell_sounds))
        self._mailboxes: list[Mailbox[Piece]] = [Mailbox(MAILBOX_SIZE) for _ in work]
        self._threads = [
            threading.Thread(target=self._work, args=(mailbox, act), name=name, daemon=True)
            for mailbox, (name, act) in zip(self._mailboxes, work, strict=True)
        ]
        for thread in self._threads:
            thread.start()
        self.subscribe(Int16MultiArray, "audio", self._receive, "stream")
        self.subscribe(Empty, "stop", self._note_stop)
        self.subscribe(String, "scene/labels", self._see)
        self.subscribe(Bool, "speaking", self._note_own_voice)
        self.every(WATCH_SECONDS, self._watch)
        self.ok_state("waits for sound")

    def stop(self) -> None:
        """End listening."""
        for mailbox in getattr(self, "_mailboxes", []):
            mailbox.close()
        for thread in getattr(self, "_threads", []):
            thread.join(JOIN_SECONDS)
        if hasattr(self, "_recogniser"):
            self._recogniser.close()

    def _grammar(self) -> str | None:
        name = self.value("grammar")
        return read_grammar(Path(name)) if name else None

    def _receive(self, message: Int16MultiArray) -> None:
        received = self._received = time.monotonic()
        block = message_to_audio(message)
        missing = self._missing(block)
        self._previous = block
        piece = Piece(block.mono(), block.rate, received, missing)
        for mailbox in self._mailboxes:
            if mailbox.put(piece):
                self.count("dropped blocks")

    def _note_stop(self, _message: Empty) -> None:
        now = time.monotonic()
        while self._stops_sent:
            if now - self._stops_sent.popleft() <= ECHO_SECONDS:
                return
        self._decision.note_stop_by_others(now)

    def _see(self, message: String) -> None:
        self._in_view.see(message.data, time.monotonic())

    def _note_own_voice(self, message: Bool) -> None:
        now = time.monotonic()
        since = now if self._speaks_since is None else self._speaks_since
        self._decision.note_own_voice(since, now + OWN_VOICE_SECONDS if message.data else now)
        self._speaks_since = now if message.data else None

    def _missing(self, block: AudioBlock) -> int:
        previous = self._previous
        if previous is None or previous.rate != block.rate:
            return 0
        missing = block.missing_since(previous)
        if 0 < missing <= LONGEST_GAP * block.rate:  # beyond that a source began anew: nothing is lost
            self.count("gaps")
            self.count("lost samples", missing)
        return missing

    def _work(self, mailbox: Mailbox[Piece], act: Callable[[Stream, Piece], None]) -> None:
        stream = Stream()
        guarded = self._guard.wrap(threading.current_thread().name, lambda piece: act(stream, piece))
        while (piece := mailbox.take()) is not None:
            guarded(piece)

    def _watch_for_stop(self, stream: Stream, piece: Piece) -> None:
        samples, anew = stream.add(*piece)
        if anew:
            self._stop_word.reset()
        for word in self._stop_word.detect(samples):
            self._publish_stop(word.text, stream.time_of(word.at))

    def _tell_sounds(self, stream: Stream, piece: Piece) -> None:
        samples, anew = stream.add(*piece)
        events = self._sound_events or self._load_sound_events()
        if events is None:
            return
        if anew:
            events.reset()
        for sound in events.detect(samples):
            labels = [{"name": sound.name, "score": round(sound.probability, 3)}] if sound.present else []
            told = {"known": events.names, "labels": labels}
            self._sounds.publish(String(data=json.dumps(told)))
            self.report("sound", sound.name if sound.present else "")

    def _load_sound_events(self) -> SoundEvents | None:
        """Loaded by the thread that uses it: the stop word need not wait for it."""
        if self._no_sounds:
            return None
        from mm_robot.speech.sound_events import SoundEvents, load_sound_classifier

        try:
            self._sound_events = SoundEvents(load_sound_classifier(self.value("sound_events")))
        except CheckpointError as error:
            self._no_sounds = f"no sound events: {error}"
            self.warn_state(self._no_sounds)
        return self._sound_events

    def _listen(self, stream: Stream, piece: Piece) -> None:
        samples, anew = stream.add(*piece)
        if anew:
            self._voice_activity.reset()
        self._meter.add(samples)
        for utterance in self._voice_activity.detect(samples):
            self._recognise(utterance, stream)

    def _recognise(self, utterance: Utterance, stream: Stream) -> None:
        began = time.monotonic()
        heard = self._recogniser.transcribe(utterance)
        recognition = replace(heard, text=corrected(heard.text, self._in_view.at(began)))
        now = time.monotonic()
        started, ended = stream.time_of(utterance.start), stream.time_of(utterance.end)
        act = self._decision.decide(recognition, started, ended)
        if act is Act.INSTRUCT:
            self._late = ""
            if now - ended > STALE_SECONDS:
                act = Act.NOTHING
                self.count("stale instructions")
                self._late = (
                    f"“{recognition.text}” was understood {now - ended:.1f} s after it was said and is not "
                    "carried out: this computer is too busy; lower the policy's rate, or end other programs"
                )
                self.warn_state(self._late)
        self._transcripts.publish(
            String(
                data=json.dumps(
                    {
                        "text": recognition.text,
                        "heard": heard.text,
                        "confidence": round(recognition.confidence, 3),
                        "started": started,
                        "ended": ended,
                        "heard_at": now,
                        "latency": round(now - ended, 3),
                        "recognition_seconds": round(now - began, 3),
                        "accepted": act is not Act.NOTHING,
                    }
                )
            )
        )
        self.count("transcripts")
        self.report("latency s", round(now - ended, 3))
        if act is Act.STOP:
            self._publish_stop(recognition.text, now)
        elif act is Act.INSTRUCT:
            self._instructions.publish(String(data=recognition.text))
            self.count("instructions")

    def _publish_stop(self, word: str, heard: float) -> None:
        self._stops_sent.append(time.monotonic())
        self._stops.publish(Empty())
        self._decision.note_stop(heard)
        self.count("stops")
        self.report("last stop word", word)

    def _watch(self) -> None:
        level, problem = self._meter.read()
        self.report("level dB", round(level, 1))
        self.report("noise dB", round(self._voice_activity.noise_level, 1))
        problem = problem or self._no_sounds or self._late
        if problem:
            self.warn_state(problem)
        elif time.monotonic() - self._received < WATCH_SECONDS:
            self.ok_state("listens")
        else:
            self.ok_state("waits for sound")


def main() -> None:
    """Run the node."""
    spin(Speech)


if __name__ == "__main__":
    main()

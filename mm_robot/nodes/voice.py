"""The voice: speaks what comes on ``answer``, with espeak-ng, through an output device.

``speaking`` is true, again and again, while it speaks, so that the speech node does not take the robot's own
words for a person's. A ``stop`` ends what is being said. Of what waits to be said the newest counts.
"""

from __future__ import annotations

import threading
import time

from std_msgs.msg import Bool, Empty, String

from mm_robot.devices.sound_output import play
from mm_robot.errors import InputError
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.sim.voices import synthesise
from mm_robot.types import FloatArray

RATE = 22050
LONGEST_TEXT = 300
REPEAT_SECONDS = 0.3
"""Time between two messages that say that the robot speaks."""
END_WITHIN = 3.0


class Voice(LifecycleNode):
    """Spoken answers as a ROS node."""

    def __init__(self) -> None:
        """Make the node."""
        super().__init__("voice")

    def start(self) -> None:
        """Begin to wait for something to say."""
        self._speaking = self.publish_to(Bool, "speaking")
        self._text = ""
        self._wanted, self._ended = threading.Event(), threading.Event()
        self._silenced = threading.Event()
        self.count("answers spoken", 0)
        self._thread = threading.Thread(target=self._run, name="voice", daemon=True)
        self._thread.start()
        self.subscribe(String, "answer", self._say)
        self.subscribe(Empty, "stop", self._be_silent)
        self.ok_state("waits for an answer")

    def stop(self) -> None:
        """Break off what is being said."""
        self._ended.set()
        self._wanted.set()
        self._thread.join(END_WITHIN)

    def _say(self, message: String) -> None:
        text = " ".join(message.data.split())[:LONGEST_TEXT]
        if text:
            if self._wanted.is_set():
                self.count("answers left unsaid")
            self._silenced.clear()
            self._text = text
            self._wanted.set()

    def _be_silent(self, _message: Empty) -> None:
        self._silenced.set()
        self._wanted.clear()

    def _run(self) -> None:
        speak = self._guard.wrap("voice", self._speak)
        while not self._ended.is_set():
            self._wanted.wait()
            if not self._ended.is_set():
                self._wanted.clear()
                speak()

    def _speak(self) -> None:
        try:
            samples: FloatArray = synthesise(
                self._text, self.value("voice"), self.value("speed"), self.value("pitch"), RATE
            )
            self._told = 0.0
            whole = play(self.value("volume") * samples, RATE, self.value("device"), self._goes_on)
        except InputError as error:
            self.error_state(str(error))
            return
        finally:
            self._speaking.publish(Bool(data=False))
        self.count("answers spoken" if whole else "answers broken off")
        self.ok_state("waits for an answer")

    def _goes_on(self) -> bool:
        now = time.monotonic()
        if now - self._told >= REPEAT_SECONDS:
            self._told = now
            self._speaking.publish(Bool(data=True))
        return not (self._silenced.is_set() or self._ended.is_set())


def main() -> None:
    """Run the node."""
    spin(Voice)


if __name__ == "__main__":
    main()

"""The microphone: an input device, or a sound file played at real time, as ``audio`` in mono.

Each message says the index of its first sample, so that a gap is seen. A device that is missing or lost is
said in the diagnostics and tried again every two seconds. A file is played once, as soon as somebody
listens, with silence before and after it, as a microphone would hear.
"""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path

import numpy as np
from std_msgs.msg import Int16MultiArray

from mm_robot.devices.sound_blocks import NumberedBlock, SoundBlocks
from mm_robot.devices.sound_file import load_sound
from mm_robot.devices.sound_input import SoundInput
from mm_robot.errors import InputError
from mm_robot.ros.convert import AudioBlock, audio_to_message
from mm_robot.ros.node import LifecycleNode, spin

RETRY_SECONDS = 2.0
SILENCE_BEFORE = 0.5
"""Seconds of silence before a file, in which a listener that was found also finds this node."""
MUTED_AFTER = 5.0
"""Seconds of nothing but zeros after which a device is taken to be muted."""


class Microphone(LifecycleNode):
    """The microphone as a ROS node."""

    def __init__(self) -> None:
        """Make the node; ``start`` opens the device."""
        super().__init__("microphone")

    def start(self) -> None:
        """Begin to listen, or to play the file."""
        self._rate = self.value("sample_rate")
        self._length = max(1, round(self.value("block") * self._rate))
        self._audio = self.publish_to(Int16MultiArray, "audio", "stream")
        self._began = time.monotonic()
        self._next_index = 0
        self._loudest = 0
        self._last_sound = time.monotonic()
        self._device = ""
        self.count("gaps", 0)
        self.count("lost samples", 0)
        wav = self.value("wav")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(wav, self._ended), name="sound", daemon=True)
        self._thread.start()
        self.every(1.0, self._watch)

    def stop(self) -> None:
        """End listening."""
        self._ended.set()
        self._thread.join(RETRY_SECONDS * 2)

    def _run(self, wav: str, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                if wav:
                    self._play(Path(wav), ended)
                else:
                    self._listen(ended)
            except InputError as error:
                self.error_state(str(error))
            except Exception as error:  # a driver may fail in any way; the source is opened again
                self._guard.failed("sound", error)
            ended.wait(RETRY_SECONDS)

    def _listen(self, ended: threading.Event) -> None:
        source = SoundInput(self.value("device"), self.value("block"))
        try:
            index = max(self._next_index, int((time.monotonic() - self._began) * self._rate))
            blocks = SoundBlocks(source.rate, self._rate, self._length, index)
            self._device, self._last_sound = source.name, time.monotonic()
            self.ok_state(f"listens to {source.name}")
            while not ended.is_set():
                samples, missing = source.read()
                if missing:
                    self.count("gaps")
                    self.count("lost samples", missing)
                for block in blocks.add(samples, missing):
                    self._publish(block)
        finally:
            self._device = ""
            source.close()

    def _play(self, file: Path, ended: threading.Event) -> None:
        silence = np.zeros(round(SILENCE_BEFORE * self._rate), np.int16)
        samples = np.concatenate([silence, load_sound(file, self._rate)])
        self.ok_state(f"plays {file} when somebody listens")
        while not self._audio.get_subscription_count():
            if ended.wait(0.05):
                return
        self.ok_state(f"plays {file}")
        began, index = time.monotonic(), 0
        while not ended.wait(max(0.0, began + (index + self._length) / self._rate - time.monotonic())):
            block = samples[index : index + self._length]
            self._publish(NumberedBlock(index, np.pad(block, (0, self._length - len(block)))))
            if index < len(samples) <= index + self._length:
                self.ok_state(f"has played {file}")
            index += self._length

    def _publish(self, block: NumberedBlock) -> None:
        self._audio.publish(
            audio_to_message(AudioBlock(block.samples[:, None], self._rate, block.first_sample))
        )
        self._next_index = block.first_sample + len(block.samples)
        loudest = int(np.abs(block.samples.astype(np.int32)).max())
        self._loudest = max(self._loudest, loudest)
        if loudest:
            self._last_sound = time.monotonic()

    def _watch(self) -> None:
        loudest, self._loudest = self._loudest, 0
        self.report("peak dB", round(20 * math.log10(max(loudest, 1) / 32768), 1))
        if self._device and time.monotonic() - self._last_sound > MUTED_AFTER:
            self.warn_state(
                f"microphone {self._device} gives nothing but silence; unmute it (alsamixer, pavucontrol)"
            )
        elif self._device:
            self.ok_state(f"listens to {self._device}")


def main() -> None:
    """Run the node."""
    spin(Microphone)


if __name__ == "__main__":
    main()

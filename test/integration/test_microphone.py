"""The microphone node as a real process over DDS, with sound files and a real PulseAudio server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from node_process import NodeProcess
from probe import Probe, Received
from pulse_audio import PulseAudio
from std_msgs.msg import Int16MultiArray

from mm_robot.ros.convert import AudioBlock, message_to_audio

Start = Callable[..., NodeProcess]


def status_of(diagnostics: Received) -> DiagnosticStatus:
    statuses = [status for array in diagnostics for status in array.status if status.name == "/microphone"]
    return statuses[-1] if statuses else DiagnosticStatus()


def failed_with(diagnostics: Received, words: str) -> bool:
    status = status_of(diagnostics)
    return status.level == DiagnosticStatus.ERROR and words in status.message


def blocks_of(audio: Received) -> list[AudioBlock]:
    return [message_to_audio(message) for message in audio]


def tone(frequency: float, rate: int, seconds: float) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def test_a_file_is_played_once_in_real_time_to_the_first_listener(
    start_node: Start, probe: Probe, tmp_path: Path
) -> None:
    file = tmp_path / "sound.wav"
    sound = np.random.default_rng(5).integers(-20000, 20000, 16000).astype(np.int16)
    soundfile.write(file, sound, 16000)
    start_node("microphone", {"wav": str(file)})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: "when somebody listens" in status_of(diagnostics).message, 15.0, "the node")
    audio = probe.collect(Int16MultiArray, "audio", "stream")
    probe.wait(
        lambda: sum(len(message.data) for message in audio) >= 24000, 10.0, "the sound and silence after it"
    )
    blocks = blocks_of(audio)
    heard = np.concatenate([block.samples[:, 0] for block in blocks])
    np.testing.assert_array_equal(heard[8000:24000], sound)
    assert not heard[:8000].any()
    assert not heard[24000:].any()
    assert all(after.missing_since(before) == 0 for before, after in zip(blocks, blocks[1:], strict=False))
    assert blocks[0].first_sample == 0
    assert {block.rate for block in blocks} == {16000}
    took = audio.times[-1] - audio.times[0]
    assert took == pytest.approx((len(heard) - 512) / 16000, rel=0.15)


def test_a_missing_file_is_said_with_the_fix_and_tried_again(
    start_node: Start, probe: Probe, tmp_path: Path
) -> None:
    file = tmp_path / "later.wav"
    node = start_node("microphone", {"wav": str(file)})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    audio = probe.collect(Int16MultiArray, "audio", "stream")
    probe.wait(
        lambda: failed_with(diagnostics, "cannot be read (no such file); give a WAV"), 15.0, "an error"
    )
    assert status_of(diagnostics).message in node.output
    soundfile.write(file, np.full(1600, 0.25), 48000)
    probe.wait(
        lambda: any(max(message.data) > 8000 for message in audio),
        10.0,
        "the sound of the file that came later",
    )


def test_a_wrong_device_is_said_and_kills_nothing(start_node: Start, probe: Probe) -> None:
    node = start_node("microphone", {"device": "no such device"})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: failed_with(diagnostics, "microphone: "), 15.0, "an error")
    message = status_of(diagnostics).message
    assert (
        "the input devices there are: " in message
        or "there is no input device" in message
        or "apt" in message
    )
    assert message in node.output
    assert node.interrupt() == 0


def test_a_real_device_is_heard_without_gaps_and_taken_up_again_when_it_was_lost(
    start_node: Start, probe: Probe, pulse: PulseAudio, tmp_path: Path
) -> None:
    file = tmp_path / "tone.wav"
    soundfile.write(file, tone(500.0, 44100, 3.0), 44100)
    start_node("microphone", {"device": "PULSE"})
    audio = probe.collect(Int16MultiArray, "audio", "stream")
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    try:
        probe.wait(lambda: len(audio) > 10, 15.0, "sound of the device")
    except AssertionError:
        if (
            "input devices there are" in status_of(diagnostics).message
            or "no input" in status_of(diagnostics).message
        ):
            pytest.skip("ALSA does not know PulseAudio; apt install libasound2-plugins")
        raise
    with pulse.play(file) as player:
        probe.wait(lambda: np.abs(blocks_of(audio[-1:])[0].samples).max() > 8000, 10.0, "the tone")
        first = len(audio)
        probe.wait(
            lambda: sum(len(message.data) for message in audio[first:]) >= 16000, 10.0, "a second of it"
        )
        heard = blocks_of(audio[first:])
        player.terminate()
    sound = np.concatenate([block.samples[:, 0] for block in heard])[:16000]
    assert np.argmax(np.abs(np.fft.rfft(sound * np.hanning(16000)))) == pytest.approx(500, abs=2)
    assert all(after.missing_since(before) == 0 for before, after in zip(heard, heard[1:], strict=False))
    assert status_of(diagnostics).message == "listens to pulse"

    pulse.stop()
    probe.wait(lambda: status_of(diagnostics).level == DiagnosticStatus.ERROR, 15.0, "an error")
    count, last = len(audio), blocks_of(audio[-1:])[0]
    pulse.start()
    probe.wait(lambda: len(audio) > count + 5, 20.0, "sound of the device that came back")
    gap = blocks_of(audio[count : count + 1])[0].missing_since(last)
    assert 8000 < gap < 40 * 16000
    probe.wait(lambda: status_of(diagnostics).level == DiagnosticStatus.OK, 5.0, "good health")

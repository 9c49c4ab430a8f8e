"""Checks of microphone, camera, rendering and the synthetic voice."""

from __future__ import annotations

import time

from mm_robot.checks.finding import Finding, missing, ok
from mm_robot.errors import InputError


def microphone() -> Finding:
    """Whether sound can be recorded."""
    from mm_robot.devices.sound_devices import MICROPHONE, devices_of, portaudio

    try:
        inputs = devices_of(MICROPHONE, portaudio(MICROPHONE).query_devices())
    except InputError as error:
        return missing(str(error), "sudo apt-get install libportaudio2")
    if not inputs:
        return missing(
            "no input device",
            "plug one in; where PulseAudio or PipeWire runs: sudo apt-get install libasound2-plugins",
        )
    return ok(", ".join(inputs.values()))


def camera() -> Finding:
    """Whether the first camera gives a picture."""
    from mm_robot.devices.video import VideoSettings, VideoSource, camera_devices

    devices = camera_devices()
    if not devices:
        return missing("no /dev/video*", "plug a camera in; in Docker: docker run --device /dev/video0")
    try:
        source = VideoSource(VideoSettings(devices[0]))
        try:
            height, width = source.read().shape[:2]
        finally:
            source.close()
    except InputError as error:
        return missing(str(error), "do what the message says, or try: v4l2-ctl --list-devices")
    return ok(f"{devices[0]} gives {width}x{height}")


def rendering() -> Finding:
    """Whether the simulator can draw what its camera sees."""
    import os

    fix = "sudo apt-get install libegl1 libgl1-mesa-dri libopengl0, and unset MUJOCO_GL"
    try:
        from mm_robot.sim.scene import random_room
        from mm_robot.sim.world import World

        world = World(random_room(1))
        world.render()
        started = time.perf_counter()
        image = world.render()
        milliseconds = (time.perf_counter() - started) * 1000.0
        world.close()
    except Exception as error:  # each driver fails in its own way
        return missing(" ".join(f"{type(error).__name__}: {error}".split())[:200], fix)
    if image.std() == 0.0:
        return missing("the picture is empty", fix)
    by = os.environ.get("MUJOCO_GL", "GLFW")
    return ok(f"640x480 in {milliseconds:.1f} ms, by {by}")


def voice() -> Finding:
    """Whether the demo can speak."""
    from mm_robot.sim.voices import synthesise

    try:
        samples = synthesise("go to the red ball")
    except InputError as error:
        return missing(str(error), "sudo apt-get install espeak-ng")
    return ok(f"espeak-ng speaks, {len(samples)} samples")

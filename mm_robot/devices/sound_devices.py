"""The sound devices that PortAudio finds, and the choice of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from mm_robot.errors import InputError


@dataclass(frozen=True)
class Kind:
    """What a device is for: its ``name`` for people, and the ``direction`` of sound, input or output."""

    name: str
    direction: str


MICROPHONE, LOUDSPEAKER = Kind("microphone", "input"), Kind("loudspeaker", "output")


def portaudio(kind: Kind) -> ModuleType:
    """The module ``sounddevice``, with the devices that are plugged in now.

    Raises:
        InputError: PortAudio is not installed.
    """
    try:
        import sounddevice
    except OSError:
        raise InputError(f"{kind.name}: PortAudio is not installed; apt install libportaudio2") from None
    sounddevice._terminate()  # PortAudio looks for devices only when it is initialised
    sounddevice._initialize()
    module: ModuleType = sounddevice
    return module


def devices_of(kind: Kind, devices: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Number and name of each device of that kind."""
    key = f"max_{kind.direction}_channels"
    return {index: str(d["name"]) for index, d in enumerate(devices) if d[key] > 0}


def chosen_device(kind: Kind, there: Mapping[int, str], wanted: str, default: int) -> int:
    """The number of a device.

    Args:
        kind: what it is for.
        there: number and name of each device of that kind.
        wanted: number, name or part of a name (in any case) of the device; empty for the default one.
        default: number of the default device, -1 where there is none.

    Raises:
        InputError: there is no such device, or more than one.
    """
    if not there:
        raise InputError(
            f"{kind.name}: there is no {kind.direction} device; plug one in; where PulseAudio or PipeWire "
            "runs, apt install libasound2-plugins"
        )
    listed = ", ".join(f"{index} {name}" for index, name in there.items())
    if not wanted:
        return default if default in there else next(iter(there))
    if wanted.isdigit() and int(wanted) in there:
        return int(wanted)
    exact = [index for index, name in there.items() if name == wanted]
    found = exact or [index for index, name in there.items() if wanted.lower() in name.lower()]
    if wanted.isdigit() or not found:
        raise InputError(
            f"{kind.name}: device {wanted!r} was given; the {kind.direction} devices there are: {listed}"
        )
    if len(found) > 1 and not exact:
        raise InputError(
            f"{kind.name}: device {wanted!r} fits several; give more of its name, or its number: {listed}"
        )
    return found[0]

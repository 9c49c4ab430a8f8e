"""Choosing a sound device, and PortAudio that is not there."""

from __future__ import annotations

import ctypes.util
import sys

import pytest

from mm_robot.devices.sound_devices import LOUDSPEAKER, MICROPHONE, chosen_device, devices_of, portaudio
from mm_robot.errors import InputError

DEVICES = [
    {"name": "HDA Intel: ALC (hw:0,0)", "max_input_channels": 2},
    {"name": "HDMI", "max_input_channels": 0},
    {"name": "USB PnP Sound Device: Audio (hw:1,0)", "max_input_channels": 1},
    {"name": "USB", "max_input_channels": 1},
    {"name": "default", "max_input_channels": 32},
]
INPUTS = devices_of(MICROPHONE, DEVICES)


@pytest.mark.parametrize(
    ("wanted", "index"),
    [("", 4), ("2", 2), ("pnp", 2), ("ALC", 0), ("USB", 3), ("default", 4)],
)
def test_a_device_is_found_by_number_name_or_part_of_it(wanted: str, index: int) -> None:
    assert chosen_device(MICROPHONE, INPUTS, wanted, 4) == index


def test_without_a_default_the_first_input_is_taken() -> None:
    assert chosen_device(MICROPHONE, INPUTS, "", -1) == 0
    assert chosen_device(MICROPHONE, INPUTS, "", 1) == 0


@pytest.mark.parametrize("wanted", ["HDMI", "1", "9", "webcam"])
def test_a_wrong_device_is_an_input_error_that_lists_the_devices(wanted: str) -> None:
    with pytest.raises(InputError) as error:
        chosen_device(MICROPHONE, INPUTS, wanted, 4)
    assert f"device '{wanted}' was given; the input devices there are: 0 HDA Intel" in str(error.value)
    assert "4 default" in str(error.value)


def test_a_loudspeaker_is_chosen_among_outputs() -> None:
    outputs = devices_of(
        LOUDSPEAKER, [{"name": "USB", "max_output_channels": 0}, {"name": "HDMI", "max_output_channels": 8}]
    )
    assert chosen_device(LOUDSPEAKER, outputs, "hdmi", -1) == 1
    with pytest.raises(
        InputError, match="loudspeaker: device 'USB' was given; the output devices there are: 1 HDMI"
    ):
        chosen_device(LOUDSPEAKER, outputs, "USB", -1)


def test_a_name_that_fits_several_devices_is_an_input_error() -> None:
    with pytest.raises(InputError, match="device 'hw:' fits several; give more of its name"):
        chosen_device(MICROPHONE, INPUTS, "hw:", 4)


def test_a_machine_without_inputs_is_an_input_error_with_the_fix() -> None:
    with pytest.raises(InputError, match="there is no input device; plug one in"):
        chosen_device(MICROPHONE, {}, "", -1)


def test_missing_portaudio_is_an_input_error_with_the_apt_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)
    with pytest.raises(InputError, match="PortAudio is not installed; apt install libportaudio2"):
        portaudio(MICROPHONE)

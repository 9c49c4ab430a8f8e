"""Synthetic voices: spoken sentences made by the installed programs espeak-ng and flite.

They are run as programs of their own; nothing of them is linked or shipped.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from mm_robot.errors import InputError
from mm_robot.types import FloatArray

PROGRAM, FLITE = "espeak-ng", "flite"
FLITE_SPEED = 150
"""Words a minute of flite when it is not told, about."""
MAXIMUM_TEXT = 500
SPEEDS = (80, 450)
PITCHES = (0, 99)
RATES = (8000, 192000)
TIMEOUT = 20.0
SILENCE_BELOW = 0.001


@dataclass(frozen=True)
class Voice:
    """One way to speak: ``name`` as espeak-ng knows it, or ``flite:`` and one that flite knows; ``speed`` in
    words a minute, ``pitch`` 0 to 99.
    """

    name: str
    speed: int = 150
    pitch: int = 50

    def __str__(self) -> str:
        return f"{self.name} {self.speed}/{self.pitch}"


DEFAULT_VOICE = Voice("en-us")

VOICES: tuple[Voice, ...] = (
    DEFAULT_VOICE,
    Voice("en-us+f3", 140, 60),
    Voice("en-us+m3", 160, 40),
    Voice("en-us+f2", 170, 55),
    Voice("en-us+m7", 130, 45),
    Voice("en-gb", 150, 50),
    Voice("en-gb+f4", 145, 65),
    Voice("en-gb-x-rp+m2", 155, 35),
    Voice("en-gb-scotland", 140, 50),
    Voice("en-029+f1", 150, 55),
    Voice("en-us-nyc+m5", 165, 55),
    Voice("en-gb-x-gbclan+f5", 135, 45),
)
"""Voices that differ in accent, sex, speed and pitch."""

MORE_VOICES: tuple[Voice, ...] = (
    Voice("en-us+m1", 145, 35),
    Voice("en-us+f1", 155, 60),
    Voice("en-us+m4", 175, 50),
    Voice("en-us+f5", 140, 50),
    Voice("en-gb+m2", 165, 45),
    Voice("en-gb+f2", 135, 55),
    Voice("en-gb-scotland+m6", 150, 40),
    Voice("en-gb-x-rp+f3", 160, 60),
    Voice("en-gb-x-gbcwmd+m1", 145, 50),
    Voice("en-029+m3", 140, 40),
    Voice("en-us-nyc+f1", 155, 55),
    Voice("en-gb-x-gbclan+m4", 130, 45),
)
"""Others, to which neither the ear, the network of command words nor the confidence was fitted."""

RECORDED_VOICES: tuple[Voice, ...] = (
    Voice("flite:slt", 150, 50),
    Voice("flite:rms", 150, 50),
    Voice("flite:slt", 180, 60),
    Voice("flite:rms", 130, 40),
    Voice("flite:slt", 130, 40),
    Voice("flite:rms", 170, 60),
    Voice("flite:slt", 165, 45),
    Voice("flite:rms", 185, 50),
)
"""Made from recordings of two people (CMU ARCTIC), so nearer to how people sound; nor to these."""

MORE_RECORDED_VOICES: tuple[Voice, ...] = (
    Voice("flite:awb", 150, 50),
    Voice("flite:awb", 165, 55),
    Voice("flite:awb", 130, 45),
    Voice("flite:awb", 180, 50),
)
"""Made from recordings of a third; the confidence of the recogniser is fitted to these, too."""


def synthesise(
    text: str,
    voice: str = DEFAULT_VOICE.name,
    speed: int = DEFAULT_VOICE.speed,
    pitch: int = DEFAULT_VOICE.pitch,
    rate: int = 16000,
) -> FloatArray:
    """Speak a sentence.

    Args:
        text: what to say, at most 500 characters.
        voice: a name from `available_voices`, optionally with a variant: ``en-us+f3``; or a voice of flite:
            ``flite:slt``.
        speed: words a minute, 80 to 450.
        pitch: 0 (low) to 99 (high).
        rate: samples a second of the result, Hz.

    Returns:
        [N] float32 in [-1, 1].

    Raises:
        InputError: the program is missing, or an argument is out of range.
    """
    text = _speakable(text)
    _check_range("speed", speed, SPEEDS, "words a minute")
    _check_range("pitch", pitch, PITCHES, "")
    _check_range("rate", rate, RATES, "Hz")
    program, _, name = voice.rpartition(":")
    speak = _by_flite if program == FLITE else _by_espeak
    samples, own_rate = speak(text, name if program == FLITE else voice, speed, pitch)
    if float(np.abs(samples).max(initial=0.0)) < SILENCE_BELOW:
        raise InputError(f"text: {program or PROGRAM} makes no sound of {text!r}; give words")
    resampled = soxr.resample(samples, own_rate, rate)
    return np.clip(resampled, -1.0, 1.0).astype(np.float32)


@functools.cache
def available_voices(language: str = "en") -> tuple[str, ...]:
    """List the names of the voices that espeak-ng itself can speak a language with.

    Raises:
        InputError: espeak-ng is missing.
    """
    listing = _run([_program(PROGRAM), f"--voices={language}"], b"").stdout.decode()
    rows = [line.split() for line in listing.splitlines()[1:]]
    own = [row for row in rows if len(row) > 4 and not row[4].startswith(("mb/", "!v/"))]
    return tuple(dict.fromkeys(row[1] for row in own))


def _by_espeak(text: str, voice: str, speed: int, pitch: int) -> tuple[FloatArray, int]:
    """Samples, and how many a second."""
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*(\+[\w-]+)?", voice):
        raise InputError(
            f"voice: given {voice!r}, allowed a name such as en-us or en-us+f3; "
            "`espeak-ng --voices=en` lists them"
        )
    command = [_program(PROGRAM), "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdin", "--stdout"]
    result = _run(command, text.encode())
    try:
        return soundfile.read(io.BytesIO(result.stdout), dtype="float32")
    except soundfile.LibsndfileError:
        raise InputError(
            f"voice: espeak-ng cannot speak as {voice!r} ({result.stderr.decode(errors='replace').strip()}); "
            "choose one that `espeak-ng --voices=en` lists"
        ) from None


def _by_flite(text: str, voice: str, speed: int, pitch: int) -> tuple[FloatArray, int]:
    """Samples, and how many a second. A pitch of 0 is a tritone deeper, 99 one higher."""
    known = _flite_voices()
    if voice not in known:
        raise InputError(f"voice: given {FLITE}:{voice}, allowed {', '.join(f'{FLITE}:{v}' for v in known)}")
    settings = {"duration_stretch": FLITE_SPEED / speed, "f0_shift": 2.0 ** ((pitch - 50) / 100)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        chosen = [part for key, value in settings.items() for part in ("--setf", f"{key}={value:.3f}")]
        _run([_program(FLITE), "-voice", voice, *chosen, "-t", text, "-o", str(path)], b"")
        return soundfile.read(path, dtype="float32")


@functools.cache
def _flite_voices() -> tuple[str, ...]:
    return tuple(_run([_program(FLITE), "-lv"], b"").stdout.decode().partition(":")[2].split())


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise InputError(
            f"{name} is not installed, so there is no voice to speak with; run: sudo apt install {name}"
        )
    return found


def _run(command: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, input=data, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        raise InputError(f"{command[0]} did not finish within {TIMEOUT:.0f} s; give a shorter text") from None


def _speakable(text: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    words = words.replace("[[", "[ [")  # two brackets would switch espeak-ng to phoneme codes
    if not words or len(words) > MAXIMUM_TEXT:
        raise InputError(
            f"text: given {len(words)} characters, allowed 1 to {MAXIMUM_TEXT}; give one sentence"
        )
    return words


def _check_range(name: str, value: int, allowed: tuple[int, int], unit: str) -> None:
    if not allowed[0] <= value <= allowed[1]:
        raise InputError(f"{name}: given {value}, allowed {allowed[0]} to {allowed[1]} {unit}".rstrip())

"""Colours from all of RGB with the names that people gave them (https://xkcd.com/color/rgb/, CC0)."""

from __future__ import annotations

import re
import zlib
from functools import cache

import numpy as np

from mm_robot.data.names import COLOUR_NAMES, held_out_names
from mm_robot.types import FloatArray

_CRUDE = re.compile(r"poop|poo\b|shit|puke|vomit|snot|barf|piss|booger|bile|diarrhea")


@cache
def survey_colours() -> tuple[tuple[str, ...], FloatArray]:
    """Names to train on and their sRGB values [N, 3] in [0, 1].

    A fifth of the names, and all that contain a name which ``names`` keeps out, are left out.
    """
    from matplotlib.colors import XKCD_COLORS, to_rgb

    kept_out = {name for names in COLOUR_NAMES.values() for name in held_out_names(names)}
    words = {name for name in kept_out if " " not in name}
    named = [
        (name.removeprefix("xkcd:").replace("/", " "), to_rgb(value))
        for name, value in sorted(XKCD_COLORS.items())
    ]
    chosen = [
        (name, rgb)
        for name, rgb in named
        if not _CRUDE.search(name)
        and not words & set(name.split())
        and name not in kept_out
        and zlib.crc32(name.encode()) % 5
    ]
    return tuple(name for name, _ in chosen), np.array([rgb for _, rgb in chosen], np.float32)

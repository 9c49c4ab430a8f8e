"""A camera image with what the model sees, was told and commands drawn into it."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mm_robot.sim.scene import COLOURS, MAX_ANGULAR, MAX_LINEAR
from mm_robot.types import ImageArray, SceneLabel

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

TARGET = (255, 214, 10)
PALE = (235, 238, 245)
DIM = (170, 176, 190)
PANEL = (14, 17, 24, 190)
STATE_COLOURS = {
    "running": (90, 190, 255),
    "done": (80, 220, 120),
    "absent": (255, 190, 70),
    "unable": (255, 190, 70),
    "refused": (255, 95, 95),
}
TARGET_FROM = 0.5


@dataclass(frozen=True)
class Overlay:
    """What to draw: speeds in m/s and rad/s, ``state`` as on the policy's status."""

    instruction: str = ""
    state: str = "idle"
    reason: str = ""
    linear: float = 0.0
    angular: float = 0.0
    labels: Sequence[SceneLabel] = field(default=())


def annotate(image: ImageArray, overlay: Overlay) -> ImageArray:
    """Return a copy of ``image`` [H, W, 3] RGB with boxes, the instruction and the command."""
    canvas = Image.fromarray(image).convert("RGB")
    draw = ImageDraw.Draw(canvas, "RGBA")
    scale = canvas.height / 480.0
    for label in sorted(overlay.labels, key=lambda label: label.target):
        _label(draw, label, canvas.size, scale)
    _instruction(draw, overlay, canvas.size, scale)
    _command(draw, overlay, canvas.size, scale)
    return np.asarray(canvas)


@functools.cache
def font(size: int, bold: bool = False) -> Font:
    """Return the DejaVu Sans that comes with matplotlib, which has the letters of many languages."""
    import matplotlib

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)


def _label(draw: ImageDraw.ImageDraw, label: SceneLabel, size: tuple[int, int], scale: float) -> None:
    width, height = size
    left, top, right, bottom = (
        min(max(v, 0.0), 1.0) * (extent - 1)
        for v, extent in zip(label.box, (width, height, width, height), strict=True)
    )
    if right - left < 1 or bottom - top < 1:
        return
    meant = label.target >= TARGET_FROM
    paint = COLOURS.get(label.colour, (1.0, 1.0, 1.0))
    colour = TARGET if meant else tuple(round(255 * (0.35 + 0.65 * c)) for c in paint)
    line = max(1, round((4 if meant else 2) * scale))
    draw.rectangle((left, top, right, bottom), outline=colour, width=line, fill=(*colour, 36 if meant else 0))
    text = f"{label.name} {label.score:.0%}"
    letters = font(max(9, round(13 * scale)), bold=meant)
    box = draw.textbbox((0, 0), text, font=letters)
    tall, wide, pad = box[3] + 3 * scale, box[2], 4 * scale
    x = min(max(0.0, left), max(0.0, width - wide - 2 * pad))
    y = top - tall - line if top - tall - line >= 50 * scale else min(bottom + line, height - tall)
    draw.rounded_rectangle((x, y, x + wide + 2 * pad, y + tall), 3 * scale, fill=(*colour, 225))
    dark = sum(colour) < 330
    draw.text((x + pad, y + scale), text, font=letters, fill=PALE if dark else (15, 15, 20))


def _instruction(draw: ImageDraw.ImageDraw, overlay: Overlay, size: tuple[int, int], scale: float) -> None:
    width, _ = size
    draw.rectangle((0, 0, width, 40 * scale), fill=PANEL)
    state_colour = STATE_COLOURS.get(overlay.state, DIM)
    chip, letters = font(max(9, round(13 * scale)), bold=True), font(max(10, round(16 * scale)), bold=True)
    word = overlay.state.upper()
    chip_width = draw.textlength(word, font=chip) + 16 * scale
    right = width - 10 * scale
    draw.rounded_rectangle(
        (right - chip_width, 9 * scale, right, 31 * scale), 11 * scale, fill=(*state_colour, 235)
    )
    draw.text((right - chip_width / 2, 20 * scale), word, font=chip, fill=(15, 15, 20), anchor="mm")
    text = f"“{overlay.instruction}”" if overlay.instruction else "waiting for an instruction"
    text = shorten(draw, text, letters, width - chip_width - 40 * scale)
    fill = PALE if overlay.instruction else DIM
    draw.text((12 * scale, 20 * scale), text, font=letters, fill=fill, anchor="lm")
    if overlay.reason:
        small = font(max(9, round(12 * scale)))
        reason = shorten(draw, overlay.reason, small, width - 24 * scale)
        wide = draw.textlength(reason, font=small) + 16 * scale
        draw.rectangle((0, 40 * scale, 12 * scale + wide, 60 * scale), fill=PANEL)
        draw.text((12 * scale, 50 * scale), reason, font=small, fill=state_colour, anchor="lm")


def _command(draw: ImageDraw.ImageDraw, overlay: Overlay, size: tuple[int, int], scale: float) -> None:
    """Draw a dial: the arrow's height is the speed, its lean the turn."""
    width, height = size
    radius = 34 * scale
    x, y = width - radius - 12 * scale, height - radius - 12 * scale
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=PANEL, outline=(*PALE, 90), width=1)
    speed = max(-1.0, min(1.0, overlay.linear / MAX_LINEAR))
    turn = max(-1.0, min(1.0, overlay.angular / MAX_ANGULAR))
    if abs(turn) > 0.02:
        start = -90.0
        end = start - 100.0 * turn
        inner = radius - 5 * scale
        arc = (x - inner, y - inner, x + inner, y + inner)
        draw.arc(arc, min(start, end), max(start, end), fill=TARGET, width=max(2, round(4 * scale)))
    if abs(speed) > 0.02:
        lean = math.radians(-35.0 * turn)
        length = (radius - 12 * scale) * speed
        tip = (x + length * math.sin(lean), y - length * math.cos(lean))
        draw.line((x, y, *tip), fill=PALE, width=max(2, round(5 * scale)))
        head, along = 8 * scale, math.copysign(1.0, speed)
        ahead = (along * math.sin(lean), -along * math.cos(lean))
        across = (-ahead[1], ahead[0])
        draw.polygon(
            [
                (tip[0] + head * ahead[0], tip[1] + head * ahead[1]),
                (tip[0] + 0.8 * head * across[0], tip[1] + 0.8 * head * across[1]),
                (tip[0] - 0.8 * head * across[0], tip[1] - 0.8 * head * across[1]),
            ],
            fill=PALE,
        )
    else:
        dot = 4 * scale
        draw.ellipse((x - dot, y - dot, x + dot, y + dot), fill=DIM)
    letters = font(max(8, round(12 * scale)))
    text = speeds(overlay.linear, overlay.angular)
    wide = draw.textlength(text, font=letters)
    edge = x - radius - 8 * scale
    draw.rounded_rectangle(
        (edge - wide - 16 * scale, y + 10 * scale, edge, y + 32 * scale), 6 * scale, fill=PANEL
    )
    draw.text((edge - 8 * scale, y + 21 * scale), text, font=letters, fill=PALE, anchor="rm")


def speeds(linear: float, angular: float) -> str:
    """Write a command (m/s, rad/s) for a person, without a negative zero."""
    return f"{round(linear, 2) + 0.0:+.2f} m/s  {round(math.degrees(angular)) + 0:+d}°/s"


def shorten(draw: ImageDraw.ImageDraw, text: str, letters: Font, width: float) -> str:
    """Cut a text to ``width`` pixels."""
    if draw.textlength(text, font=letters) <= width:
        return text
    while len(text) > 1 and draw.textlength(text + "…", font=letters) > width:
        text = text[:-1]
    return text.rstrip() + "…"

"""The strip of annotated camera frames with captions."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from mm_robot.demo.record import Picture, Record
from mm_robot.model.annotate import font

FRAMES = 6
COLUMNS = 3
WIDTH, HEIGHT = 480, 360
MARGIN = 14
CAPTION = 48
PAPER = (250, 249, 246)
INK = (32, 36, 44)
PALE = (110, 116, 128)


def write_strip(file: Path, record: Record, sentence: str) -> bool:
    """Write the strip as PNG; return False where there are no camera frames."""
    if not record.pictures:
        return False
    start = record.pictures[0].time
    chosen = _spread(record.pictures)
    columns = min(COLUMNS, len(chosen))
    rows = -(-len(chosen) // columns)
    title = 46
    size = (
        MARGIN + columns * (WIDTH + MARGIN),
        title + MARGIN + rows * (HEIGHT + CAPTION + MARGIN),
    )
    sheet = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(sheet)
    middle = (title + MARGIN) / 2
    draw.text((MARGIN, middle), f"“{sentence}”", font=font(22, bold=True), fill=INK, anchor="lm")
    for number, picture in enumerate(chosen):
        x = MARGIN + number % columns * (WIDTH + MARGIN)
        y = title + MARGIN + number // columns * (HEIGHT + CAPTION + MARGIN)
        _cell(sheet, draw, picture, picture.time - start, (x, y))
    sheet.save(file)
    return True


def _cell(
    sheet: Image.Image, draw: ImageDraw.ImageDraw, picture: Picture, time: float, at: tuple[int, int]
) -> None:
    x, y = at
    image = Image.open(io.BytesIO(picture.jpeg)).convert("RGB")
    sheet.paste(image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), (x, y))
    draw.text((x, y + HEIGHT + 8), f"{time:.1f} s", font=font(14, bold=True), fill=INK)
    lines = textwrap.wrap(picture.caption, 54)[:2]
    for row, line in enumerate(lines):
        draw.text((x + 62, y + HEIGHT + 8 + 18 * row), line, font=font(14), fill=PALE)


def _spread(pictures: list[Picture]) -> list[Picture]:
    """Pick frames that lie evenly in time, the first and the last among them."""
    times = np.array([picture.time for picture in pictures])
    wanted = np.linspace(times[0], times[-1], FRAMES)
    indices = sorted({int(np.abs(times - time).argmin()) for time in wanted})
    return [pictures[index] for index in indices]

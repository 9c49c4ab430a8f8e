"""The video of an episode: the annotated camera beside the room from above."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from mm_robot.demo.record import Record
from mm_robot.demo.room_plot import room_axes
from mm_robot.model.annotate import font
from mm_robot.sim.scene import HORIZONTAL_FIELD_OF_VIEW, ROBOT_RADIUS, Room
from mm_robot.types import ImageArray, RobotState

FRAMES_PER_SECOND = 10
SIDE = 480
LAST_FRAME_SECONDS = 1.5
TRAIL = (36, 94, 180, 255)
BODY = (32, 36, 44, 255)


class Map:
    """The room from above as a picture of ``SIDE`` x ``SIDE`` pixels, drawn once, and the robot on it."""

    def __init__(self, room: Room, target: str | None) -> None:
        """Draw the room; the target has a ring."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(SIDE / 100, SIDE / 100), dpi=100)
        canvas = FigureCanvasAgg(figure)
        axes = room_axes(figure, room, target)
        axes.set_position((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        canvas.draw()
        self._background = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())
        self._to_pixels = axes.transData

    def draw(self, trail: list[RobotState], time: float) -> Image.Image:
        """Return the room with the robot at the end of its trail; ``time`` s is written into it."""
        picture = self._background.copy()
        draw = ImageDraw.Draw(picture, "RGBA")
        if len(trail) > 1:
            line = [self._pixel(state.x, state.y) for state in trail]
            draw.line(line, fill=TRAIL, width=3, joint="curve")
        if trail:
            self._robot(draw, trail[-1])
        draw.rounded_rectangle((10, 10, 92, 34), 6, fill=(14, 17, 24, 200))
        draw.text((51, 22), f"{time:5.1f} s", font=font(14, bold=True), fill=(235, 238, 245), anchor="mm")
        return picture

    def _robot(self, draw: ImageDraw.ImageDraw, robot: RobotState) -> None:
        x, y = self._pixel(robot.x, robot.y)
        metre = self._pixel(robot.x + 1.0, robot.y)[0] - x
        half, heading = math.degrees(HORIZONTAL_FIELD_OF_VIEW / 2), -math.degrees(robot.yaw)
        view = 1.4 * metre
        around = (x - view, y - view, x + view, y + view)
        draw.pieslice(around, heading - half, heading + half, fill=(36, 94, 180, 50))
        radius = ROBOT_RADIUS * metre
        body = (x - radius, y - radius, x + radius, y + radius)
        draw.ellipse(body, fill=BODY, outline=(255, 255, 255), width=2)
        tip = (x + radius * math.cos(robot.yaw), y - radius * math.sin(robot.yaw))
        draw.line((x, y, *tip), fill=(255, 255, 255), width=3)

    def _pixel(self, x: float, y: float) -> tuple[float, float]:
        column, row = self._to_pixels.transform((x, y))
        return float(column), float(SIDE - row)


def write_video(file: Path, record: Record, target: str | None) -> bool:
    """Write the video as MP4 (H.264); return False where there are no camera frames."""
    if not record.pictures:
        return False
    import imageio_ffmpeg

    first, *_ = frames = list(_frames(record, target))
    height, width = first.shape[:2]
    writer = imageio_ffmpeg.write_frames(
        str(file),
        (width, height),
        fps=FRAMES_PER_SECOND,
        codec="libx264",
        pix_fmt_in="rgb24",
        macro_block_size=2,
        output_params=["-crf", "23", "-movflags", "+faststart"],
    )
    writer.send(None)
    for frame in frames:
        writer.send(np.ascontiguousarray(frame))
    writer.close()
    return True


def decode(jpeg: bytes) -> ImageArray:
    """Decode a JPEG to [H, W, 3] RGB."""
    return np.array(Image.open(io.BytesIO(jpeg)).convert("RGB"))


def _frames(record: Record, target: str | None) -> Iterator[npt.NDArray[np.uint8]]:
    above = Map(record.room, target)
    start, end = record.pictures[0].time, record.pictures[-1].time
    pictures, trail = iter(record.pictures), iter(record.path)
    picture, upcoming = next(pictures), next(pictures, None)
    moment = next(trail, None)
    travelled: list[RobotState] = []
    image = Image.fromarray(decode(picture.jpeg))
    frame = None
    for tick in range(int((end - start) * FRAMES_PER_SECOND) + 1):
        now = start + tick / FRAMES_PER_SECOND
        changed = False
        while upcoming is not None and upcoming.time <= now:
            picture, upcoming, changed = upcoming, next(pictures, None), True
        while moment is not None and moment.time <= now:
            travelled.append(moment.robot)
            moment = next(trail, None)
        if changed:
            image = Image.fromarray(decode(picture.jpeg))
        frame = np.concatenate([_fitted(image), np.asarray(above.draw(travelled, now - start))], axis=1)
        yield frame
    for _ in range(int(LAST_FRAME_SECONDS * FRAMES_PER_SECOND)):
        if frame is not None:
            yield frame


def _fitted(image: Image.Image) -> ImageArray:
    width = 2 * round(image.width * SIDE / image.height / 2)
    return np.asarray(image if image.size == (width, SIDE) else image.resize((width, SIDE)))

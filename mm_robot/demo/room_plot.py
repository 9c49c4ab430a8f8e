"""The room from above, drawn with matplotlib: the plot of the path, and the map under the video."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mm_robot.demo.record import Moment, Record
from mm_robot.demo.verdict import Verdict
from mm_robot.sim.scene import HORIZONTAL_FIELD_OF_VIEW, ROBOT_RADIUS, ROOM_HALF_SIZE, Room, Thing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLOOR = "#f4f1ea"
WALL = "#5b6270"
INK = "#20242c"
TARGET_RING = "#f5b400"
GOOD, BAD = "#1c8a4a", "#c0392b"
PATH_COLOURS = "viridis"


def room_axes(figure: Figure, room: Room, target: str | None, names: bool = True) -> Axes:
    """Draw walls, floor and things over the whole of a new pair of axes, in metres."""
    from matplotlib.patches import Rectangle

    axes = figure.add_subplot()
    half = ROOM_HALF_SIZE
    axes.add_patch(
        Rectangle((-half, -half), 2 * half, 2 * half, facecolor=FLOOR, edgecolor=WALL, linewidth=5)
    )
    ticks = np.arange(-half, half + 0.1, 1.0)
    axes.hlines(ticks[1:-1], -half, half, color="#e2dccf", linewidth=0.7, zorder=1)
    axes.vlines(ticks[1:-1], -half, half, color="#e2dccf", linewidth=0.7, zorder=1)
    for thing in room.things:
        draw_thing(axes, thing, meant=thing.name == target, name=names)
    axes.set_xlim(-half - 0.15, half + 0.15)
    axes.set_ylim(-half - 0.15, half + 0.15)
    axes.set_aspect("equal")
    return axes


def draw_thing(axes: Axes, thing: Thing, meant: bool, name: bool) -> None:
    """Draw a thing in its own colour; the one meant has a ring."""
    from matplotlib.patches import Circle, Polygon

    where, radius = (thing.x, thing.y), thing.radius
    edge = {"edgecolor": INK, "linewidth": 1.0, "zorder": 4}
    if meant:
        axes.add_patch(
            Circle(where, radius + 0.14, facecolor="none", edgecolor=TARGET_RING, linewidth=3, zorder=3)
        )
        reach = radius + ROBOT_RADIUS + 0.5
        axes.add_patch(
            Circle(
                where,
                reach,
                facecolor="none",
                edgecolor=TARGET_RING,
                linewidth=1,
                linestyle=(0, (4, 4)),
                zorder=2,
            )
        )
    if thing.shape == "box":
        angles = thing.yaw + math.pi / 4 + np.arange(4) * math.pi / 2
        corners = np.stack([thing.x + radius * np.cos(angles), thing.y + radius * np.sin(angles)], axis=1)
        axes.add_patch(Polygon(corners, closed=True, facecolor=thing.rgb, **edge))
    else:
        axes.add_patch(Circle(where, radius, facecolor=thing.rgb, **edge))
    light = [min(1.0, c + 0.35) for c in thing.rgb]
    if thing.shape == "ball":
        glint = (thing.x - 0.3 * radius, thing.y + 0.3 * radius)
        axes.add_patch(Circle(glint, 0.25 * radius, facecolor=light, edgecolor="none", zorder=5))
    elif thing.shape == "cylinder":
        axes.add_patch(
            Circle(where, 0.6 * radius, facecolor="none", edgecolor=light, linewidth=1.5, zorder=5)
        )
    elif thing.shape == "cone":
        for angle in np.arange(8) * math.pi / 4:
            rim = (thing.x + radius * math.cos(angle), thing.y + radius * math.sin(angle))
            axes.plot([thing.x, rim[0]], [thing.y, rim[1]], color=light, linewidth=0.8, zorder=5)
    if name:
        below = thing.y - radius - 0.13 > -ROOM_HALF_SIZE + 0.25
        axes.text(
            thing.x,
            thing.y - radius - 0.16 if below else thing.y + radius + 0.16,
            thing.name,
            ha="center",
            va="top" if below else "bottom",
            fontsize=9,
            fontweight="bold" if meant else "normal",
            color=INK,
            zorder=6,
            bbox={"boxstyle": "round,pad=0.15", "facecolor": FLOOR, "edgecolor": "none", "alpha": 0.75},
        )


def plot_path(file: Path, record: Record, sentence: str, target: str | None, verdict: Verdict) -> None:
    """Write the plot of the path as PNG."""
    from matplotlib.collections import LineCollection
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.6, 8.4), dpi=130, layout="constrained")
    axes = room_axes(figure, record.room, target)
    points = np.array([(m.robot.x, m.robot.y) for m in record.path]).reshape(-1, 2)
    if len(points) > 1:
        times = np.array([m.time for m in record.path])
        times = times - times[0]
        segments = np.stack([points[:-1], points[1:]], axis=1)
        line = LineCollection(list(segments), cmap=PATH_COLOURS, linewidths=3.5, zorder=7, capstyle="round")
        line.set_array(times[:-1])
        axes.add_collection(line)
        bar = figure.colorbar(line, ax=axes, shrink=0.55, pad=0.01)
        bar.set_label("seconds")
        bar.outline.set_visible(False)  # type: ignore[operator]
        for moment in _spread(record.path, 8):
            _arrow(axes, moment)
    x, y, yaw = record.room.robot
    if record.path:
        start = record.path[0].robot
        x, y, yaw = start.x, start.y, start.yaw
    _robot(axes, x, y, yaw, "#8d99ae", "start")
    end = record.robot
    colour = INK if verdict.success is None else GOOD if verdict.success else BAD
    _robot(axes, end.x, end.y, end.yaw, colour, "end")
    mark = {None: "", True: "✔ ", False: "✘ "}[verdict.success]
    figure.suptitle(f"“{sentence}”", fontsize=16, fontweight="bold", color=INK)
    axes.set_title(mark + _wrap(verdict.summary), fontsize=10.5, color=colour)
    axes.set_xlabel("x (m)")
    axes.set_ylabel("y (m)")
    for spine in axes.spines.values():
        spine.set_visible(False)
    figure.savefig(file)


def _robot(axes: Axes, x: float, y: float, yaw: float, colour: str, name: str) -> None:
    from matplotlib.patches import Circle, Wedge

    half = math.degrees(HORIZONTAL_FIELD_OF_VIEW / 2)
    heading = math.degrees(yaw)
    axes.add_patch(
        Wedge(
            (x, y),
            0.9,
            heading - half,
            heading + half,
            facecolor=colour,
            alpha=0.16,
            edgecolor="none",
            zorder=6,
        )
    )
    axes.add_patch(Circle((x, y), ROBOT_RADIUS, facecolor=colour, edgecolor="white", linewidth=1.5, zorder=8))
    tip = (x + ROBOT_RADIUS * math.cos(yaw), y + ROBOT_RADIUS * math.sin(yaw))
    axes.plot([x, tip[0]], [y, tip[1]], color="white", linewidth=2.5, zorder=9, solid_capstyle="round")
    axes.text(
        x,
        y + ROBOT_RADIUS + 0.08,
        name,
        ha="center",
        va="bottom",
        fontsize=9.5,
        fontweight="bold",
        color=colour,
        zorder=10,
        bbox={"boxstyle": "round,pad=0.15", "facecolor": FLOOR, "edgecolor": "none", "alpha": 0.8},
    )


def _arrow(axes: Axes, moment: Moment) -> None:
    robot = moment.robot
    axes.annotate(
        "",
        (robot.x + 0.16 * math.cos(robot.yaw), robot.y + 0.16 * math.sin(robot.yaw)),
        (robot.x, robot.y),
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
        zorder=8,
    )


def _spread(path: Sequence[Moment], count: int) -> list[Moment]:
    """Pick moments that lie evenly along the path's length, without its ends."""
    lengths = [0.0]
    for a, b in zip(path, path[1:], strict=False):
        lengths.append(lengths[-1] + math.hypot(b.robot.x - a.robot.x, b.robot.y - a.robot.y))
    if lengths[-1] < 0.3:
        return []
    wanted = np.linspace(0.0, lengths[-1], count + 2)[1:-1]
    return [path[int(np.searchsorted(lengths, length))] for length in wanted]


def _wrap(text: str, width: int = 95) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))

"""The demonstration in the terminal: one block that refreshes itself, or plain lines in a log."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from typing import Any, TextIO

from mm_robot.model.annotate import speeds

RESET, BOLD, DIM = "\033[0m", "\033[1m", "\033[2m"
GREEN, YELLOW, RED, BLUE = "\033[32m", "\033[33m", "\033[31m", "\033[36m"
STATES = {"running": BLUE, "done": GREEN, "absent": YELLOW, "unable": YELLOW, "refused": RED}
PLAIN_PERIOD = 1.0
NAMED = 12


@dataclass(frozen=True)
class View:
    """What there is to show: speeds in m/s and rad/s, ``distance`` m to the target where one is known."""

    seconds: float = 0.0
    said: str = ""
    heard: str = ""
    status: dict[str, Any] = field(default_factory=dict)
    labels: tuple[dict[str, Any], ...] = ()
    linear: float = 0.0
    angular: float = 0.0
    target: str = ""
    distance: float | None = None


class Display:
    """Writes to a terminal or a file."""

    def __init__(self, out: TextIO) -> None:
        """Find out whether ``out`` is a terminal."""
        self._out = out
        self._live = out.isatty()
        self._height = 0
        self._last_lines: dict[str, str] = {}
        self._next_plain = 0.0

    def note(self, text: str) -> None:
        """Write a line that stays."""
        self._erase()
        print(text, file=self._out, flush=True)

    def show(self, view: View) -> None:
        """Show the present state in place of the last one."""
        rows = self._rows(view)
        if not self._live:
            self._show_plain(view, rows)
            return
        width = shutil.get_terminal_size().columns - 1
        self._erase()
        lines = [f"{DIM}{name:>9}{RESET}  {_cut(text, width - 11)}" for name, text in rows]
        self._out.write("\n".join(lines) + "\n")
        self._out.flush()
        self._height = len(lines)

    def colour(self, text: str, code: str) -> str:
        """Colour a text where ``out`` is a terminal."""
        return f"{code}{text}{RESET}" if self._live else text

    def _erase(self) -> None:
        if self._height:
            self._out.write(f"\033[{self._height}A\033[J")
            self._height = 0

    def _show_plain(self, view: View, rows: list[tuple[str, str]]) -> None:
        now = time.monotonic()
        steady = {name: text for name, text in rows if name in ("heard", "state", "sees")}
        due = now >= self._next_plain and view.status.get("state") == "running"
        changed = [name for name in ("heard", "state") if steady.get(name) != self._last_lines.get(name)]
        if not (due or changed):
            return
        self._next_plain = now + PLAIN_PERIOD
        self._last_lines = steady
        print(
            f"{view.seconds:6.1f} s  " + "  |  ".join(f"{name} {text}" for name, text in rows if text),
            file=self._out,
            flush=True,
        )

    def _rows(self, view: View) -> list[tuple[str, str]]:
        status = view.status
        state = str(status.get("state", "idle"))
        reason = f"  {status['reason']}" if status.get("reason") else ""
        skill = f" {status['skill']}" if status.get("skill") else ""
        rows = [
            ("said", f"“{view.said}”" if view.said else ""),
            ("heard", view.heard),
            ("state", self.colour(state, BOLD + STATES.get(state, "")) + skill + reason),
            ("sees", self._seen(view.labels)),
            ("commands", _command(view.linear, view.angular, self._live)),
            ("figures", _figures(status)),
        ]
        if view.distance is not None:
            rows.append(("truth", f"{view.target} {view.distance:.2f} m away"))
        return rows

    def _seen(self, labels: tuple[dict[str, Any], ...]) -> str:
        if not labels:
            return "nothing that it knows"
        words = []
        for label in labels[:NAMED]:
            word = f"{label['name']} {label['score']:.0%}"
            words.append(self.colour(f"▸{word}", YELLOW) if label["target"] >= 0.5 else word)
        return ", ".join(words)


def _command(linear: float, angular: float, dial: bool) -> str:
    text = speeds(linear, angular)
    if not dial:
        return text
    place = round(10 - 10 * max(-1.0, min(1.0, angular / 1.2)))
    bar = "".join("●" if column == place else "│" if column == 10 else "─" for column in range(21))
    arrow = "▲" if linear > 0.02 else "▼" if linear < -0.02 else "■"
    return f"{arrow} {text}  {bar}"


def _figures(status: dict[str, Any]) -> str:
    chunks, actions = (status.get(key) or 0.0 for key in ("chunk_rate", "action_rate"))
    parts = [f"{chunks:.1f} chunks/s", f"{actions:.0f} actions/s"]
    if status.get("age_p50") is not None:
        parts.append(f"frame to command {status['age_p50']:.0f} ms (95 %: {status['age_p95']:.0f})")
    if status.get("inference_ms") is not None:
        parts.append(f"model {status['inference_ms']:.0f} ms")
    return ", ".join(parts)


def _cut(text: str, width: int) -> str:
    """Cut a text to the width it takes on the screen; colour codes take none."""
    shown, result, index = 0, "", 0
    while index < len(text):
        if text[index] == "\033":
            end = text.index("m", index) + 1
            result += text[index:end]
            index = end
            continue
        if shown >= width:
            return result + RESET
        result += text[index]
        shown += 1
        index += 1
    return result

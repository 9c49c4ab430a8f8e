from __future__ import annotations

import io
import re

from mm_robot.demo.display import Display, View

STATUS = {
    "state": "running",
    "skill": "go_to",
    "reason": "",
    "chunk_rate": 9.8,
    "action_rate": 20.0,
    "age_p50": 60.2,
    "age_p95": 118.0,
    "inference_ms": 31.0,
}
LABELS = (
    {"name": "red ball", "score": 0.97, "target": 0.9},
    {"name": "blue box", "score": 0.9, "target": 0.0},
)
VIEW = View(1.0, "go to the red ball", "“go to the red ball” 97%", STATUS, LABELS, 0.3, -0.5, "red ball", 2.0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_block_that_replaces_itself() -> None:
    out = Terminal()
    display = Display(out)
    display.show(VIEW)
    first = out.getvalue()
    display.show(VIEW)
    lines = first.count("\n")
    assert out.getvalue()[len(first) :].startswith(f"\033[{lines}A\033[J")
    plain = re.sub(r"\033\[[0-9;]*m", "", first)
    for words in ("go to the red ball", "running go_to", "▸red ball 97%", "+0.30 m/s", "-29°/s", "60 ms"):
        assert words in plain


def test_no_line_is_wider_than_the_terminal() -> None:
    out = Terminal()
    Display(out).show(View(said="x" * 500, status={"state": "idle", "reason": "y" * 500}))
    plain = re.sub(r"\033\[[0-9;]*[mAJ]", "", out.getvalue())
    assert max(len(line) for line in plain.splitlines()) <= 80


def test_a_log_gets_plain_lines_and_only_when_something_changes() -> None:
    out = io.StringIO()
    display = Display(out)
    for _ in range(10):
        display.show(VIEW)
    assert "\033" not in out.getvalue()
    assert out.getvalue().count("\n") == 1
    display.show(View(status={"state": "done"}))
    assert out.getvalue().count("\n") == 2


def test_an_empty_view_can_be_shown() -> None:
    Display(Terminal()).show(View())

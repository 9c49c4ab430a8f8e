"""Guarded callbacks: never raise, are counted, are logged but not over and over."""

from __future__ import annotations

from mm_robot.errors import InputError
from mm_robot.ros.guard import Guard, one_line


def test_an_error_is_logged_once_and_counted_each_time() -> None:
    lines: list[str] = []
    counted: list[str] = []
    guard = Guard(lines.append, counted.append)
    callback = guard.wrap("scan", lambda value: 1 / value)
    for value in (0, 0, 1, 0):
        callback(value)
    assert counted == ["errors in scan"] * 3
    assert lines == ["scan: ZeroDivisionError: division by zero"]


def test_different_errors_are_both_logged() -> None:
    lines: list[str] = []
    guard = Guard(lines.append, lambda _: None)
    guard.failed("image_raw", InputError("wrong\n  encoding"))
    guard.failed("image_raw", KeyError())
    assert lines == ["image_raw: wrong encoding", "image_raw: KeyError"]


def test_an_error_is_told_in_one_line() -> None:
    assert one_line(RuntimeError("a\nb")) == "RuntimeError: a b"

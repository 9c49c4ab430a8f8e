"""Processes that are run, started again and ended together."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mm_robot import supervisor
from mm_robot.supervisor import Command, supervise

FOR_EVER = "import time\nprint('up', flush=True)\ntime.sleep(60)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def interrupt_when(happened: Callable[[], bool]) -> threading.Thread:
    """Interrupt this process as ctrl-C does, as soon as something has happened."""

    def wait() -> None:
        end = time.monotonic() + 20.0
        while not happened() and time.monotonic() < end:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_output_is_told_apart_and_ctrl_c_ends_all() -> None:
    out = io.StringIO()
    commands = [Command("one", python(FOR_EVER), True), Command("two", python(FOR_EVER), True)]
    thread = interrupt_when(lambda: "[one] up" in out.getvalue() and "[two] up" in out.getvalue())
    assert supervise(commands, {}, out=out) == 0
    thread.join()


def test_variables_are_added_to_the_environment() -> None:
    out = io.StringIO()
    command = Command("one", python("import os; print(os.environ['COLOUR'], 'PATH' in os.environ)"), False)
    assert supervise([command], {"COLOUR": "red"}, out=out) == 1
    assert "[one] red True" in out.getvalue()


def test_a_dead_process_is_started_again_ever_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.2)
    out = io.StringIO()
    thread = interrupt_when(lambda: "in 0.8 s" in out.getvalue())
    assert supervise([Command("one", python("import os; os.abort()"), True)], {}, out=out) == 0
    thread.join()
    text = out.getvalue()
    assert text.index("in 0.2 s") < text.index("in 0.4 s") < text.index("in 0.8 s")
    assert "one was killed by SIGABRT" in text


def test_a_process_that_is_not_to_respawn_stays_ended() -> None:
    out = io.StringIO()
    assert supervise([Command("one", python("exit(3)"), False)], {}, out=out) == 1
    assert "one ended with status 3" in out.getvalue()


def test_wrong_input_ends_everything_with_status_2() -> None:
    out = io.StringIO()
    commands = [
        Command("one", python(FOR_EVER), True),
        Command("two", python("import sys; print('colour: blu was given'); sys.exit(2)"), True),
    ]
    assert supervise(commands, {}, out=out) == 2
    assert "[two] colour: blu was given" in out.getvalue()


def test_the_last_one_ends_after_the_others(tmp_path: Path) -> None:
    code = textwrap.dedent("""
        import pathlib, signal, sys, time
        def end(*_):
            time.sleep({delay})
            pathlib.Path({file!r}).write_text(str(time.monotonic()))
            sys.exit(0)
        signal.signal(signal.SIGINT, end)
        print("up", flush=True)
        while True:
            time.sleep(0.1)
    """)
    out = io.StringIO()
    files = {name: str(tmp_path / name) for name in ("gate", "policy")}
    commands = [
        Command("gate", python(code.format(delay=0.0, file=files["gate"])), True),
        Command("policy", python(code.format(delay=0.5, file=files["policy"])), True),
    ]
    thread = interrupt_when(lambda: out.getvalue().count("up") == 2)
    assert supervise(commands, {}, last="gate", out=out) == 0
    thread.join()
    assert float(Path(files["gate"]).read_text()) > float(Path(files["policy"]).read_text())


def test_what_does_not_end_itself_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.5)
    deaf = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n" + FOR_EVER
    out = io.StringIO()
    thread = interrupt_when(lambda: "up" in out.getvalue())
    begin = time.monotonic()
    assert supervise([Command("one", python(deaf), True)], {}, out=out) == 0
    thread.join()
    assert time.monotonic() - begin < 10.0


@pytest.mark.skipif(sys.platform != "linux", reason="the death of a parent is only signalled on Linux")
def test_nothing_is_left_behind_when_the_supervisor_itself_is_killed() -> None:
    child = f"print(__import__('os').getpid(), flush=True)\n{FOR_EVER}"
    code = (
        "import sys\nfrom mm_robot.supervisor import Command, supervise\n"
        f"supervise([Command('one', [sys.executable, '-c', {child!r}], True)], {{}})"
    )
    parent = subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline().split()[1])
    parent.kill()
    parent.wait()
    end = time.monotonic() + 10.0
    while Path(f"/proc/{pid}").exists() and _state(pid) != "Z" and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists() or _state(pid) == "Z"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "Z"

"""The doctor: what it prints, what its status means, and that it survives its checks."""

from __future__ import annotations

import argparse
import json
import sys
import types

import pytest

from mm_robot import cli, doctor
from mm_robot.checks import catalogue
from mm_robot.checks.catalogue import CHECKS, Check, run_apart, run_here
from mm_robot.checks.finding import MISSING, OK, WARNING, Finding, missing, ok, warning

NEEDED = Check("rendering", "a.b")
OPTIONAL = Check("camera", "a.c", needed=False)


def look(monkeypatch: pytest.MonkeyPatch, findings: dict[Check, Finding], as_json: bool = False) -> int:
    """Run the doctor where its checks find ``findings``."""
    monkeypatch.setattr(doctor, "CHECKS", tuple(findings))
    monkeypatch.setattr(doctor, "run_apart", findings.__getitem__)
    return doctor.run(argparse.Namespace(json=as_json))


@pytest.mark.parametrize(
    ("needed", "optional", "status"),
    [
        (ok("good"), ok("good"), 0),
        (warning("slow", "wait"), ok("good"), 0),
        (ok("good"), missing("none", "plug it in"), 0),
        (missing("none", "install it"), ok("good"), 1),
    ],
)
def test_the_status_says_whether_a_demo_can_run(
    monkeypatch: pytest.MonkeyPatch, needed: Finding, optional: Finding, status: int
) -> None:
    assert look(monkeypatch, {NEEDED: needed, OPTIONAL: optional}) == status


def test_the_table_gives_each_fix_and_what_stops_a_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look(monkeypatch, {NEEDED: missing("no EGL", "apt install egl"), OPTIONAL: missing("none", "plug it in")})
    text = capsys.readouterr().out
    assert "fix: apt install egl" in text and "fix: plug it in" in text
    assert "camera              none (a demo needs none)" in text
    assert text.splitlines()[-1] == "A demo cannot run yet: rendering"


def test_json_holds_every_finding_and_nothing_else_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    look(monkeypatch, {NEEDED: ok("good"), OPTIONAL: missing("none", "plug it in")}, as_json=True)
    data = json.loads(capsys.readouterr().out)
    assert data["demo"] is True
    assert data["checks"][1] == {
        "name": "camera",
        "state": "missing",
        "found": "none",
        "fix": "plug it in",
        "needed": False,
    }


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.function)
def test_every_check_ends_with_a_finding_that_tells_its_fix(check: Check) -> None:
    finding = run_apart(check)
    assert finding.state in (OK, WARNING, MISSING)
    assert finding.found
    assert bool(finding.fix) == (finding.state != OK)
    assert "\n" not in finding.found + finding.fix


@pytest.mark.parametrize(
    "name", ["Python", "rclpy", "language model", "noise suppression", "speech recogniser", "GPU"]
)
def test_what_the_set_up_installs_is_found(name: str) -> None:
    (check,) = (check for check in CHECKS if check.name == name)
    assert run_apart(check).state in (OK, WARNING)


def checks_module(monkeypatch: pytest.MonkeyPatch, function: object) -> None:
    module = types.ModuleType("mm_robot.checks.trial")
    module.check = function
    monkeypatch.setitem(sys.modules, "mm_robot.checks.trial", module)


def test_an_exception_of_a_check_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> Finding:
        raise RuntimeError("two\nlines")

    checks_module(monkeypatch, check)
    assert run_here("trial.check").found == "RuntimeError: two lines"


def test_a_missing_package_is_a_finding_with_its_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    def check() -> Finding:
        raise ModuleNotFoundError("No module named 'cv2'", name="cv2")

    checks_module(monkeypatch, check)
    finding = run_here("trial.check")
    assert finding.state == MISSING
    assert "pip install opencv-python-headless" in finding.fix


@pytest.mark.parametrize(
    ("program", "found"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashed with SIGSEGV"),
        ("raise SystemExit('no such driver')", "no such driver"),
        ("import time; time.sleep(60)", "no answer within 1 s"),
    ],
)
def test_a_check_that_crashes_or_hangs_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, program: str, found: str
) -> None:
    (tmp_path / "trial_of_crash.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(catalogue, "__name__", "trial_of_crash")
    finding = run_apart(Check("crash", "a.b"), patience=1.0)
    assert finding.state == MISSING and found in finding.found and finding.fix


def test_the_command_takes_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "CHECKS", (NEEDED,))
    monkeypatch.setattr(doctor, "run_apart", lambda check: ok("good"))
    assert cli.main(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checks"][0]["found"] == "good"

"""The subcommand ``mm_robot doctor``: checks this machine, and says how to fix what is missing."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from mm_robot.checks.catalogue import CHECKS, Check, run_apart
from mm_robot.checks.finding import MISSING, OK, WARNING, Finding

DESCRIPTION = (
    "Check what mm_robot needs on this machine, and say for each missing thing how to fix it. "
    "The exit status is 0 if a demo can run, 1 otherwise."
)

AT_ONCE = 2
"""Checks that run at the same time; more would disturb those that measure."""
COLOURS = {OK: "32", WARNING: "33", MISSING: "31"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Run every check and print what was found.

    Returns:
        0 if a demo can run, 1 otherwise.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        findings = pool.map(run_apart, CHECKS)
        results: list[tuple[Check, Finding]] = []
        for check, finding in zip(CHECKS, findings, strict=True):
            results.append((check, finding))
            if not arguments.json:
                print(as_text(check, finding, sys.stdout.isatty()), flush=True)
    lacking = unmet(results)
    if arguments.json:
        print(json.dumps(as_json(results), indent=1))
    elif lacking:
        print(f"\nA demo cannot run yet: {', '.join(lacking)}")
    else:
        print("\nA demo can run: scripts/demo")
    return 1 if lacking else 0


def unmet(results: Iterable[tuple[Check, Finding]]) -> list[str]:
    """Names of the checks that keep a demo from running."""
    return [check.name for check, finding in results if check.needed and finding.state == MISSING]


def as_text(check: Check, finding: Finding, colour: bool) -> str:
    """One check as a line of the table, with a second line for the fix."""
    state = f"{finding.state:8}"
    if colour:
        state = f"\033[{COLOURS[finding.state]}m{state}\033[0m"
    optional = "" if check.needed or finding.state != MISSING else " (a demo needs none)"
    line = f"{state} {check.name:19} {finding.found}{optional}"
    return f"{line}\n{'':8} {'':19} fix: {finding.fix}" if finding.fix else line


def as_json(results: Sequence[tuple[Check, Finding]]) -> dict[str, object]:
    """Every finding, and whether a demo can run."""
    checks = [
        {"name": c.name, "state": f.state, "found": f.found, "fix": f.fix, "needed": c.needed}
        for c, f in results
    ]
    return {"demo": not unmet(results), "checks": checks}

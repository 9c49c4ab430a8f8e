"""``mm_robot audit verify``: has the safety gate's log been altered?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mm_robot.safety.audit import Tampered, verify

DESCRIPTION = "check that the safety gate's log was not altered"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the subcommand."""
    parser.add_argument("action", choices=("verify",), help="what to do with the log")
    parser.add_argument(
        "file", type=Path, help="the newest file of the log; older ones beside it are read too"
    )
    parser.add_argument(
        "--head", default="", metavar="HASH", help="a hash noted earlier, which must still be in the log"
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the log; 0 when it is intact, 1 when it was altered.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        found = verify(arguments.file, arguments.head)
    except Tampered as error:
        print(f"TAMPERED {error}", file=sys.stderr)
        return 1
    beginning = "" if found.whole else "; its beginning was rotated away"
    end = "; the writing of one more was broken off" if found.torn else ""
    print(f"intact: {found.lines} lines, head {found.head}{beginning}{end}")
    return 0

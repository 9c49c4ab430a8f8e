"""Throw many made-up messages and parameters at living nodes.

``python benchmarks/fuzz_nodes.py --messages 10000 --report fuzz.json`` ends with status 0 when no node
died and nothing beyond the limits reached ``cmd_vel``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "test" / "integration"))

from fuzz import Fuzz, targets  # noqa: E402

from mm_robot.faults.fault import FaultError  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--report", type=Path, required=True)
    arguments = parser.parse_args()
    began, failure = time.monotonic(), ""
    with targets() as under_fire:
        fuzz = Fuzz(under_fire)
        try:
            fuzz.run(arguments.messages)
        except (AssertionError, FaultError) as error:
            failure = str(error)
        refusals = {target.name: target.refusals() for target in under_fire}
    report = {
        "messages": fuzz.sent,
        "parameters": fuzz.set,
        "batches": fuzz.batches,
        "batches_with_motion": fuzz.moved,
        "topics": sorted({name for target in under_fire for name in target.topics}),
        "refusals": refusals,
        "seconds": round(time.monotonic() - began, 1),
        "failure": failure,
        "passed": not failure and fuzz.sent >= arguments.messages and fuzz.moved > 0,
    }
    arguments.report.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))
    return 0 if report["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())

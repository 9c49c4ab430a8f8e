"""Splits requests that people made to robots: three quarters to train on, a quarter to judge by.

    python benchmarks/split_requests.py huric.jsonl calvin.json --out datasets/requests

Writes NAME_train and NAME_validation beside each other. A ``.jsonl`` file (HuRIC) is split by sentence, a
``.json`` file (CALVIN) by task, so that nothing that is judged was trained on in other words.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

PARTS = ("train", "validation")
_SEED = 0


def split(keys: Sequence[str]) -> dict[str, str]:
    """Which part each key belongs to; the same keys always fall the same way."""
    distinct = sorted(set(keys))
    order = np.random.default_rng(_SEED).permutation(len(distinct))
    judged = len(distinct) // 4
    return {distinct[index]: PARTS[place < judged] for place, index in enumerate(order)}


def write_parts(path: Path, out: Path) -> None:
    """Split one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        tasks = json.loads(text)
        part = split(list(tasks))
        for name in PARTS:
            chosen = {task: said for task, said in tasks.items() if part[task] == name}
            (out / f"{path.stem}_{name}.json").write_text(json.dumps(chosen, indent=1) + "\n")
        return
    lines = text.splitlines()
    part = split([json.loads(line)["text"] for line in lines])
    for name in PARTS:
        rows = [line for line in lines if part[json.loads(line)["text"]] == name]
        (out / f"{path.stem}_{name}.jsonl").write_text("\n".join(rows) + "\n")


def main() -> None:
    """Split the files that are named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("datasets/requests"))
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for path in arguments.files:
        write_parts(path, arguments.out)


if __name__ == "__main__":
    main()

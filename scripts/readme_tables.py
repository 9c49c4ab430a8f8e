#!/usr/bin/env python3
"""Writes the tables of README.md anew: topics and parameters from the one configuration, figures from
the embedded policy's eval.json.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from mm_robot.model.policy import checkpoint_folder
from mm_robot.parameters import parameter_table, topic_table
from mm_robot.training.model_card import figure_table

README = Path(__file__).parents[1] / "README.md"


def embedded_figures() -> str:
    """What was measured of the embedded policy, when and by which command."""
    figures = json.loads((checkpoint_folder("embedded") / "eval.json").read_text())
    return (
        f"Measured, the last of it on {figures['date']}, in unseen simulated rooms, one training run (one\n"
        "seed), by "
        f"`{figures['command']}`; 95 % Wilson intervals:\n\n{figure_table(figures)}\n"
    )


TABLES = {"topics": topic_table, "parameters": parameter_table, "figures": embedded_figures}


def with_tables(text: str) -> str:
    """The text with each table between its markers replaced."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if not pattern.search(text):
            sys.exit(f"{README} has no markers for the table of {name}: {begin.strip()} and {end}")
        rendered = f"{begin}\n{table()}\n{end}"
        text = pattern.sub(lambda _, rendered=rendered: rendered, text)
    return text


if __name__ == "__main__":
    README.write_text(with_tables(README.read_text()))

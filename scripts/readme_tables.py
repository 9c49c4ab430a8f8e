#!/usr/bin/env python3
"""Writes the topic and parameter tables of README.md anew from the one configuration."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mm_robot.parameters import parameter_table, topic_table

README = Path(__file__).parents[1] / "README.md"
TABLES = {"topics": topic_table, "parameters": parameter_table}


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

"""``mm_robot search``: search for the hyper-parameters of a classifier."""

from __future__ import annotations

import argparse
from pathlib import Path

DESCRIPTION = (
    "search for the hyper-parameters of a classifier of images or sounds; writes a configuration for "
    "mm_robot train; a broken-off search goes on where it stopped"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", type=Path, help="a YAML file such as config/search/clothing.yaml")


def run(arguments: argparse.Namespace) -> int:
    """Search."""
    from mm_robot.classification.search import BEST, search
    from mm_robot.classification.search_settings import load_search

    print(f"best: {search(*load_search(arguments.config)) / BEST}")
    return 0

"""``mm_robot classify``: tell the class of images or sounds by a classifier that was trained."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

DESCRIPTION = "tell the class of images or sounds; prints a JSON line for each file"
_SHOWN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("model", type=Path, help="the folder `model` that `mm_robot train` wrote")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="images, or sounds")


def run(arguments: argparse.Namespace) -> int:
    """Tell."""
    from mm_robot.classification.checkpoint import Classifier

    classifier = Classifier(arguments.model)
    for file in arguments.files:
        told = classifier.tell(file)
        best = dict(list(told.items())[:_SHOWN])
        print(json.dumps({"file": str(file), "class": next(iter(told)), "probability": best}))
    return 0

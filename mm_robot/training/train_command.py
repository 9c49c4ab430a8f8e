"""``mm_robot train``: fine-tune the policy, train the keyword model, or train a classifier."""

from __future__ import annotations

import argparse
from pathlib import Path

from mm_robot.errors import InputError

DESCRIPTION = (
    "fine-tune the policy, train the keyword model, or a classifier of images or sounds; "
    "a broken-off run goes on where it stopped"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("config", type=Path, help="a YAML file such as config/train/embedded.yaml")
    parser.add_argument(
        "--stage",
        choices=("see", "fuse", "decline", "hear", "all"),
        default="all",
        help="of the policy: run this stage alone; they can be run side by side (default %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Train."""
    from mm_robot.classification.settings import ClassificationSettings
    from mm_robot.training.finetune import STAGES, train
    from mm_robot.training.keywords import train_keywords
    from mm_robot.training.settings import KeywordSettings, load_settings
    from mm_robot.training.team import team

    settings = load_settings(arguments.config)
    if team().size > 1 and isinstance(settings, ClassificationSettings | KeywordSettings):
        raise InputError("several processes train the policy alone; start this one by itself")
    if isinstance(settings, ClassificationSettings):
        from mm_robot.classification.train import train_classifier

        print(f"report: {train_classifier(settings)}")
        return 0
    if isinstance(settings, KeywordSettings):
        folder: Path | None = train_keywords(settings)
    else:
        folder = train(settings, STAGES if arguments.stage == "all" else (arguments.stage,))
    if folder is not None and team().leads:
        print(f"checkpoint: {folder}")
    return 0

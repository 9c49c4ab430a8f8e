"""``mm_robot generate``: make labelled frames to train or to judge the policy on."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from mm_robot.errors import InputError
from mm_robot.sim.scene import EVALUATION_SEEDS

DESCRIPTION = "make labelled camera frames in random simulated rooms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the data set; an unfinished one is completed"
    )
    parser.add_argument("--frames", type=int, default=60_000, help="how many frames (default %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=EVALUATION_SEEDS, help="seed of the first room (default %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes (default %(default)s)")
    parser.add_argument(
        "--evaluation",
        action="store_true",
        help=f"allow seeds below {EVALUATION_SEEDS}: never train on such a set",
    )


def run(arguments: argparse.Namespace) -> int:
    """Generate the frames."""
    if arguments.frames < 1 or arguments.workers < 1:
        raise InputError("--frames and --workers must be at least 1")
    if arguments.seed < 0:
        raise InputError(f"--seed must be at least 0, got {arguments.seed}")
    from mm_robot.data.generate import generate

    with tqdm(total=arguments.frames, unit="frame") as progress:
        for made in generate(
            arguments.out, arguments.frames, arguments.seed, arguments.workers, arguments.evaluation
        ):
            progress.update(made)
    return 0

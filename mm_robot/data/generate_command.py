"""``mm_robot generate``: make what the policy is trained or judged on: labelled frames, spoken sentences."""

from __future__ import annotations

import argparse
from pathlib import Path

from tqdm import tqdm

from mm_robot.errors import InputError
from mm_robot.sim.scene import EVALUATION_SEEDS

DESCRIPTION = "make labelled camera frames in random simulated rooms, or spoken sentences"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for the data set; an unfinished one is completed"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--frames", type=int, default=60_000, help="how many frames (default %(default)s)")
    what.add_argument("--sentences", type=int, help="so many sentences, spoken by synthetic voices, instead")
    parser.add_argument(
        "--recordings",
        type=Path,
        help="with --sentences: strung together from people's recordings of words, a folder for each word",
    )
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
    """Generate the frames or the sentences."""
    if min(arguments.frames, arguments.workers, arguments.sentences or 1) < 1 or arguments.sentences == 0:
        raise InputError("--frames, --sentences and --workers must be at least 1")
    if arguments.seed < 0:
        raise InputError(f"--seed must be at least 0, got {arguments.seed}")
    if arguments.recordings is not None and arguments.sentences is None:
        raise InputError("--recordings goes with --sentences; say how many")
    if arguments.sentences is not None:
        from mm_robot.training.spoken import speak_sentences, string_words

        out, sentences, seed = arguments.out, arguments.sentences, arguments.seed
        if arguments.recordings is not None:
            shards = string_words(out, arguments.recordings, sentences, seed)
        else:
            shards = speak_sentences(out, sentences, seed, arguments.workers)
        with tqdm(total=arguments.sentences, unit="sentence") as progress:
            for made in shards:
                progress.update(made)
        return 0
    from mm_robot.data.generate import generate

    with tqdm(total=arguments.frames, unit="frame") as progress:
        for made in generate(
            arguments.out, arguments.frames, arguments.seed, arguments.workers, arguments.evaluation
        ):
            progress.update(made)
    return 0

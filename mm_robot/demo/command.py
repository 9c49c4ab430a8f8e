"""``mm_robot demo``: from a spoken sentence to a robot that has carried it out."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from mm_robot.errors import InputError

DESCRIPTION = "show a spoken command carried out in the simulator, with pictures, a video and figures"
SENTENCE = "go to the red ball"
TARGET = "red ball"
SEED = 1
TIMEOUT = 75.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the demonstration."""
    sentence = parser.add_mutually_exclusive_group()
    sentence.add_argument("--say", metavar="TEXT", help=f"what a synthetic voice says (default: {SENTENCE})")
    sentence.add_argument("--text", metavar="TEXT", help="type this instead of saying it")
    sentence.add_argument("--wav", metavar="FILE", help="play this recording instead")
    parser.add_argument(
        "--target",
        metavar="'COLOUR SHAPE'",
        help=f"what the sentence means, for the judge (default: {TARGET} for the default sentence)",
    )
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help=f"the room (default: {SEED})")
    parser.add_argument("--policy", default="", metavar="DIR", help="checkpoint folder (default: embedded)")
    parser.add_argument(
        "--results", type=Path, default=Path("results"), metavar="DIR", help="where the result folder goes"
    )
    parser.add_argument(
        "--timeout", type=float, default=TIMEOUT, metavar="S", help=f"longest task (default: {TIMEOUT:.0f} s)"
    )
    parser.add_argument("--keep-running", action="store_true", help="leave the robot running until ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; 0 when the robot did it, 1 when it failed.

    Raises:
        InputError: an argument is wrong, or a program that it needs is missing.
    """
    from mm_robot.demo.display import BOLD, GREEN, RED, YELLOW, Display
    from mm_robot.demo.episode import play
    from mm_robot.demo.results import new_folder, write_results
    from mm_robot.demo.room import DISTRACTORS, Target, checked_seed, objects_with_decoys
    from mm_robot.demo.sentences import played, spoken, typed
    from mm_robot.demo.stage import StageError, stage

    if not 5.0 <= arguments.timeout <= 600.0:
        raise InputError(f"timeout: {arguments.timeout:g} was given; allowed is 5 to 600 (s)")
    seed = checked_seed(arguments.seed)
    if arguments.text is not None:
        sentence = typed(arguments.text)
    elif arguments.wav is not None:
        sentence = played(Path(arguments.wav))
    else:
        sentence = spoken(SENTENCE if arguments.say is None else arguments.say)
    default = arguments.say is None and arguments.text is None and arguments.wav is None
    wanted = arguments.target or (TARGET if default else None)
    target = Target.parse(wanted) if wanted else None
    objects = objects_with_decoys(target or Target.parse(TARGET), seed)
    folder = new_folder(arguments.results)
    parameters: dict[str, dict[str, object]] = {
        "simulator": {"seed": seed, "objects": objects, "distractors": DISTRACTORS}
    }
    if arguments.policy:
        parameters["policy"] = {"policy": str(Path(arguments.policy).resolve())}

    display = Display(sys.stdout)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with stage(parameters, folder / "nodes.log", display.note) as watcher:
            things = watcher.room.things if watcher.room else ()
            display.note(f"Room {seed}: {', '.join(thing.name for thing in things)}")
            episode = play(watcher, sentence, target, arguments.timeout, display)
            verdict = episode.verdict
            code = {None: YELLOW, True: GREEN, False: RED}[verdict.success]
            word = {None: "NOT JUDGED", True: "SUCCESS", False: "FAILED"}[verdict.success]
            display.note(display.colour(f"{word}: {verdict.summary}", BOLD + code))
            files = write_results(folder, episode)
            display.note(f"Results in {folder}: {', '.join(files)}")
            if arguments.keep_running:
                display.note(
                    f"Still running until ctrl-C. To talk to it from another terminal: export "
                    f"ROS_DOMAIN_ID={watcher.domain} ROS_AUTOMATIC_DISCOVERY_RANGE=LOCALHOST"
                )
                _wait_for_the_user()
    except StageError as error:
        display.note(f"FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        display.note("Ended by the user")
        return 1
    return 1 if verdict.success is False else 0


def _wait_for_the_user() -> None:
    try:
        while True:
            time.sleep(1.0)
    except KeyboardInterrupt:
        return


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

"""``mm_robot evaluate``: judge a policy in the simulator (``rollout``), its scene labels (``labels``) or how
well single words are heard (``speech``); or how soon the robot stands when something breaks (``faults``)."""

from __future__ import annotations

import argparse
import functools
from pathlib import Path
from typing import Any

from mm_robot.errors import InputError

DESCRIPTION = "judge a policy, its scene labels or the hearing of words; or break the robot"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="rollout|labels|speech|faults")
    rollout = kinds.add_parser("rollout", help="run an episode file in the simulator")
    rollout.add_argument("episodes", type=Path, help="a file of episodes, one JSON object a line")
    rollout.add_argument(
        "--instruction-control",
        choices=("blank", "swapped", "random_lm"),
        help="take the instruction away, name another object, or randomise the language model",
    )
    rollout.add_argument(
        "--disturbance",
        metavar="NAME",
        help="change light, surfaces, camera or its place to what training did not show: dark, bright, "
        "noise, motion_blur, vivid_surfaces, low_camera, high_camera, camera_tilted_up, camera_tilted_down",
    )
    voice = rollout.add_mutually_exclusive_group()
    voice.add_argument(
        "--speak",
        action="store_const",
        const="recogniser",
        help="speak each sentence with a synthetic voice, and use what the hearing chain hears of it",
    )
    voice.add_argument(
        "--speak-to-model",
        dest="speak",
        action="store_const",
        const="model",
        help="speak it, and let the model hear the sound itself, without a transcript",
    )
    rollout.add_argument("--noise", type=Path, help="a folder of recordings of noise, under what is spoken")
    rollout.add_argument("--snr", type=float, help="dB of the voice above that noise")
    rollout.add_argument(
        "--ros",
        action="store_true",
        help="run the real nodes over DDS, in real time, instead of the core alone",
    )
    rollout.add_argument("--traces", type=Path, help="folder for what happened in each episode, as .npz")
    rollout.add_argument("--workers", type=int, default=1, help="processes (default %(default)s)")
    rollout.add_argument("--first", type=int, help="only the first so many episodes")
    labels = kinds.add_parser("labels", help="mean average precision of the scene labels")
    labels.add_argument(
        "frames", type=Path, help="a folder made by: mm_robot generate --evaluation --seed 1 --out FOLDER"
    )
    for kind in (rollout, labels):
        kind.add_argument("--policy", default="embedded", help="checkpoint folder (default %(default)s)")
    speech = kinds.add_parser("speech", help="how well single spoken words are told apart")
    speech.add_argument(
        "folder", type=Path, help="a folder of recordings for each word, as in Google Speech Commands"
    )
    speech.add_argument("--model", default="embedded", help="keyword model folder (default %(default)s)")
    speech.add_argument("--noise", type=Path, help="a folder of recordings of noise, to be added")
    speech.add_argument("--snr", type=float, help="dB of the words above that noise")
    faults = kinds.add_parser("faults", help="break the robot in every way, and time how soon it stands")
    faults.add_argument("--fault", help="only the faults whose names begin so")
    faults.add_argument("--trials", type=int, help="trials of each fault (default: 30 of most)")
    faults.add_argument(
        "--soak-minutes", type=float, default=0.0, help="then drive for so long, and watch memory and latency"
    )
    for kind in (rollout, labels, speech, faults):
        kind.add_argument("--report", type=Path, required=True, help="JSON file for the report")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate."""
    if arguments.kind == "faults":
        from mm_robot.faults.command import run_faults

        return run_faults(arguments.report, arguments.fault, arguments.trials, arguments.soak_minutes)
    from mm_robot.training.evaluate import write_report

    if arguments.kind == "labels":
        from mm_robot.training.evaluate_labels import evaluate_labels

        report = evaluate_labels(arguments.frames, arguments.policy)
        print(f"mAP@0.5 {report['map50']:.3f} on {report['frames']} frames, {report['objects']} objects")
    elif arguments.kind == "speech":
        from mm_robot.training.evaluate_speech import evaluate_speech

        report = evaluate_speech(arguments.folder, arguments.model, arguments.noise, arguments.snr)
        print(f"{report['accuracy']:.1%} of {report['clips']} clips")
    else:
        report = _rollout(arguments)
        for outcome, rate in report["outcomes"].items():
            low, high = rate["wilson95"]
            print(f"{outcome}: {rate['success']}/{rate['n']} = {rate['rate']:.1%} ({low:.1%} to {high:.1%})")
        print(f"collisions: {report['collisions']:.1%}, errors: {report['errors']}")
    write_report(arguments.report, report)
    return 0


def _rollout(arguments: argparse.Namespace) -> dict[str, Any]:
    from mm_robot.training.episodes import load_episodes
    from mm_robot.training.evaluate import evaluate_episodes
    from mm_robot.training.noise import Noise

    if arguments.workers < 1:
        raise InputError(f"--workers must be at least 1, got {arguments.workers}")
    if arguments.ros and arguments.instruction_control == "random_lm":
        raise InputError("--instruction-control random_lm has no meaning with --ros; leave one of them out")
    if arguments.ros and arguments.speak == "model":
        raise InputError("--speak-to-model is for the core alone; leave out --ros")
    if arguments.ros and arguments.disturbance:
        raise InputError("--disturbance has no effect on running nodes; leave out --ros")
    if len({arguments.noise is None, arguments.snr is None}) > 1:
        raise InputError("--noise FOLDER and --snr DB belong together; give both or neither")
    noise = None if arguments.noise is None else Noise(arguments.noise, arguments.snr)
    if noise is not None and (arguments.ros or arguments.speak is None):
        raise InputError("--noise goes with --speak or --speak-to-model, without --ros")
    episodes = load_episodes(arguments.episodes)[: arguments.first]
    evaluate = functools.partial(
        evaluate_episodes,
        episodes,
        arguments.policy,
        arguments.instruction_control,
        arguments.speak,
        arguments.workers,
        arguments.traces,
    )
    if not arguments.ros:
        return evaluate(disturbance=arguments.disturbance, noise=noise)
    from mm_robot.demo.rollout import node_rollouts
    from mm_robot.demo.stage import StageError

    try:
        with node_rollouts(
            arguments.policy, arguments.speak is not None, arguments.report.with_suffix(".log")
        ) as nodes:
            return evaluate(run=nodes.run)
    except StageError as error:
        raise InputError(str(error)) from error

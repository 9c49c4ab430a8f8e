"""The program ``mm_robot``: one subcommand for each thing it does, loaded only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

from mm_robot import __version__
from mm_robot.dependencies import how_to_install
from mm_robot.errors import InputError

COMMANDS = {
    "demo": ("mm_robot.demo.command", "speak to a simulated robot and watch it carry out what it heard"),
    "bringup": ("mm_robot.bringup", "start the nodes, on a robot or in the simulator"),
    "doctor": ("mm_robot.doctor", "check this machine and say how to fix what is missing"),
    "say": ("mm_robot.nodes.say", "give a running robot an instruction, typed or spoken"),
    "listen": ("mm_robot.speech.listen_command", "show what the robot's ear makes of a sound"),
    "generate": ("mm_robot.data.generate_command", "make a training set in the simulator"),
    "train": ("mm_robot.training.train_command", "fine-tune the language model"),
    "deploy": ("mm_robot.deploy_command", "put another checkpoint to work on a running robot"),
    "search": ("mm_robot.classification.search_command", "search for the hyper-parameters of a classifier"),
    "classify": ("mm_robot.classification.command", "tell the class of images or sounds"),
    "audit": ("mm_robot.audit_command", "check that the safety gate's log was not altered"),
    "evaluate": ("mm_robot.training.evaluate_command", "judge a policy in the simulator"),
}
"""Subcommand -> (module, what it does). A module has DESCRIPTION, add_arguments(parser), run(arguments)."""


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong as an ``InputError``."""
        raise InputError(f"{message}; see: {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand.

    Returns:
        The exit status: 0 done, 1 ran and failed, 2 wrong input.
    """
    try:
        return _run(sys.argv[1:] if arguments is None else list(arguments))
    except InputError as error:
        print(f"mm_robot: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("mm_robot."):
            raise
        print(f"mm_robot: {how_to_install(error.name)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments[:1])
    module = importlib.import_module(COMMANDS[chosen.command][0])
    parser = Parser(prog=f"mm_robot {chosen.command}", description=module.DESCRIPTION)
    module.add_arguments(parser)
    return int(module.run(parser.parse_args(arguments[1:])))


def _parser() -> Parser:
    commands = "\n".join(f"  {name:10} {summary}" for name, (_, summary) in COMMANDS.items())
    parser = Parser(
        prog="mm_robot",
        usage="mm_robot COMMAND [arguments]",
        description=f"commands:\n{commands}\n\nmm_robot COMMAND --help tells the arguments of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mm_robot {__version__}")
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())

"""Writes the episode files that the policy is judged on, from evaluation seeds alone.

python benchmarks/make_episodes.py FOLDER [--rooms 200]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from episode_kinds import absent, answer, follow, pace, relation, sequence

from mm_robot.data.names import COLOUR_NAMES, SHAPE_NAMES, held_out_names, trained_names
from mm_robot.sim.scene import COLOURS, SHAPES

Row = dict[str, Any]


SENTENCES = ("go to the {}", "find the {}", "drive to the {}", "head for the {}")
UNSEEN_SENTENCES = (
    "could you get yourself over to the {}",
    "have a look at the {} from close by",
    "i'd like you to be next to the {}",
    "off you go to the {}",
)
"""None of these is among those that the policy is trained on."""


def reach(rooms: int) -> Iterator[Row]:
    """A target, a decoy of its colour, a decoy of its shape and two more things in each room."""
    return _reach(rooms, SENTENCES, lambda plain, _names, _draw: plain)


def phrases(rooms: int) -> Iterator[Row]:
    """The same with sentences that were not trained on."""
    return _reach(rooms, UNSEEN_SENTENCES, lambda plain, _names, _draw: plain)


def names(rooms: int) -> Iterator[Row]:
    """The same with other names of colours and shapes, which were trained on."""
    return _reach(rooms, SENTENCES, lambda _plain, names, draw: draw(trained_names(names)))


def held_out_colours(rooms: int) -> Iterator[Row]:
    """The same with names of colours that were not trained on."""
    return _reach(
        rooms,
        SENTENCES,
        lambda plain, names, draw: draw(held_out_names(names)) if plain in COLOURS else plain,
    )


def held_out_shapes(rooms: int) -> Iterator[Row]:
    """The same with names of shapes that were not trained on."""
    return _reach(
        rooms, SENTENCES, lambda plain, names, draw: draw(held_out_names(names)) if plain in SHAPES else plain
    )


Draw = Callable[[Sequence[str]], str]


def _reach(
    rooms: int, sentences: Sequence[str], name: Callable[[str, tuple[str, ...], Draw], str]
) -> Iterator[Row]:
    """``name`` says how a colour or a shape is called, from its plain name and its other names."""
    for seed in range(rooms):
        generator = np.random.default_rng([seed, 3])
        colour, other_colour = generator.choice(list(COLOURS), 2, replace=False)
        shape, other_shape = generator.choice(SHAPES, 2, replace=False)
        sentence = str(generator.choice(sentences))

        def draw(options: Sequence[str], generator: np.random.Generator = generator) -> str:
            return str(generator.choice(list(options)))

        called = (name(colour, COLOUR_NAMES[colour], draw), name(shape, SHAPE_NAMES[shape], draw))
        yield {
            "text": sentence.format(" ".join(called)),
            "seed": 10_000 + seed,
            "objects": [
                {"shape": str(shape), "colour": str(colour)},
                {"shape": str(other_shape), "colour": str(colour)},
                {"shape": str(shape), "colour": str(other_colour)},
            ],
            "distractors": 2,
            "expect": {"outcome": "reach", "target": {"shape": str(shape), "colour": str(colour)}},
        }


def pairs(rooms: int) -> Iterator[Row]:
    """Two rows for each room: once the target is meant, once the decoy of its shape."""
    for seed, row in enumerate(reach(rooms)):
        sentence = row["text"].removesuffix(" ".join(reversed(list(row["expect"]["target"].values()))))
        for thing in (row["objects"][0], row["objects"][2]):
            name = f"{thing['colour']} {thing['shape']}"
            yield row | {
                "text": sentence + name,
                "seed": 15_000 + seed,
                "pair": f"room {seed}",
                "expect": {"outcome": "reach", "target": thing},
            }


def turn(rooms: int) -> Iterator[Row]:
    """Turns to a side, by an angle, and around."""
    for seed in range(rooms):
        generator = np.random.default_rng([seed, 4])
        sign = int(generator.choice([-1, 1]))
        side = "left" if sign > 0 else "right"
        degrees = int(generator.choice([30, 45, 60, 90, 120, 180]))
        text, wanted = [
            (f"turn {side}", 90 * sign),
            ("turn around", 180),
            (f"turn {side} {degrees} degrees", degrees * sign),
            (f"rotate {degrees} degrees to the {side}", degrees * sign),
        ][seed % 4]
        yield {"text": text, "seed": 20_000 + seed, "expect": {"outcome": "turn", "degrees": wanted}}


def move(rooms: int) -> Iterator[Row]:
    """Straight ahead or back by a distance."""
    for seed in range(rooms):
        generator = np.random.default_rng([seed, 5])
        sign = int(generator.choice([-1, 1]))
        way = "forward" if sign > 0 else ["back", "backward"][seed % 2]
        metres = float(generator.choice([0.3, 0.5, 1.0, 1.5, 2.0]))
        text = [f"move {way} {metres:g} metres", f"go {way} {round(metres * 100)} centimetres"][seed % 2]
        yield {"text": text, "seed": 30_000 + seed, "expect": {"outcome": "move", "metres": metres * sign}}


def stop(rooms: int) -> Iterator[Row]:
    """Stop while going somewhere."""
    sentences = ("stop", "halt", "stop moving", "freeze")
    for seed, row in enumerate(reach(rooms)):
        yield {
            "text": sentences[seed % 4],
            "seed": 40_000 + seed,
            "objects": row["objects"],
            "distractors": 1,
            "after": {"text": row["text"], "seconds": 3 + seed % 4},
            "expect": {"outcome": "stop"},
        }


FILES: dict[str, Callable[[int], Iterator[Row]]] = {
    "reach": reach,
    "pairs": pairs,
    "phrases": phrases,
    "names": names,
    "held_out_colours": held_out_colours,
    "held_out_shapes": held_out_shapes,
    "turn": turn,
    "move": move,
    "stop": stop,
    "pace": pace,
    "relation": relation,
    "absent": absent,
    "sequence": sequence,
    "follow": follow,
    "answer": answer,
}


def main() -> None:
    """Write one file for each outcome."""
    parser = argparse.ArgumentParser(description="write the episode files that the policy is judged on")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rooms", type=int, default=200, help="rows in each file (default %(default)s)")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, rows in FILES.items():
        text = "".join(json.dumps(row) + "\n" for row in rows(arguments.rooms))
        (arguments.folder / f"{name}.jsonl").write_text(text)


if __name__ == "__main__":
    main()

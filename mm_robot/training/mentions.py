"""Ways to mention a thing of a room: by colour and shape, by one of them, or by how it stands to others."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mm_robot.data import phrasing
from mm_robot.data.colours import survey_colours
from mm_robot.data.instructions import InstructionSampler, Wanted, as_rgb
from mm_robot.sim.scene import COLOURS, SHAPES
from mm_robot.training.layout import NO_NAME, Layout, polar
from mm_robot.types import FloatArray, RobotState

_NEAR_COLOUR = 0.33
"""sRGB distance within which a name might be meant for a colour."""
_ANGLE_MARGIN = math.radians(8)
_DISTANCE_MARGIN = 0.35
_RADIUS_MARGIN = 0.025
_KINDS = (*phrasing.RELATIONS, "left_of", "right_of", "near", "left_of", "right_of")
_NAMES = tuple(COLOURS)
_BASE = np.array(list(COLOURS.values()), np.float32)


@dataclass(frozen=True)
class Mention:
    """``phrase`` as it stands after "the"; ``target`` and ``reference`` are indices of things, None where
    there is no such thing; ``wanted`` and ``wanted_reference`` are what is said of them; ``relation`` is
    how it stands to others, where it is told by that: all things must be known before it can be told.
    """

    phrase: str
    target: int | None
    wanted: Wanted
    reference: int | None = None
    wanted_reference: Wanted | None = None
    relation: str | None = None


class Mentioner:
    """Draws mentions of the things of one room, as seen from where the robot stood at the start."""

    def __init__(
        self, layout: Layout, start: RobotState, sampler: InstructionSampler, generator: np.random.Generator
    ) -> None:
        self._layout = layout
        self._sampler = sampler
        self._generator = generator
        self._distance, self._bearing = polar(layout.places, start)

    def __len__(self) -> int:
        return len(self._layout)

    def plain(self, thing: int) -> Mention | None:
        """A mention by colour and shape, or by one of them where that is enough; None if ambiguous."""
        layout = self._layout
        shape = int(layout.shape[thing])
        same_shape = layout.shape == shape
        draw = self._generator.random()
        if draw < 0.06 and same_shape.sum() == 1:
            return Mention(self._sampler.shape_name(SHAPES[shape]), thing, Wanted(shape=shape))
        colour, rgb = self._colour(thing)
        alike = self._near(rgb)
        if draw < 0.16 and alike.sum() == 1:
            return Mention(f"{colour} {self._pick(phrasing.ANYTHING)}", thing, Wanted(as_rgb(rgb)))
        if (alike & same_shape).sum() != 1:
            return None
        name = f"{colour} {self._sampler.shape_name(SHAPES[shape])}"
        return Mention(name, thing, Wanted(as_rgb(rgb), shape))

    def absent(self, alike: int | None) -> Mention:
        """A colour and shape that nothing has; sharing one of them with the thing ``alike``."""
        layout = self._layout
        while True:
            shape = int(self._generator.integers(len(SHAPES)))
            if self._generator.random() < 0.2:
                names, values = survey_colours()
                drawn = int(self._generator.integers(len(names)))
                colour, rgb = names[drawn], values[drawn]
            else:
                plain = int(self._generator.integers(len(_NAMES)))
                colour, rgb = self._sampler.colour_name(_NAMES[plain]), _BASE[plain]
            if alike is not None:
                if self._generator.random() < 0.6:
                    shape = int(layout.shape[alike])
                else:
                    colour, rgb = self._colour(alike)
            if not (self._near(rgb) & (layout.shape == shape)).any():
                name = f"{colour} {self._sampler.shape_name(SHAPES[shape])}"
                return Mention(name, None, Wanted(as_rgb(rgb), shape))
            if self._generator.random() < 0.3:
                alike = None

    def relation(self, tries: int) -> Mention | None:
        """A mention by how a thing stands to others; None where so many draws were ambiguous."""
        return next((found for _ in range(tries) if (found := self._relation()) is not None), None)

    def _relation(self) -> Mention | None:
        kind = self._pick(_KINDS)
        layout = self._layout
        shape = int(self._generator.choice(layout.shape))
        members = np.flatnonzero(layout.shape == shape)
        noun, wanted = self._sampler.shape_name(SHAPES[shape]), Wanted(shape=shape)
        draw = self._generator.random()
        if draw < 0.15:
            members, noun, wanted = np.arange(len(layout)), self._pick(phrasing.ANYTHING), Wanted()
        elif draw < 0.4 and kind in ("left_of", "right_of", "near"):
            chosen = int(self._generator.choice(members))
            plain = self.plain(chosen)
            if plain is None:
                return None
            members, noun, wanted = np.array([chosen]), plain.phrase, plain.wanted
        if kind in ("nearest", "farthest", "biggest", "smallest"):
            target = self._extreme(kind, members)
            if target is None:
                return None
            phrase = self._pick(phrasing.RELATIONS[kind]).format(thing=noun)
            return Mention(phrase, target, wanted, relation=kind)
        reference = int(self._generator.integers(len(layout)))
        told_by = self.plain(reference)
        members = members[members != reference]
        if told_by is None or not len(members):
            return None
        target = self._related(kind, members, reference)
        if target is None:
            return None
        phrase = self._pick(phrasing.RELATIONS[kind]).format(thing=noun, other=told_by.phrase)
        return Mention(phrase, target, wanted, reference, told_by.wanted, kind)

    def _extreme(self, kind: str, members: npt.NDArray[np.int64]) -> int | None:
        """The one that is nearest, farthest, biggest or smallest by a margin."""
        if len(members) < 2:
            return None
        by_size = kind in ("biggest", "smallest")
        values = (self._layout.radius if by_size else self._distance)[members]
        sign = 1 if kind in ("biggest", "farthest") else -1
        order = np.argsort(-sign * values)
        margin = _RADIUS_MARGIN if by_size else _DISTANCE_MARGIN
        clear = abs(float(values[order[0]] - values[order[1]])) > margin
        return int(members[order[0]]) if clear else None

    def _related(self, kind: str, members: npt.NDArray[np.int64], reference: int) -> int | None:
        """The only one on that side of the reference, or the one nearest to it by a margin."""
        if kind == "near":
            apart = np.linalg.norm(self._layout.places[members] - self._layout.places[reference], axis=1)
            order = np.argsort(apart)
            if len(members) > 1 and apart[order[1]] - apart[order[0]] < _DISTANCE_MARGIN:
                return None
            return int(members[order[0]])
        left = (self._bearing[members] - self._bearing[reference] + math.pi) % (2 * math.pi) - math.pi
        if (np.minimum(np.abs(left), math.pi - np.abs(left)) < _ANGLE_MARGIN).any():
            return None
        wanted = members[left > 0] if kind == "left_of" else members[left < 0]
        return int(wanted[0]) if len(wanted) == 1 else None

    def _colour(self, thing: int) -> tuple[str, FloatArray]:
        """A name of a thing's colour, and the colour that the name stands for."""
        plain = int(self._layout.colour[thing])
        if plain == NO_NAME:
            names, values = survey_colours()
            return names[self._layout.survey[thing]], values[self._layout.survey[thing]]
        return self._sampler.colour_name(_NAMES[plain]), _BASE[plain]

    def _near(self, rgb: FloatArray) -> npt.NDArray[np.bool_]:
        near: npt.NDArray[np.bool_] = np.linalg.norm(self._layout.rgb - rgb, axis=1) < _NEAR_COLOUR
        return near

    def _pick(self, options: tuple[str, ...]) -> str:
        return options[int(self._generator.integers(len(options)))]

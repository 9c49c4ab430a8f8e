"""Scene labels as a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from mm_robot.types import SceneLabel

MAX_NAMED = 6


def side(label: SceneLabel) -> str:
    """Say where in the image a label's box lies."""
    centre = (label.box[0] + label.box[2]) / 2
    if centre < 0.35:
        return "on the left"
    if centre > 0.65:
        return "on the right"
    return "ahead"


def caption(labels: Sequence[SceneLabel]) -> str:
    """Name what is in view, from left to right: ``I see a red ball on the left and a blue box ahead.``"""
    if not labels:
        return "I see nothing that I know."
    ordered = sorted(labels, key=lambda label: label.box[0] + label.box[2])
    phrases = [f"{article(label.name)} {label.name} {side(label)}" for label in ordered[:MAX_NAMED]]
    more = len(ordered) - len(phrases)
    if more:
        phrases.append(f"{more} more")
    listed = phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    return f"I see {listed}."


def article(noun: str) -> str:
    """Return the indefinite article of a noun phrase."""
    return "an" if noun[:1].lower() in "aeiou" else "a"

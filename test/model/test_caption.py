from __future__ import annotations

from mm_robot.model.caption import caption
from mm_robot.types import SceneLabel


def label(colour: str, shape: str, left: float) -> SceneLabel:
    return SceneLabel(colour, shape, (left, 0.4, left + 0.1, 0.6), 0.9)


def test_an_empty_view_is_said_to_be_empty() -> None:
    assert caption([]) == "I see nothing that I know."


def test_things_are_named_from_left_to_right_with_their_side() -> None:
    text = caption([label("orange", "cone", 0.8), label("red", "ball", 0.1), label("blue", "box", 0.45)])
    assert text == "I see a red ball on the left, a blue box ahead and an orange cone on the right."


def test_a_crowded_view_names_some_and_counts_the_rest() -> None:
    text = caption([label("red", "ball", 0.05 * number) for number in range(9)])
    assert text.count("red ball") == 6
    assert text.endswith("and 3 more.")

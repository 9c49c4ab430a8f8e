from __future__ import annotations

import numpy as np

from mm_robot.model.annotate import Overlay, annotate
from mm_robot.types import SceneLabel

IMAGE = np.full((480, 640, 3), 120, np.uint8)
BALL = SceneLabel("red", "ball", (0.4, 0.5, 0.6, 0.7), 0.9, 0.9)


def test_the_picture_keeps_its_size_and_the_original_is_untouched() -> None:
    before = IMAGE.copy()
    picture = annotate(IMAGE, Overlay("go to the red ball", "running", "", 0.3, -0.5, (BALL,)))
    assert picture.shape == IMAGE.shape and picture.dtype == np.uint8
    assert np.array_equal(IMAGE, before)


def test_the_box_is_drawn_where_it_is_and_the_target_stands_out() -> None:
    other = SceneLabel("red", "ball", BALL.box, 0.9, 0.0)
    edge = (slice(330, 336), slice(300, 340))
    plain = annotate(IMAGE, Overlay())[edge].astype(int)
    meant = annotate(IMAGE, Overlay(labels=(BALL,)))[edge].astype(int)
    boxed = annotate(IMAGE, Overlay(labels=(other,)))[edge].astype(int)
    assert np.abs(meant - plain).sum() > np.abs(boxed - plain).sum() > 0


def test_odd_boxes_sizes_and_texts_do_not_fail() -> None:
    strange = [
        SceneLabel("", "", (-1.0, -1.0, 2.0, 2.0), 0.1),
        SceneLabel("red", "ball", (0.5, 0.5, 0.5, 0.5), 0.1),
        SceneLabel("teal", "torus", (0.9, 0.9, 0.1, 0.1), 1.0, 1.0),
    ]
    for shape in ((48, 64, 3), (480, 640, 3), (720, 1280, 3)):
        picture = annotate(
            np.zeros(shape, np.uint8), Overlay("去红球 " * 40, "refused", "reason " * 50, -9.0, 9.0, strange)
        )
        assert picture.shape == shape

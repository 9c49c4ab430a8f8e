from __future__ import annotations

import numpy as np
import pytest

from mm_robot.training.evaluate_labels import average_precision


def box(left: float) -> np.ndarray:
    return np.array([left, 0.0, left + 0.1, 0.1], np.float32)


def test_perfect_labels_have_an_average_precision_of_one() -> None:
    assert average_precision([(0.9, 0, box(0)), (0.8, 1, box(0.5))], {0: [box(0)], 1: [box(0.5)]}, {}) == 1.0


def test_a_second_label_of_the_same_object_is_wrong() -> None:
    found = [(0.9, 0, box(0)), (0.8, 0, box(0.01)), (0.7, 1, box(0.5))]
    assert average_precision(found, {0: [box(0)], 1: [box(0.5)]}, {}) == pytest.approx((1 + 2 / 3) / 2)


def test_missed_objects_lower_it() -> None:
    assert average_precision([(0.9, 0, box(0))], {0: [box(0)], 1: [box(0.5)]}, {}) == 0.5


def test_labels_of_small_objects_count_neither_way() -> None:
    found = [(0.95, 0, box(0.5)), (0.9, 0, box(0))]
    assert average_precision(found, {0: [box(0)]}, {0: [box(0.5)]}) == 1.0
    assert average_precision(found, {0: [box(0)]}, {}) == 0.5


def test_nothing_found_is_zero() -> None:
    assert average_precision([], {0: [box(0)]}, {}) == 0.0

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from mm_robot.errors import CheckpointError
from mm_robot.model.processor import STATE_SIZE, Processor
from mm_robot.model.scan import SECTORS, sector_ranges
from mm_robot.types import Pace, RobotState, TaskState


@pytest.mark.parametrize("shape", [(480, 640), (1080, 1920), (720, 720), (96, 128), (240, 320)])
def test_images_of_any_size_become_the_models(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 77, np.uint8)
    prepared = Processor().image(image)
    assert prepared.shape == (240, 320, 3) and prepared.dtype == np.uint8
    assert (prepared == 77).all()


def test_a_wide_image_is_cut_evenly_on_both_sides() -> None:
    image = np.zeros((480, 960, 3), np.uint8)
    image[:, 475:485] = 255
    columns = Processor().image(image)[100, :, 0].nonzero()[0]
    assert columns.mean() == pytest.approx(159.5, abs=1)


def test_the_state_stays_small_and_finite_whatever_happens() -> None:
    task = TaskState(1e6, 1e6, -1e6, 2 * math.pi, 500.0, 3)
    robot = RobotState(1, 1, 1, 0.5, 1.2)
    state = Processor().state(robot, task, Pace.FAST, np.full(SECTORS, np.inf, np.float32))
    assert state.shape == (STATE_SIZE,) and np.isfinite(state).all() and np.abs(state).max() <= 2.0


def test_what_is_left_of_a_turn_is_told() -> None:
    left = Processor().state(RobotState(), TaskState(amount=1.0, turned=0.9), Pace.NORMAL, None)
    done = Processor().state(RobotState(), TaskState(amount=1.0, turned=1.0), Pace.NORMAL, None)
    assert left[3] > done[3] == 0.0


def test_settings_survive_saving_and_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "processor.json"
    Processor(max_text_tokens=12).save(path)
    assert Processor.load(path) == Processor(max_text_tokens=12)
    path.write_text('{"width": 3, "colour": 1}')
    with pytest.raises(CheckpointError, match=r"processor\.json"):
        Processor.load(path)


def test_the_nearness_of_things_is_told_in_their_direction_and_a_missing_scan_is_told_apart() -> None:
    near_left = sector_ranges(np.array([[0.05, 0.4], [0.06, 3.0]], np.float32))
    state = Processor().state(RobotState(), TaskState(), Pace.NORMAL, near_left)
    nothing = Processor().state(RobotState(), TaskState(), Pace.NORMAL, np.full(SECTORS, np.inf, np.float32))
    unknown = Processor().state(RobotState(), TaskState(), Pace.NORMAL, None)
    nearness = state[-SECTORS:]
    assert nearness.argmax() == SECTORS * 3 // 4 - 1 and (nearness > 0).sum() == 1
    assert not nothing[-SECTORS:].any() and not unknown[-SECTORS:].any()
    assert nothing[-SECTORS - 1] == 1.0 and unknown[-SECTORS - 1] == 0.0

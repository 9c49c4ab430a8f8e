"""Prepares what the model is given, for training and for driving alike; saved in the checkpoint."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from mm_robot.errors import CheckpointError
from mm_robot.model.scan import SECTORS
from mm_robot.model.task import ALL_ROUND
from mm_robot.types import FloatArray, ImageArray, Pace, RobotState, TaskState

STATE_SIZE = 16 + SECTORS


@dataclass(frozen=True)
class Processor:
    """Turns images and state into the model's input.

    ``width`` and ``height`` px of the image as the model sees it; ``mean`` and ``deviation`` of
    its pixel values in [0, 1]; ``max_text_tokens`` where an instruction is cut; ``robot_radius`` m;
    ``scan_reach`` m from the robot's edge within which the range finder's readings matter.
    """

    width: int = 320
    height: int = 240
    mean: float = 0.45
    deviation: float = 0.25
    max_text_tokens: int = 64
    robot_radius: float = 0.18
    scan_reach: float = 1.2

    def image(self, image: ImageArray) -> ImageArray:
        """[H, W, 3] uint8 RGB of any size -> [height, width, 3] uint8 RGB, cut to the aspect ratio."""
        rows, columns = image.shape[:2]
        wanted = self.width / self.height
        if columns / rows > wanted:
            keep = max(1, round(rows * wanted))
            left = (columns - keep) // 2
            image = image[:, left : left + keep]
        elif columns / rows < wanted:
            keep = max(1, round(columns / wanted))
            top = (rows - keep) // 2
            image = image[top : top + keep]
        if image.shape[:2] == (self.height, self.width):
            return image
        shrinking = image.shape[0] > self.height
        method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(image, (self.width, self.height), interpolation=method), np.uint8)

    def state(self, robot: RobotState, task: TaskState, pace: Pace, ranges: FloatArray | None) -> FloatArray:
        """Odometry, progress, the wanted pace and how near things are: [STATE_SIZE], about -1 to 1.

        ``ranges`` [SECTORS] m from ``sector_ranges``, None where there is no scan.
        """
        goal = task.amount
        turn_left = 0.0 if goal is None else goal - task.turned
        move_left = 0.0 if goal is None else goal - task.travelled
        nearness = np.zeros(SECTORS, np.float32)
        if ranges is not None:
            nearness = np.clip(1.0 - (ranges - self.robot_radius) / self.scan_reach, 0.0, 1.0)
        known = np.array(
            [
                robot.linear / 0.5,
                robot.angular / 1.2,
                min(task.elapsed, 60.0) / 60.0,
                _bounded(turn_left / math.pi, 2.0),
                _bounded(move_left, 4.0) / 2.0,
                _bounded(4 * turn_left, 1.0),
                _bounded(4 * move_left, 1.0),
                float(goal is not None),
                task.looked / (2 * math.pi),
                float(task.looked >= ALL_ROUND),
                float(task.surveyed),
                float(pace is Pace.SLOW),
                float(pace is Pace.FAST),
                _bounded(16 * turn_left, 1.0),
                _bounded(20 * move_left, 1.0),
                float(ranges is not None),
            ],
            np.float32,
        )
        return np.concatenate([known, nearness]).astype(np.float32)

    def save(self, path: Path) -> None:
        """Write the settings as JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @staticmethod
    def load(path: Path) -> Processor:
        """Read the settings back.

        Raises:
            CheckpointError: the file is missing or does not hold a processor.
        """
        try:
            return Processor(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError) as error:
            raise CheckpointError(
                f"{path}: not a processor ({error}); take the checkpoint folder as it was saved"
            ) from error


def _bounded(value: float, limit: float) -> float:
    return max(-limit, min(limit, value))

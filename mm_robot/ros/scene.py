"""Scene labels, decisions and attributions as messages.

The Detection2DArray of vision_msgs is offered only where that package is installed; the JSON
form always is, with the same content.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geometry_msgs.msg import Point
from std_msgs.msg import ColorRGBA, Header
from visualization_msgs.msg import Marker, MarkerArray

from mm_robot.sim.scene import COLOURS, HORIZONTAL_FIELD_OF_VIEW
from mm_robot.types import CameraMount, Decision, SceneLabel

MARKER_LIFETIME_NANOSECONDS = 500_000_000
FAR = 8.0


@dataclass(frozen=True)
class View:
    """How the camera maps directions to pixels.

    ``width``, ``height`` in pixels; ``focal_x``, ``focal_y``, ``centre_x``, ``centre_y`` in pixels;
    ``mount`` is how it sits.
    """

    width: int
    height: int
    focal_x: float
    focal_y: float
    centre_x: float
    centre_y: float
    mount: CameraMount

    @staticmethod
    def of_image(width: int, height: int, mount: CameraMount) -> View:
        """Assume a centred pinhole camera with the usual field of view."""
        focal = width / 2 / math.tan(HORIZONTAL_FIELD_OF_VIEW / 2)
        return View(width, height, focal, focal, width / 2, height / 2, mount)

    @staticmethod
    def of_calibration(matrix: Sequence[float], width: int, height: int, mount: CameraMount) -> View | None:
        """Read a camera matrix [9]; None where it is not calibrated or not finite."""
        focal_x, centre_x, focal_y, centre_y = (float(matrix[i]) for i in (0, 2, 4, 5))
        usable = all(math.isfinite(v) for v in (focal_x, centre_x, focal_y, centre_y))
        if not usable or focal_x <= 0.0 or focal_y <= 0.0 or width <= 0 or height <= 0:
            return None
        return View(width, height, focal_x, focal_y, centre_x, centre_y, mount)

    def bearing(self, label: SceneLabel) -> float:
        """Return the label's direction in rad, positive to the left."""
        column = (label.box[0] + label.box[2]) / 2 * self.width
        return math.atan2(self.centre_x - column, self.focal_x)

    def distance(self, label: SceneLabel) -> float:
        """Estimate how far off (m) a thing is that stands on the floor, from the foot of its box."""
        forward, _ = self.mount.on_floor((label.box[3] * self.height - self.centre_y) / self.focal_y)
        return min(FAR, forward / math.cos(self.bearing(label)))


def pixel_box(label: SceneLabel, width: int, height: int) -> tuple[float, float, float, float]:
    """Return the box (left, top, right, bottom) in pixels."""
    left, top, right, bottom = label.box
    return left * width, top * height, right * width, bottom * height


def labels_json(header: Header, labels: Sequence[SceneLabel], width: int, height: int) -> str:
    """Write the labels of one image as JSON, boxes in its pixels."""
    return json.dumps(
        {
            "stamp": {"sec": header.stamp.sec, "nanosec": header.stamp.nanosec},
            "frame_id": header.frame_id,
            "width": width,
            "height": height,
            "labels": [
                {
                    "name": label.name,
                    "colour": label.colour,
                    "shape": label.shape,
                    "score": round(float(label.score), 4),
                    "target": round(float(label.target), 4),
                    "box": [round(float(v), 1) for v in pixel_box(label, width, height)],
                }
                for label in labels
            ],
        }
    )


def explanation_json(header: Header, task: int, decision: Decision) -> str:
    """Write why a decision was taken as JSON: skill, amount, target and the attribution grid."""
    grid = decision.attribution
    return json.dumps(
        {
            "stamp": {"sec": header.stamp.sec, "nanosec": header.stamp.nanosec},
            "instruction_id": task,
            "skill": decision.skill.value,
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "amount": None if decision.amount is None else round(float(decision.amount), 4),
            "target_visible": round(float(decision.target_visible), 4),
            "bearing": round(float(decision.bearing), 4),
            "attribution": None if grid is None else [[round(float(v), 3) for v in row] for row in grid],
        }
    )


def detections_type() -> Any:
    """Return the Detection2DArray of vision_msgs, or None where that is not installed."""
    if importlib.util.find_spec("vision_msgs") is None:
        return None
    return importlib.import_module("vision_msgs.msg").Detection2DArray


def detections(header: Header, labels: Sequence[SceneLabel], width: int, height: int) -> Any:
    """Return the labels as a vision_msgs Detection2DArray.

    Raises:
        ModuleNotFoundError: vision_msgs is not installed.
    """
    messages = importlib.import_module("vision_msgs.msg")
    array = messages.Detection2DArray(header=header)
    for label in labels:
        left, top, right, bottom = pixel_box(label, width, height)
        detection = messages.Detection2D(header=header)
        detection.bbox.center.position.x = float((left + right) / 2)
        detection.bbox.center.position.y = float((top + bottom) / 2)
        detection.bbox.size_x = float(right - left)
        detection.bbox.size_y = float(bottom - top)
        hypothesis = messages.ObjectHypothesisWithPose()
        hypothesis.hypothesis.class_id = label.name
        hypothesis.hypothesis.score = float(label.score)
        detection.results.append(hypothesis)
        array.detections.append(detection)
    return array


def markers(header: Header, labels: Sequence[SceneLabel], view: View, frame: str) -> MarkerArray:
    """Return an arrow and a name for every label, in the robot's ``frame`` on the floor.

    The arrow points along the label's bearing; its length is the distance estimated from the
    foot of the box. The thing that the instruction means has a thicker arrow.
    """
    array = MarkerArray()
    clear = Marker(action=Marker.DELETEALL)
    clear.header.stamp = header.stamp
    clear.header.frame_id = frame
    array.markers.append(clear)
    for number, label in enumerate(labels):
        bearing, distance = view.bearing(label), view.distance(label)
        x, y = distance * math.cos(bearing), distance * math.sin(bearing)
        red, green, blue = COLOURS.get(label.colour, (0.6, 0.6, 0.6))
        colour = ColorRGBA(r=red, g=green, b=blue, a=0.4 + 0.6 * min(1.0, max(0.0, float(label.score))))
        thick = 0.06 if label.target >= 0.5 else 0.025

        arrow = _marker(header, frame, "bearing", number, Marker.ARROW, colour)
        arrow.points = [Point(x=0.0, y=0.0, z=0.05), Point(x=x, y=y, z=0.05)]
        arrow.scale.x, arrow.scale.y, arrow.scale.z = thick, 2.5 * thick, 3.0 * thick
        array.markers.append(arrow)

        white = ColorRGBA(r=1.0, g=1.0, b=1.0, a=1.0)
        name = _marker(header, frame, "name", number, Marker.TEXT_VIEW_FACING, white)
        name.pose.position.x, name.pose.position.y, name.pose.position.z = x, y, 0.6
        name.scale.z = 0.15
        name.text = f"{label.name} {label.score:.0%}"
        array.markers.append(name)
    return array


def _marker(header: Header, frame: str, namespace: str, number: int, kind: int, colour: ColorRGBA) -> Marker:
    marker = Marker(ns=namespace, id=number, type=kind, action=Marker.ADD, color=colour)
    marker.header.stamp = header.stamp
    marker.header.frame_id = frame
    marker.pose.orientation.w = 1.0
    marker.lifetime.nanosec = MARKER_LIFETIME_NANOSECONDS
    return marker

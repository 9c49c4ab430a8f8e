"""Scene labels as messages."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from std_msgs.msg import Header
from visualization_msgs.msg import Marker

from mm_robot.ros import scene
from mm_robot.types import CameraMount, Decision, Outcome, SceneLabel, Skill

LABELS = (
    SceneLabel("red", "ball", (0.4, 0.5, 0.6, 0.7), 0.95, 0.9),
    SceneLabel("blue", "box", (0.0, 0.4, 0.1, 0.6), 0.5, 0.1),
)
VIEW = scene.View.of_image(640, 480, CameraMount(0.3))


def header() -> Header:
    made = Header(frame_id="camera_optical_frame")
    made.stamp.sec, made.stamp.nanosec = 12, 500
    return made


def test_labels_json_has_boxes_in_pixels_and_the_stamp_of_the_image() -> None:
    data = json.loads(scene.labels_json(header(), LABELS, 640, 480))
    assert data["stamp"] == {"sec": 12, "nanosec": 500}
    assert data["frame_id"] == "camera_optical_frame"
    assert (data["width"], data["height"]) == (640, 480)
    assert [label["name"] for label in data["labels"]] == ["red ball", "blue box"]
    assert data["labels"][0]["box"] == [256.0, 240.0, 384.0, 336.0]
    assert data["labels"][0]["target"] == 0.9


def test_numpy_numbers_do_not_break_the_json() -> None:
    label = SceneLabel("red", "ball", tuple(np.float32([0, 0, 1, 1])), np.float32(0.5), np.float32(0.5))
    assert json.loads(scene.labels_json(header(), [label], 10, 10))["labels"][0]["score"] == 0.5


def test_explanation_json_holds_the_attribution_grid() -> None:
    decision = Decision(
        np.zeros((1, 2), np.float32),
        outcome=Outcome.ABSENT,
        skill=Skill.TURN,
        reason="r",
        amount=1.5,
        attribution=np.float32([[0.25, 0.5]]),
    )
    data = json.loads(scene.explanation_json(header(), 3, decision))
    assert data["attribution"] == [[0.25, 0.5]]
    assert (data["instruction_id"], data["skill"], data["outcome"], data["amount"]) == (
        3,
        "turn",
        "absent",
        1.5,
    )


def test_bearing_is_positive_to_the_left_and_half_the_field_of_view_at_the_edge() -> None:
    assert VIEW.bearing(LABELS[0]) == pytest.approx(0.0)
    left = SceneLabel("red", "ball", (0.0, 0.5, 0.0, 0.6), 1.0)
    assert VIEW.bearing(left) == pytest.approx(math.radians(35))


def test_distance_follows_from_the_foot_of_the_box() -> None:
    foot = (240 + VIEW.focal_y * 0.3 / 2.0) / 480
    assert VIEW.distance(SceneLabel("red", "ball", (0.5, 0.4, 0.5, foot), 1.0)) == pytest.approx(2.0)
    assert VIEW.distance(SceneLabel("red", "ball", (0.5, 0.1, 0.5, 0.4), 1.0)) == scene.FAR


def test_a_calibration_that_is_not_set_is_not_used() -> None:
    assert scene.View.of_calibration([0.0] * 9, 640, 480, CameraMount(0.3)) is None
    assert scene.View.of_calibration([math.nan] * 9, 640, 480, CameraMount(0.3)) is None
    view = scene.View.of_calibration(
        [500.0, 0, 320.0, 0, 500.0, 240.0, 0, 0, 1.0], 640, 480, CameraMount(0.3)
    )
    assert view is not None and view.focal_x == 500.0


def test_markers_clear_the_old_ones_and_point_at_each_label() -> None:
    array = scene.markers(header(), LABELS, VIEW, "base_link")
    assert array.markers[0].action == Marker.DELETEALL
    arrows = [m for m in array.markers if m.type == Marker.ARROW and m.action == Marker.ADD]
    names = [m for m in array.markers if m.type == Marker.TEXT_VIEW_FACING]
    assert [name.text for name in names] == ["red ball 95%", "blue box 50%"]
    assert arrows[0].points[1].y == pytest.approx(0.0, abs=1e-6)
    assert arrows[1].points[1].y > 0.0
    assert arrows[0].scale.x > arrows[1].scale.x
    assert {m.header.frame_id for m in array.markers} == {"base_link"}


def test_no_labels_clear_the_view() -> None:
    assert len(scene.markers(header(), (), VIEW, "base_link").markers) == 1


def test_detections_match_the_labels_where_vision_msgs_is_installed() -> None:
    if scene.detections_type() is None:
        pytest.skip("vision_msgs is not installed; install ros-jazzy-vision-msgs")
    array = scene.detections(header(), LABELS, 640, 480)
    assert [d.results[0].hypothesis.class_id for d in array.detections] == ["red ball", "blue box"]
    assert array.detections[0].bbox.center.position.x == pytest.approx(320.0)
    assert array.detections[0].bbox.size_y == pytest.approx(96.0)

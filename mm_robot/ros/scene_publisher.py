"""Publishes what the model sees and why it acts: labels, markers, caption, picture, explanation."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sensor_msgs.msg import CameraInfo, CompressedImage
from std_msgs.msg import Header, String
from visualization_msgs.msg import MarkerArray

from mm_robot.model.annotate import Overlay, annotate
from mm_robot.model.caption import caption
from mm_robot.ros import scene
from mm_robot.ros.convert import array_to_compressed
from mm_robot.ros.node import LifecycleNode
from mm_robot.types import CameraMount, Decision, ImageArray, SceneLabel


class ScenePublisher:
    """The scene topics of a node that looks through a camera.

    Each is filled only while somebody listens, the picture at most ``annotated_rate`` times a second.
    """

    def __init__(self, node: LifecycleNode) -> None:
        """Create the publishers; call it from the node's ``start``."""
        self._base_frame: str = node.value("base_frame")
        self._mount = CameraMount(node.value("camera_height"), node.value("camera_tilt"))
        self._picture_period = 1.0 / node.value("annotated_rate")
        self._picture_due = 0.0
        self._calibration: CameraInfo | None = None
        self._labels = node.publish_to(String, "scene/labels")
        self._markers = node.publish_to(MarkerArray, "scene/markers")
        self._picture = node.publish_to(CompressedImage, "scene/image_annotated/compressed")
        self._caption = node.publish_to(String, "scene/caption")
        self._explanation = node.publish_to(String, "explanation")
        detections = scene.detections_type()
        self._detections = node.publish_to(detections, "scene/detections") if detections else None
        node.subscribe(CameraInfo, "camera_info", self._calibrate, "sensor")

    def publish(self, header: Header, image: ImageArray, decision: Decision, task: int) -> None:
        """Publish what was seen in ``image`` [H, W, 3] and decided upon it for the task."""
        height, width = image.shape[:2]
        labels = decision.labels
        self._labels.publish(String(data=scene.labels_json(header, labels, width, height)))
        if self._caption.get_subscription_count():
            self._caption.publish(String(data=caption(labels)))
        if self._markers.get_subscription_count():
            self._markers.publish(self._marked(header, labels, width, height))
        if self._detections is not None and self._detections.get_subscription_count():
            self._detections.publish(scene.detections(header, labels, width, height))
        if task and self._explanation.get_subscription_count():
            self._explanation.publish(String(data=scene.explanation_json(header, task, decision)))

    def publish_picture(self, header: Header, image: ImageArray, overlay: Overlay) -> None:
        """Publish the labelled image where one is due and somebody listens."""
        now = time.monotonic()
        if now < self._picture_due or not self._picture.get_subscription_count():
            return
        self._picture_due = now + self._picture_period
        self._picture.publish(array_to_compressed(annotate(image, overlay), header))

    def _calibrate(self, message: CameraInfo) -> None:
        self._calibration = message

    def _marked(self, header: Header, labels: Sequence[SceneLabel], width: int, height: int) -> MarkerArray:
        view = None
        if self._calibration is not None:
            found = self._calibration
            view = scene.View.of_calibration(found.k, found.width, found.height, self._mount)
        view = view or scene.View.of_image(width, height, self._mount)
        return scene.markers(header, labels, view, self._base_frame)

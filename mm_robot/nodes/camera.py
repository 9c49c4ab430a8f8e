"""The camera: a device, a video file or a stream as ``image_raw`` and ``camera_info``.

Frames are captured in a thread of their own. A source that is missing or lost is said in the diagnostics
and tried again every two seconds.
"""

from __future__ import annotations

import threading
from pathlib import Path

from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from mm_robot.devices.calibration import load_calibration
from mm_robot.devices.video import EndOfVideo, VideoSettings, VideoSource
from mm_robot.errors import InputError
from mm_robot.ros import convert
from mm_robot.ros.node import LifecycleNode, spin
from mm_robot.types import ImageArray

RETRY_SECONDS = 2.0
LONGEST_SILENCE = 1.0
"""Seconds without a frame after which the node says so."""


class Camera(LifecycleNode):
    """The camera as a ROS node."""

    def __init__(self) -> None:
        """Make the node; ``start`` opens the source."""
        super().__init__("camera")

    def start(self) -> None:
        """Begin to capture."""
        path = self.value("calibration")
        self._calibration = load_calibration(Path(path)) if path else None
        self._images = self.publish_to(Image, "image_raw", "sensor")
        self._camera_info = self.publish_to(CameraInfo, "camera_info", "sensor")
        self._compressed = None
        if self.value("publish_compressed"):
            self._compressed = self.publish_to(CompressedImage, "image_raw/compressed", "sensor")
        self._settings = VideoSettings(
            self.value("source"),
            self.value("image_width"),
            self.value("image_height"),
            self.value("frame_rate"),
            self.value("loop"),
        )
        self._frames = self._frames_before = 0
        self._capturing = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(self._ended,), name="capture", daemon=True)
        self._thread.start()
        self.every(LONGEST_SILENCE, self._watch)

    def stop(self) -> None:
        """End the capture; a read that hangs in a driver is left behind and ends later."""
        if hasattr(self, "_thread"):
            self._ended.set()
            self._thread.join(RETRY_SECONDS)

    def _run(self, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self._capture(ended)
            except EndOfVideo:
                self.ok_state(f"{self._settings.source} is at its end")
                return
            except InputError as error:
                self.error_state(str(error))
            except Exception as error:  # a driver may fail in any way; the source is opened again
                self._guard.failed("capture", error)
            ended.wait(RETRY_SECONDS)

    def _capture(self, ended: threading.Event) -> None:
        source = VideoSource(self._settings)
        try:
            while not ended.is_set():
                frame = source.read()
                if not ended.is_set():
                    self._publish(frame)
        finally:
            self._capturing = False
            source.close()

    def _publish(self, frame: ImageArray) -> None:
        header = Header(stamp=self.get_clock().now().to_msg(), frame_id=self.value("camera_frame"))
        height, width = frame.shape[:2]
        self._images.publish(convert.array_to_image(frame, header))
        fits = self._calibration is None or (self._calibration.width, self._calibration.height) == (
            width,
            height,
        )
        calibration = self._calibration if fits else None
        self._camera_info.publish(convert.calibrated_camera_info(calibration, width, height, header))
        if self._compressed is not None:
            quality = self.value("jpeg_quality")
            self._compressed.publish(convert.array_to_compressed(frame, header, quality))
        self._frames += 1
        if not self._capturing:
            self._capturing = True
            self._say_that_it_captures(width, height, fits)

    def _say_that_it_captures(self, width: int, height: int, fits: bool) -> None:
        source = self._settings.source
        if fits:
            self.ok_state(f"captures {source} at {width} x {height}")
        else:
            self.warn_state(
                f"{source} gives {width} x {height} pixels, which the calibration does not fit; "
                "camera_info is sent without it; calibrate at that size or set image_width and image_height"
            )

    def _watch(self) -> None:
        captured, self._frames_before = self._frames - self._frames_before, self._frames
        self.report("image Hz", captured / LONGEST_SILENCE)
        if self._capturing and not captured:
            self._capturing = False
            self.error_state(
                f"camera {self._settings.source} stalls; check its cable, its power and its driver"
            )


def main() -> None:
    """Run the node."""
    spin(Camera)


if __name__ == "__main__":
    main()

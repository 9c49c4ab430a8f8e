"""The camera node as a real process over DDS, with video files and a real network stream."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from node_process import NodeProcess
from probe import Probe, Received
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from mm_robot.ros.convert import compressed_to_array, image_to_array

Start = Callable[..., NodeProcess]


@pytest.fixture
def video(tmp_path: Path) -> str:
    path = str(tmp_path / "film.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 20.0, (320, 240))
    for _ in range(20):
        writer.write(np.full((240, 320, 3), (20, 40, 200), np.uint8))
    writer.release()
    return path


class MotionJpeg(http.server.BaseHTTPRequestHandler):
    """Sends a red picture as motion JPEG until the server is told to end."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        _, jpeg = cv2.imencode(".jpg", np.full((240, 320, 3), (20, 40, 200), np.uint8))
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
        try:
            while not self.server.ended.wait(0.03):  # type: ignore[attr-defined]
                self.wfile.write(head + jpeg.tobytes() + b"\r\n")
        except OSError:
            pass

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def stream_server(port: int) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), MotionJpeg)
    server.daemon_threads = True
    server.ended = threading.Event()  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.ended.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join(5.0)


def state(diagnostics: Received) -> tuple[bytes, str]:
    statuses = [status for array in diagnostics for status in array.status if status.name == "/camera"]
    return (statuses[-1].level, statuses[-1].message) if statuses else (b"", "")


def test_a_looped_file_is_published_as_images_with_camera_info(
    start_node: Start, probe: Probe, video: str
) -> None:
    start_node("camera", {"source": video, "loop": True, "publish_compressed": True})
    images = probe.collect(Image, "image_raw", "sensor")
    compressed = probe.collect(CompressedImage, "image_raw/compressed", "sensor")
    infos = probe.collect(CameraInfo, "camera_info", "sensor")
    probe.wait(lambda: len(images) >= 30 and compressed and infos, 15.0, "30 images of a film of 20")
    image = image_to_array(images[-1])
    assert image.shape == (240, 320, 3)
    np.testing.assert_allclose(image[120, 160].astype(int), (200, 40, 20), atol=8)
    np.testing.assert_allclose(
        compressed_to_array(compressed[-1])[120, 160].astype(int), (200, 40, 20), atol=8
    )
    rate = (len(images) - 1) / (images.times[-1] - images.times[0])
    assert rate == pytest.approx(20.0, rel=0.15)
    assert images[-1].header.frame_id == "camera_optical_frame"
    assert infos[-1].header.stamp in [image.header.stamp for image in images]
    assert not any(infos[-1].k)


def test_the_end_of_a_file_is_said_and_the_node_lives(start_node: Start, probe: Probe, video: str) -> None:
    node = start_node("camera", {"source": video})
    images = probe.collect(Image, "image_raw", "sensor")
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: "is at its end" in state(diagnostics)[1], 15.0, "the end of the film")
    assert 0 < len(images) <= 20
    assert node.process.poll() is None


def test_a_missing_camera_is_said_with_the_fix_and_tried_again(
    start_node: Start, probe: Probe, tmp_path: Path, video: str
) -> None:
    missing = tmp_path / "later.avi"
    node = start_node("camera", {"source": str(missing), "loop": True})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    images = probe.collect(Image, "image_raw", "sensor")
    probe.wait(lambda: state(diagnostics)[0] == DiagnosticStatus.ERROR, 15.0, "an error")
    assert f"there is no file {missing}; set source to a video file" in state(diagnostics)[1]
    assert state(diagnostics)[1] in node.output
    Path(video).rename(missing)
    probe.wait(lambda: images, 10.0, "images of the file that came later")
    probe.wait(lambda: state(diagnostics)[0] == DiagnosticStatus.OK, 5.0, "good health")


def test_a_device_that_does_not_exist_kills_nothing(start_node: Start, probe: Probe) -> None:
    node = start_node("camera", {"source": "63"})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: "there is no /dev/video63; plug it in" in state(diagnostics)[1], 15.0, "an error")
    assert node.interrupt() == 0


def test_a_stream_that_breaks_off_is_said_and_taken_up_again(start_node: Start, probe: Probe) -> None:
    with stream_server(0) as port:
        start_node("camera", {"source": f"http://127.0.0.1:{port}/stream.mjpg"})
        images = probe.collect(Image, "image_raw", "sensor")
        diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
        probe.wait(lambda: len(images) > 5, 20.0, "images of the stream")
    probe.wait(lambda: state(diagnostics)[0] == DiagnosticStatus.ERROR, 20.0, "an error")
    count = len(images)
    with stream_server(port):
        probe.wait(lambda: len(images) > count + 5, 20.0, "images after the sender is back")
        probe.wait(lambda: state(diagnostics)[0] == DiagnosticStatus.OK, 5.0, "good health")


def test_a_wrong_calibration_is_said_aloud(start_node: Start, probe: Probe, video: str) -> None:
    start_node("camera", {"source": video, "calibration": "/nowhere.yaml"})
    diagnostics = probe.collect(DiagnosticArray, "/diagnostics")
    probe.wait(lambda: "calibration: /nowhere.yaml cannot be read" in state(diagnostics)[1], 15.0, "an error")

"""Images: every encoding against a picture of known colours, and every malformed message."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage
from sensor_msgs.msg import CompressedImage, Image
from std_msgs.msg import Header

from mm_robot.errors import InputError
from mm_robot.ros import colour, convert
from mm_robot.ros.colour import ENCODINGS

HEIGHT, WIDTH = 24, 32
RED, GREEN, BLUE, GREY = (200, 40, 30), (40, 160, 60), (30, 50, 190), (120, 120, 120)


def picture() -> np.ndarray:
    """Four plain quarters, whose middles keep their colour through subsampling and demosaicing."""
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[:12, :16], image[:12, 16:], image[12:, :16], image[12:, 16:] = RED, GREEN, BLUE, GREY
    return image


def encoded(image: np.ndarray, encoding: str) -> np.ndarray:
    """The picture in an encoding, written independently of the code under test."""
    if encoding.startswith("bayer"):
        mosaic = np.zeros(image.shape[:2], np.uint8)
        for index, letter in enumerate(encoding.removeprefix("bayer_")[:4]):
            row, column = divmod(index, 2)
            mosaic[row::2, column::2] = image[row::2, column::2, "rgb".index(letter)]
        samples = mosaic
    elif encoding in ("yuv422", "uyvy", "yuv422_yuy2", "yuyv"):
        red, green, blue = (image[:, :, i].astype(float) for i in range(3))
        luma = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
        u = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
        v = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
        chroma = np.where(np.arange(WIDTH) % 2 == 0, u, v)
        pair = (chroma, luma) if encoding in ("yuv422", "uyvy") else (luma, chroma)
        samples = np.stack(pair, axis=2).round().astype(np.uint8)
    elif encoding.startswith("mono"):
        samples = (image @ np.array([0.299, 0.587, 0.114])).round().astype(np.uint8)
    else:
        letters = encoding.rstrip("0123456789")
        rgba = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
        samples = np.stack([rgba[:, :, "rgba".index(letter)] for letter in letters], axis=2)
    return samples.astype(np.uint16) * 257 if encoding.endswith("16") else samples


def expected_quarters(encoding: str) -> list[tuple[int, int, int]]:
    colours = [RED, GREEN, BLUE, GREY]
    if encoding.startswith("mono"):
        colours = [(round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in colours]
    return colours


def quarters(image: np.ndarray) -> list[np.ndarray]:
    return [image[6, 8], image[6, 24], image[18, 8], image[18, 24]]


def image_message(samples: np.ndarray, encoding: str, padding: int = 0, big_endian: bool = False) -> Image:
    if samples.dtype == np.uint16:
        samples = samples.astype(">u2" if big_endian else "<u2")
    rows = samples.reshape(samples.shape[0], -1).view(np.uint8)
    rows = np.pad(rows, ((0, 0), (0, padding)), constant_values=77)
    return Image(
        height=samples.shape[0],
        width=samples.shape[1],
        encoding=encoding,
        step=rows.shape[1],
        is_bigendian=int(big_endian),
        data=rows.tobytes(),
    )


BACKENDS = ["with_rosbags_image"] + ["with_cv_bridge"] * colour.has_cv_bridge()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convert, "_to_rgb", lambda: getattr(colour, request.param))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("padding", "big_endian"), [(0, False), (8, False), (0, True)])
@pytest.mark.usefixtures("backend")
def test_every_encoding_becomes_rgb(encoding: str, padding: int, big_endian: bool) -> None:
    message = image_message(encoded(picture(), encoding), encoding, padding, big_endian)
    image = convert.image_to_array(message)
    assert image.shape == (HEIGHT, WIDTH, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    for got, wanted in zip(quarters(image), expected_quarters(encoding), strict=True):
        np.testing.assert_allclose(got.astype(int), wanted, atol=3, err_msg=encoding)


@pytest.mark.skipif(not colour.has_cv_bridge(), reason="cv_bridge is not installed; it comes with ROS")
def test_cv_bridge_is_used_where_it_is_installed() -> None:
    assert colour.converter() is colour.with_cv_bridge


def test_an_rgb_image_comes_back_unchanged() -> None:
    image = np.random.default_rng(1).integers(0, 256, (480, 640, 3)).astype(np.uint8)
    message = convert.array_to_image(image, Header(frame_id="camera"))
    assert (message.height, message.width, message.step, message.encoding) == (480, 640, 1920, "rgb8")
    assert message.header.frame_id == "camera"
    np.testing.assert_array_equal(convert.image_to_array(message), image)


def test_an_array_that_is_a_view_is_written_in_its_own_order() -> None:
    image = picture()[:, ::-1]
    message = convert.array_to_image(image, Header())
    np.testing.assert_array_equal(convert.image_to_array(message), image)


@pytest.mark.parametrize(
    "array", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_an_array_that_is_no_image_is_refused(array: np.ndarray) -> None:
    with pytest.raises(InputError, match="allowed"):
        convert.array_to_image(array, Header())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"encoding": "32FC1"}, "encoding '32FC1' was given; allowed is one of rgb8"),
        ({"encoding": ""}, "encoding '' was given"),
        ({"encoding": "x" * 5000}, "encoding 'xxxx"),
        ({"width": 0}, "0 x 24 pixels were given; allowed is 1 x 1 to 8192 x 8192"),
        ({"height": 0}, "32 x 0 pixels"),
        ({"width": 4_000_000_000}, "4000000000 x 24"),
        ({"step": 95}, "step 95 was given; 32 pixels of rgb8 need at least 96"),
        ({"step": 0}, "step 0 was given"),
        ({"height": 25}, "2304 bytes of data were given; 25 rows of step 96 are 2400"),
        ({"data": b""}, "0 bytes of data"),
        ({"data": b"\0" * 2303}, "2303 bytes of data"),
        ({"encoding": "yuyv", "width": 31}, "needs a width that is a multiple of 2"),
        ({"encoding": "bayer_rggb8", "height": 23}, "a height that is a multiple of 2"),
        ({"encoding": "mono16", "step": 97}, "step 97 was given"),
    ],
)
def test_a_malformed_image_is_an_input_error_of_one_line(change: dict, words: str) -> None:
    message = image_message(picture(), "rgb8")
    for key, value in change.items():
        setattr(message, key, value)
    with pytest.raises(InputError) as error:
        convert.image_to_array(message)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500


def test_a_conversion_that_fails_is_an_input_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_pixels: np.ndarray, _encoding: str) -> np.ndarray:
        raise RuntimeError("no such\nconversion")

    monkeypatch.setattr(convert, "_to_rgb", lambda: fails)
    with pytest.raises(
        InputError, match="pixels of bgr8 cannot be converted \\(no such conversion\\); send rgb8"
    ):
        convert.image_to_array(image_message(picture(), "bgr8"))


@given(
    encoding=st.sampled_from([*ENCODINGS, "jpeg", "8UC3"]),
    height=st.integers(0, 12),
    width=st.integers(0, 12),
    step=st.integers(0, 100),
    data=st.binary(max_size=1200),
    fits=st.booleans(),
    big_endian=st.booleans(),
)
@settings(max_examples=400, deadline=None)
def test_any_message_is_an_image_or_an_input_error(
    encoding: str, height: int, width: int, step: int, data: bytes, fits: bool, big_endian: bool
) -> None:
    if fits and encoding in ENCODINGS:
        step = width * ENCODINGS[encoding].pixel_bytes
        data = (data + b"\x55" * 1200)[: step * height]
    message = Image(
        encoding=encoding, height=height, width=width, step=step, data=data, is_bigendian=int(big_endian)
    )
    try:
        image = convert.image_to_array(message)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert image.shape == (height, width, 3)
        assert image.dtype == np.uint8


def compressed(image: np.ndarray, extension: str) -> CompressedImage:
    _, data = cv2.imencode(extension, image[:, :, ::-1])
    return CompressedImage(format=extension[1:], data=data.tobytes())


@pytest.mark.parametrize("extension", [".jpg", ".png", ".webp"])
def test_a_compressed_image_becomes_rgb(extension: str) -> None:
    image = convert.compressed_to_array(compressed(picture(), extension))
    assert image.shape == (HEIGHT, WIDTH, 3)
    for got, wanted in zip(quarters(image), expected_quarters("rgb8"), strict=True):
        np.testing.assert_allclose(got.astype(int), wanted, atol=12)


def test_what_is_compressed_here_can_be_read_again() -> None:
    message = convert.array_to_compressed(picture(), Header())
    image = convert.compressed_to_array(message)
    assert message.format == "rgb8; jpeg compressed bgr8"
    np.testing.assert_allclose(image[6, 8].astype(int), RED, atol=12)


@pytest.mark.parametrize("extension", [".jpg", ".png"])
@pytest.mark.parametrize("part", [0.0, 0.2, 0.6, 0.95])
def test_a_truncated_compressed_image_is_an_input_error(extension: str, part: float) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (64, 64, 3)).astype(np.uint8)
    message = compressed(noise, extension)
    message.data = message.data[: int(len(message.data) * part)]
    with pytest.raises(InputError, match="allowed"):
        convert.compressed_to_array(message)


def test_a_small_file_that_claims_to_be_huge_is_refused_before_it_is_decoded() -> None:
    file = io.BytesIO()
    PillowImage.new("L", (9_000, 9_000)).save(file, "PNG")
    message = CompressedImage(format="png", data=file.getvalue())
    with pytest.raises(InputError, match="9000 x 9000 pixels were given"):
        convert.compressed_to_array(message)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_an_image_or_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        convert.compressed_to_array(CompressedImage(format="jpeg", data=b"\xff\xd8\xff" + data))

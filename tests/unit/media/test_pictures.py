import resource
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused, TooLarge
from edge_agent.media import PictureLimits, check_picture, crop, decode_picture, encode_jpeg


def picture(width: int = 120, height: int = 80) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (0, 0, 255)  # red, above on the left
    return image


def encoded(form: str, image: Image) -> bytes:
    return cv2.imencode(f".{form}", image)[1].tobytes()


def turned(jpeg: bytes, orientation: int) -> bytes:
    """Write an orientation into EXIF."""
    tiff = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 0x0112, 3, 1, orientation) + bytes(4)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes that becomes width x height pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["jpg", "png", "webp", "bmp"])
def test_what_we_take_is_decoded_as_it_was(form: str) -> None:
    header = check_picture(encoded(form, picture()), PictureLimits())
    assert (header.width, header.height) == (120, 80)
    image = decode_picture(encoded(form, picture()))
    assert image.shape == (80, 120, 3)
    assert np.abs(image[5:30, 5:50].astype(int) - (0, 0, 255)).max() < 30


@pytest.mark.parametrize("quality", [10, 101])
def test_both_kinds_of_webp_have_a_size(quality: int) -> None:
    data = cv2.imencode(".webp", picture(), [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
    assert check_picture(data, PictureLimits()).width == 120


def test_transparency_is_dropped() -> None:
    image = np.full((20, 20, 4), 200, np.uint8)
    assert decode_picture(cv2.imencode(".png", image)[1].tobytes()).shape == (20, 20, 3)


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [(1, (80, 120), (0, 0)), (3, (80, 120), (-1, -1)), (6, (120, 80), (0, -1))],
)
def test_pictures_of_phones_stand_upright(
    orientation: int, size: tuple[int, int], corner: tuple[int, int]
) -> None:
    image = decode_picture(turned(encoded("jpg", picture()), orientation))
    assert image.shape[:2] == size
    assert image[corner][2] > 150


@pytest.mark.parametrize(
    "bomb",
    [
        png_claiming(60_000, 60_000),
        png_claiming(20_000, 20),
        encoded("jpg", picture()).replace(
            struct.pack(">HH", 80, 120), struct.pack(">HH", 60000, 60000)
        ),
        encoded("bmp", picture()).replace(
            struct.pack("<ii", 120, 80), struct.pack("<ii", 40000, 40000)
        ),
        bytes(50_000_001),
        b"\xff\xd8" + encoded("jpg", picture())[2:] + b"\xff\xda" * 200,
    ],
    ids=["png", "wide", "jpeg", "bmp", "bytes", "scans"],
)
def test_bombs_are_refused_unopened(bomb: bytes) -> None:
    with pytest.raises(TooLarge) as refused:
        decode_picture(bomb)
    assert refused.value.field == "picture"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a text file",
        b"GIF89a" + bytes(100),
        b"\xff\xd8",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + b"\xff" * 1_000_000,
        b"RIFF1234WAVEfmt ",
        b"BM" + bytes(60),
        png_claiming(8, 8),
        png_claiming(100, 100)[:40],
        encoded("png", picture())[:200],
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        decode_picture(data)


def test_no_decoder_reads_on_behind_a_picture_without_pixels() -> None:
    whole = encoded("png", picture())
    end = whole[-12:]
    claims_gigabytes = b"\x70\x00\x00\x00IDAT" + bytes(30)
    with pytest.raises(Refused, match="has no pixels"):
        decode_picture(whole[:33] + end + claims_gigabytes)
    assert decode_picture(whole + claims_gigabytes).shape == (80, 120, 3)


@settings(deadline=None)
@given(st.sampled_from(["jpg", "png", "webp", "bmp"]), st.data())
def test_a_damaged_picture_is_refused_or_decoded_and_nothing_else(
    form: str, data: st.DataObject
) -> None:
    whole = bytearray(encoded(form, picture(40, 30)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, min(200, len(whole) - 1)))] = data.draw(st.integers(0, 255))
    try:
        image = decode_picture(bytes(whole), PictureLimits(max_pixels=1_000_000))
    except Refused:
        return
    assert image.shape[0] * image.shape[1] <= 1_000_000


@pytest.mark.parametrize("claim", [0x0C000000, 0x7FFFFFFF, 0xFE00005A])
def test_a_chunk_that_claims_more_than_there_is_costs_nothing(claim: int) -> None:
    whole = bytearray(encoded("png", picture()))
    at = whole.index(b"IDAT") - 4
    whole[at : at + 4] = struct.pack(">I", claim)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused, match="broken off"):
        decode_picture(bytes(whole))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KiB


def test_a_picture_in_endless_pieces_is_refused() -> None:
    empty = struct.pack(">I", 0) + b"tEXt" + struct.pack(">I", zlib.crc32(b"tEXt"))
    whole = encoded("png", picture())
    with pytest.raises(Refused, match="chunks"):
        decode_picture(whole[:33] + empty * 100_000 + whole[33:])


def test_a_jpeg_comes_back() -> None:
    again = decode_picture(encode_jpeg(picture(), 95))
    assert np.abs(again.astype(int) - picture()).mean() < 3


@pytest.mark.parametrize("shape", [(0, 10, 3), (10, 10), (10, 10, 4)])
def test_what_is_no_bgr_picture_is_not_encoded(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="shape"):
        encode_jpeg(np.zeros(shape, np.uint8))


def test_a_crop_is_a_copy_with_its_margin() -> None:
    image = picture()
    cut = crop(image, (10, 10, 30, 50), 0.1)
    assert cut.shape == (48, 24, 3)
    cut[:] = 7
    assert image.max() == 255


@settings(deadline=None)
@given(
    st.tuples(*[st.floats(-200, 400)] * 4).filter(lambda b: b[0] <= b[2] and b[1] <= b[3]),
    st.floats(0, 1),
)
def test_a_crop_stays_inside(box: tuple[float, float, float, float], margin: float) -> None:
    try:
        cut = crop(picture(), box, margin)
    except ValueError as error:
        assert "outside" in str(error)  # noqa: PT017 - both outcomes are right
        return
    assert 1 <= cut.shape[0] <= 80
    assert 1 <= cut.shape[1] <= 120


def test_a_box_that_is_inside_out_is_refused() -> None:
    with pytest.raises(ValueError, match="inside out"):
        crop(picture(), (30, 10, 10, 50))

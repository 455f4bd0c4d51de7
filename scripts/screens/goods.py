"""Goods for an instance of Image Search, drawn: nobody has rights in them."""

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from edge_agent.domain.detection import Image

_SIDE = 640
_COLOURS = {
    "red": (60, 62, 201),
    "blue": (178, 111, 47),
    "green": (96, 140, 62),
    "sand": (150, 190, 214),
    "ink": (74, 58, 46),
}
_DARK = (58, 50, 44)

Colour = tuple[int, int, int]


def goods() -> Iterator[tuple[str, str, bytes]]:
    """Make one thing after the other: its number, its name, its picture as JPEG."""
    number = 4710
    for name, draw in _THINGS.items():
        for colour_name, colour in _COLOURS.items():
            number += 1
            image = _ground(number)
            draw(image, colour)
            smooth = cv2.resize(image, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA)
            jpeg = cv2.imencode(".jpg", smooth, [cv2.IMWRITE_JPEG_QUALITY, 88])[1]
            yield str(number), f"{name}, {colour_name}", jpeg.tobytes()


def _ground(seed: int) -> Image:
    light = 226 + seed % 3 * 6
    rows = np.linspace(light, light - 16, _SIDE, dtype=np.float32)[:, None, None]
    tint = np.array([4, 2, 0], np.float32)
    image = np.clip(np.broadcast_to(rows, (_SIDE, _SIDE, 3)) + tint, 0, 255).astype(np.uint8)
    cv2.ellipse(image, (320, 560), (190, 26), 0, 0, 360, (196, 196, 200), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 7), np.uint8)


def _bag(image: Image, colour: Colour) -> None:
    cv2.ellipse(image, (320, 230), (92, 112), 0, 180, 360, _DARK, 18, cv2.LINE_AA)
    _filled(image, [(150, 230), (490, 230), (520, 560), (120, 560)], colour)
    _filled(image, [(150, 230), (490, 230), (496, 290), (144, 290)], _lighter(colour))
    cv2.circle(image, (320, 290), 15, (190, 220, 230), -1, cv2.LINE_AA)


def _bottle(image: Image, colour: Colour) -> None:
    _filled(image, [(284, 90), (356, 90), (356, 200), (284, 200)], _lighter(colour))
    cv2.ellipse(image, (320, 250), (92, 70), 0, 180, 360, colour, -1, cv2.LINE_AA)
    _filled(image, [(228, 248), (412, 248), (412, 562), (228, 562)], colour)
    _filled(image, [(228, 330), (412, 330), (412, 460), (228, 460)], (236, 240, 240))
    _filled(image, [(278, 66), (362, 66), (362, 100), (278, 100)], _DARK)


def _cup(image: Image, colour: Colour) -> None:
    cv2.ellipse(image, (450, 370), (74, 84), 0, 0, 360, colour, 26, cv2.LINE_AA)
    _filled(image, [(180, 220), (450, 220), (420, 556), (210, 556)], colour)
    cv2.ellipse(image, (315, 220), (135, 30), 0, 0, 360, _lighter(colour), -1, cv2.LINE_AA)
    cv2.ellipse(image, (315, 222), (116, 22), 0, 0, 360, _DARK, -1, cv2.LINE_AA)


def _umbrella(image: Image, colour: Colour) -> None:
    cv2.line(image, (320, 120), (320, 520), _DARK, 14, cv2.LINE_AA)
    cv2.ellipse(image, (285, 520), (35, 38), 0, 0, 180, _DARK, 14, cv2.LINE_AA)
    cv2.ellipse(image, (320, 330), (236, 216), 0, 180, 360, colour, -1, cv2.LINE_AA)
    for x, half in ((162, 78), (320, 80), (478, 78)):
        shade = _lighter(colour) if x == 320 else colour  # noqa: PLR2004 - the middle one
        cv2.ellipse(image, (x, 330), (half, 34), 0, 180, 360, shade, -1, cv2.LINE_AA)


_THINGS: dict[str, Callable[[Image, Colour], None]] = {
    "Bag": _bag,
    "Bottle": _bottle,
    "Cup": _cup,
    "Umbrella": _umbrella,
}


def _lighter(colour: Colour) -> Colour:
    blue, green, red = (round(part + (255 - part) * 0.28) for part in colour)
    return blue, green, red


def _filled(image: Image, corners: list[tuple[int, int]], colour: Colour) -> None:
    cv2.fillPoly(image, [np.array(corners, np.int32)], colour, cv2.LINE_AA)

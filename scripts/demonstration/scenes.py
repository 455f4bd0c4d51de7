"""Moving pictures made of photographs: what the demonstration's cameras show.

Portraits come and go in groups of three that drift slowly; the motion gate, the tracker and the
recorder all have their normal work to do.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from edge_agent.domain.detection import Image

FPS = 15
WIDTH, HEIGHT = 1280, 720
PORTRAIT = 320
"""Side of a portrait in the scene, in pixels."""

_GROUP_SECONDS = 2.4
_SLIDE_SECONDS = 1.6
_SWITCHED_SECONDS = 0.5
_DRIFT = 24
"""How far a portrait or slide moves while it is shown, in pixels."""

_NO_INPUT = (190, 40, 20)
"""What recorders show while the input is switched; blue, green, red."""

# Neighbouring groups share no place.
_PLACES = (((80, 20), (480, 20), (880, 20)), ((80, 380), (480, 380), (880, 380)))


def portraits_seconds(count: int) -> float:
    """How long it takes until every one of `count` portraits has been shown."""
    return (count + 2) // 3 * (_GROUP_SECONDS + _SWITCHED_SECONDS)


def slides_seconds(count: int) -> float:
    """How long it takes until every one of `count` slides has been shown."""
    return count * (_SLIDE_SECONDS + _SWITCHED_SECONDS)


def portrait_frames(portraits: Sequence[Image]) -> Iterator[Image]:
    """Frames of (HEIGHT, WIDTH, 3) that show every portrait once, three at a time."""
    ready = [shown_portrait(portrait) for portrait in portraits]
    shown = round(_GROUP_SECONDS * FPS)
    for number, first in enumerate(range(0, len(ready), 3)):
        places = _PLACES[number % 2]
        for step in range(shown):
            frame = _wall()
            for portrait, (x, y) in zip(ready[first : first + 3], places, strict=False):
                left = x + round(_DRIFT * step / shown)
                frame[y : y + PORTRAIT, left : left + PORTRAIT] = portrait
            yield frame
        yield from _switched()


def slide_frames(slides: Sequence[Image]) -> Iterator[Image]:
    """Frames of (HEIGHT, WIDTH, 3) that show every slide once, moving a little."""
    steps = round(_SLIDE_SECONDS * FPS)
    for slide in slides:
        large = shown_slide(slide)
        for step in range(steps):
            x = round(_DRIFT * step / steps)
            yield np.ascontiguousarray(large[_DRIFT // 2 :, x:][:HEIGHT, :WIDTH])
        yield from _switched()


def shown_portrait(portrait: Image) -> Image:
    """A portrait as it appears in the scene: square, PORTRAIT pixels wide."""
    side = min(portrait.shape[:2])
    top, left = (portrait.shape[0] - side) // 2, (portrait.shape[1] - side) // 2
    cut = portrait[top : top + side, left : left + side]
    return np.asarray(
        cv2.resize(cut, (PORTRAIT, PORTRAIT), interpolation=cv2.INTER_CUBIC), np.uint8
    )


def shown_slide(slide: Image) -> Image:
    """A slide as large as it appears in the scene; the scene moves over it."""
    width, height = WIDTH + _DRIFT, HEIGHT + _DRIFT
    scale = max(width / slide.shape[1], height / slide.shape[0])
    size = (
        max(width, round(slide.shape[1] * scale)),
        max(height, round(slide.shape[0] * scale)),
    )
    return np.asarray(cv2.resize(slide, size, interpolation=cv2.INTER_AREA), np.uint8)


def _wall() -> Image:
    shade = np.linspace(96, 150, HEIGHT, dtype=np.uint8)[:, None, None]
    return np.broadcast_to(shade, (HEIGHT, WIDTH, 3)).copy()


def _switched() -> Iterator[Image]:
    """The input is switched: what comes next is another moment, and whoever stands where somebody
    has just stood is not the same person.
    """  # noqa: D205
    for _ in range(round(_SWITCHED_SECONDS * FPS)):
        yield np.full((HEIGHT, WIDTH, 3), _NO_INPUT, np.uint8)

"""Scenes at 720p15, made of the footage that is there: still, quiet and busy.

Footage is told apart by what lies beside it: a street has its ground truth (`NAME.gt.txt`), the
longest other clip is a room. The noise of a sensor is laid over every picture, because an encoder
makes nothing of a picture that is the same twice, and a decoder then has nothing to do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.media import write_h264_clip
from edge_agent.vision.vision import Vision

WIDTH, HEIGHT, FPS = 1280, 720, 15
GOP = 2 * FPS
NOISE = 1.5
"""Standard deviation of the noise, in grey levels: a good sensor in daylight."""

QUIET_S, STILL_S = 20.0, 10.0
QUIET_SHARE = 0.3
"""Share of a quiet scene in which somebody is in view, as nearly as the footage allows."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A clip that can be looped.

    Attributes:
        seconds: one turn of the loop.
        frames: in it.
    """

    name: str
    clip: Path
    seconds: float
    frames: int


def make_scenes(data: Path, folder: Path, vision: Vision) -> list[Scene]:
    """Write the three scenes into `folder`, where they are not there yet.

    Raises:
        SystemExit: the footage has no clip with ground truth, or no other.
    """
    clips = sorted((data / "footage").glob("*.mp4"), key=lambda clip: (_seconds(clip), clip.name))
    streets = [clip for clip in clips if clip.with_suffix(".gt.txt").exists()]
    rooms = [clip for clip in clips if clip not in streets]
    if not streets or not rooms:
        raise SystemExit("footage/ needs a clip with a .gt.txt beside it, and one without")
    folder.mkdir(parents=True, exist_ok=True)
    room = rooms[-1]
    targets = {name: folder / f"{name}-{room.stem}-{streets[-1].stem}.mp4" for name in _NAMES}
    if not all(target.exists() for target in targets.values()):
        here = _presence(room, vision)
        begin = _quiet_begin(here)
        empty = _picture_at(room, float(np.argmin(here)))
        _write(targets["still"], [empty] * round(STILL_S * FPS))
        _write(targets["quiet"], _resampled(room, begin, QUIET_S))
        _write(targets["busy"], _there_and_back(list(_resampled(streets[-1], 0.0, QUIET_S))))
    return [_scene(name, clip) for name, clip in targets.items()]


_NAMES = ("still", "quiet", "busy")


def _scene(name: str, clip: Path) -> Scene:
    with av.open(str(clip)) as container:
        frames = container.streams.video[0].frames
    return Scene(name, clip, frames / FPS, frames)


def _seconds(clip: Path) -> float:
    with av.open(str(clip)) as container:
        return float((container.duration or 0) / av.time_base)


def _resampled(clip: Path, begin: float, seconds: float) -> Iterator[Image]:
    """The pictures that a camera of 15 frames per second would have taken."""
    due = begin
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            at = float(frame.time or 0.0)
            while at >= due:
                if due >= begin + seconds:
                    return
                yield _filled(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
                due += 1 / FPS


def _filled(image: Image) -> Image:
    """The middle of a picture, scaled so that it fills a frame."""
    height, width = image.shape[:2]
    scale = max(WIDTH / width, HEIGHT / height)
    large = cv2.resize(image, (round(width * scale), round(height * scale)))
    top, left = (large.shape[0] - HEIGHT) // 2, (large.shape[1] - WIDTH) // 2
    return np.asarray(large[top : top + HEIGHT, left : left + WIDTH], np.uint8)


def _there_and_back(pictures: Sequence[Image]) -> Iterator[Image]:
    """Without a cut at the end of the loop, which would end everybody's track."""
    yield from pictures
    yield from reversed(pictures[1:-1])


def _picture_at(clip: Path, second: float) -> Image:
    return next(_resampled(clip, second, 1.0))


def _presence(clip: Path, vision: Vision) -> list[int]:
    """How many bodies are in view in each second of a clip."""
    pictures = _resampled(clip, 0.0, _seconds(clip))
    return [
        len(vision.detect(image).bodies)
        for number, image in enumerate(pictures)
        if number % FPS == 0
    ]


def _quiet_begin(here: Sequence[int]) -> float:
    """Where the window begins whose share of seconds with somebody is nearest to the wanted one."""
    length = round(QUIET_S)
    shares = [
        float(np.mean(np.asarray(here[at : at + length]) > 0))
        for at in range(max(1, len(here) - length))
    ]
    return float(np.argmin(np.abs(np.asarray(shares) - QUIET_SHARE)))


def make_flood(scene: Scene, fps: int = 60) -> Path:
    """A scene's pictures, so many a second: somebody has set a camera up wrongly."""
    target = scene.clip.with_name(f"flood-{scene.clip.name}")
    if not target.exists():
        with av.open(str(scene.clip)) as container:
            pictures = (
                np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                for frame in container.decode(video=0)
            )
            part = target.with_suffix(".part.mp4")
            write_h264_clip(part, pictures, fps=fps, gop=2 * fps)
        part.rename(target)
    return target


def _write(target: Path, pictures: Iterator[Image] | list[Image]) -> None:
    noise = np.random.default_rng(0).normal(0, NOISE, (8, HEIGHT, WIDTH, 3)).astype(np.int16)
    noisy = (
        np.clip(image + noise[number % len(noise)], 0, 255).astype(np.uint8)
        for number, image in enumerate(pictures)
    )
    part = target.with_suffix(".part.mp4")
    write_h264_clip(part, noisy, fps=FPS, gop=GOP)
    part.rename(target)

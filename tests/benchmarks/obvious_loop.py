"""The loop that everybody writes first: every frame is decoded, converted, looked at, tracked.

Same weights in the size of input that their pack publishes, same tracker, same conversion; one
thread. Nothing is recorded or remembered, which is to its advantage.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np

from edge_agent.tracking.looks import SceneCut, clothing_looks, colour_looks
from edge_agent.tracking.tracker import Tracker, TrackerOptions
from edge_agent.vision.vision import Vision
from tests.benchmarks.found_people import Moment
from tests.benchmarks.scenes import Scene


@dataclass(frozen=True, slots=True)
class Walked:
    """One turn of a scene.

    Attributes:
        per_frame_s: seconds of processor time.
        moments: who was followed.
    """

    per_frame_s: float
    moments: list[Moment]


def walk(scene: Scene, vision: Vision, turns: int = 2) -> Walked:
    """Look at every frame of a scene; of several turns the last one is told."""
    options, cuts = TrackerOptions(), SceneCut()
    tracker = Tracker(options)
    moments: list[Moment] = []
    began, frames = time.thread_time(), 0
    for turn in range(turns):
        moments.clear()
        for picture, at_ms in _pictures(scene):
            image = np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
            seen = vision.detect(image, options.low)
            step = tracker.update(
                seen,
                round(turn * scene.seconds * 1000) + at_ms,
                face_looks=colour_looks(image, seen.faces.xyxy),
                body_looks=clothing_looks(image, seen.bodies.xyxy),
                cut=cuts.happened(image),
            )
            frames += 1
            in_view = [live for live in step.live if live.seen]
            moments.append(
                Moment(
                    at_ms,
                    tuple(live.number for live in in_view),
                    np.array([live.xyxy for live in in_view], np.float32).reshape(-1, 4),
                )
            )
    return Walked((time.thread_time() - began) / max(1, frames), moments)


def _pictures(scene: Scene) -> Iterator[tuple[av.VideoFrame, int]]:
    with av.open(str(scene.clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        for picture in container.decode(stream):
            yield picture, round(float(picture.time or 0.0) * 1000)

"""Tracks, measured: the product's tracker beside a ByteTrack, on the same detections.

Data: `footage/*.gt.txt` in MOT15's form beside a clip of the same name. Every frame is looked at
once, as the product looks at it, and handed to every tracker that runs at its rate. Boxes count
as they would be stored: a sight from before a track was believed belongs to it all the same, for
the peer as well. Nothing is filled in between sights, because the product does not either.

The figures come from TrackEval (Luiten et al., "HOTA", IJCV 2021): HOTA as the mean over its
thresholds, IDF1, MOTA and switches at an intersection over union of 0.5. The peer is the ByteTrack
(Zhang et al., ECCV 2022) of the package `trackers`: with that package's settings, with those and
without doubtful detections, and with the product's thresholds and patience.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import av
import numpy as np
import numpy.typing as npt
from typing_extensions import override

from edge_agent.domain.detection import Bodies, Floats
from edge_agent.pipeline.looking import View, look
from edge_agent.tracking import SceneCut, Tracker, TrackerOptions
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import frames
from tests.benchmarks.scoring import overlap

_MOT_COLUMNS = 7
_SURE = 0.35
"""Score from which the pack `open` calls a body found."""

_START_MS = 1_000_000

Boxes = dict[int, Floats]
"""Who is where in one frame: a (4,) xyxy box for each number."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How well identities were kept; shares are 0 to 1.

    Attributes:
        hota: mean over the thresholds 0.05 to 0.95.
        switches: how often somebody's number changed.
        tracks: numbers that were given out.
    """

    hota: float
    idf1: float
    mota: float
    switches: int
    tracks: int

    @override
    def __str__(self) -> str:
        return (
            f"HOTA {self.hota:.3f}, IDF1 {self.idf1:.3f}, MOTA {self.mota:.3f},"
            f" {self.switches} switches, {self.tracks} tracks"
        )


@dataclass(slots=True)
class Recorded:
    """One clip as the truth has it and as one tracker saw it, frame by frame.

    Attributes:
        truth: per frame looked at.
        tracked: per frame looked at.
    """

    truth: list[Boxes] = field(default_factory=list)
    tracked: list[Boxes] = field(default_factory=list)


class Follower(Protocol):
    """A tracker under test."""

    def take(self, view: View, cut: bool, at_ms: int) -> None:  # noqa: FBT001
        """Take in the next frame."""

    def tracked(self) -> list[Boxes]:
        """Per frame taken in, the boxes of the tracks that were believed in the end."""


class Ours:
    """The product's tracker."""

    def __init__(self, options: TrackerOptions) -> None:
        self._tracker = Tracker(options)
        self._frames: list[Boxes] = []
        self._believed: set[int] = set()

    def take(self, view: View, cut: bool, at_ms: int) -> None:  # noqa: FBT001
        """Take in the next frame."""
        step = self._tracker.update(
            view.seen, at_ms, face_looks=view.face_looks, body_looks=view.body_looks, cut=cut
        )
        self._believed |= {live.number for live in step.live}
        self._frames.append(
            {
                live.number: view.seen.bodies.xyxy[live.body_row]
                for live in (*step.live, *step.young)
                if live.body_row is not None
            }
        )

    def tracked(self) -> list[Boxes]:
        """Per frame taken in, the boxes of the tracks that were believed in the end."""
        return [
            {number: box for number, box in boxes.items() if number in self._believed}
            for boxes in self._frames
        ]


class Peer:
    """The ByteTrack of the package `trackers`.

    Args:
        fps: frames per second.
        low: detections below this score are not shown to it.
        settings: of `ByteTrackTracker`.
    """

    def __init__(self, fps: float, low: float, settings: dict[str, Any]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from trackers import ByteTrackTracker  # noqa: PLC0415 - heavy, and of benches only

        self._tracker = ByteTrackTracker(frame_rate=fps, **settings)
        self._low = low
        self._frames: list[Boxes] = []
        self._without: Floats = np.empty((0, 4), np.float32)
        self._known: set[int] = set()

    def take(self, view: View, cut: bool, at_ms: int) -> None:  # noqa: ARG002, FBT001
        """Take in the next frame."""
        import supervision  # noqa: PLC0415 - heavy, and of benches only

        bodies: Bodies = view.seen.bodies[view.seen.bodies.score >= self._low]
        seen = supervision.Detections(xyxy=bodies.xyxy, confidence=bodies.score)
        answer = self._tracker.update(seen, timestamp=at_ms / 1000)
        numbers = np.asarray(answer.tracker_id, np.intp)
        xyxy = np.asarray(answer.xyxy, np.float32).reshape(-1, 4)
        boxes = {int(n): box for n, box in zip(numbers, xyxy, strict=True) if n >= 0}
        for number in boxes.keys() - self._known:
            self._first_sight(number, boxes[number])
        self._known |= boxes.keys()
        self._without = xyxy[numbers < 0]
        self._frames.append(boxes)

    def _first_sight(self, number: int, box: Floats) -> None:
        """It numbers a track at its second sight: the first one is the nearest box before."""
        if len(self._without):
            fit = overlap(box[None], self._without)[0]
            if fit.max() > 0:
                self._frames[-1][number] = self._without[int(fit.argmax())]

    def tracked(self) -> list[Boxes]:
        """Per frame taken in, the boxes of the tracks that were believed in the end."""
        return self._frames


@dataclass(slots=True)
class _Run:
    """One tracker at one rate over one clip."""

    name: str
    fps: float
    follower: Follower
    truth: list[Boxes] = field(default_factory=list)


def followed(
    vision: Vision, truth: Path, options: TrackerOptions, rates: Sequence[float | None]
) -> dict[tuple[str, float | None], Recorded]:
    """Let every tracker follow the people of one clip.

    Args:
        vision: finds them.
        truth: MOT15's file beside the clip.
        options: of the product's tracker.
        rates: frames looked at per second; None is the clip's own.

    Returns:
        What came of it, by tracker and rate.
    """
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    people = read_truth(truth)
    native = clip_rate(truth)
    runs = {
        rate: [_Run(name, rate or native, one) for name, one in _trackers(rate or native, options)]
        for rate in rates
    }
    cuts = {rate: SceneCut() for rate in rates}
    for number, image in frames(clip):
        due = [rate for rate in rates if rate is None or is_due(number - 1, native, rate)]
        if number > max(people) or not due:
            continue
        view = look(vision, SceneCut(), image, options.low)
        at_ms = _START_MS + round((number - 1) * 1000 / native)
        for rate in due:
            cut = cuts[rate].happened(image)
            for run in runs[rate]:
                run.follower.take(view, cut, at_ms)
                run.truth.append(people.get(number, {}))
    return {
        (run.name, rate): Recorded(run.truth, run.follower.tracked())
        for rate, several in runs.items()
        for run in several
    }


def _trackers(fps: float, options: TrackerOptions) -> Iterator[tuple[str, Follower]]:
    yield "ours", Ours(options)
    yield "ByteTrack", Peer(fps, options.low, {})
    yield "ByteTrack, sure detections", Peer(fps, _SURE, {})
    same = {
        "track_activation_threshold": options.high,
        "high_conf_det_threshold": options.high,
        "lost_track_buffer": round(options.lost_ms * 30 / 1000),
    }
    yield "ByteTrack, our thresholds", Peer(fps, options.low, same)


def is_due(index: int, native: float, rate: float) -> bool:
    """Whether this frame is the first one after the next moment of a slower clock."""
    return index == 0 or int(index * rate / native) != int((index - 1) * rate / native)


def clip_rate(truth: Path) -> float:
    """Frames per second of the clip beside MOT15's file."""
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    with av.open(str(clip)) as container:
        return float(container.streams.video[0].average_rate or 25)


def read_truth(truth: Path) -> dict[int, Boxes]:
    """Who is where in each frame, counted from 1; rows that do not count are left out."""
    people: dict[int, Boxes] = defaultdict(dict)
    for line in truth.read_text().splitlines():
        words = line.split(",")
        if len(words) >= _MOT_COLUMNS and float(words[6]):
            left, top, width, height = map(float, words[2:6])
            box = np.array([left, top, left + width, top + height], np.float32)
            people[int(words[0])][int(words[1])] = box
    return dict(people)


def judged(clips: Sequence[Recorded]) -> Figures:
    """The figures over all clips together, counted as if they were one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trackeval.metrics import CLEAR, HOTA, Identity  # noqa: PLC0415 - of benches only

    quiet = {"PRINT_CONFIG": False}
    metrics = {"hota": HOTA(), "clear": CLEAR(quiet), "identity": Identity(quiet)}
    every = [_as_evaluated(one) for one in clips]
    found = {
        name: metric.combine_sequences(
            {str(row): metric.eval_sequence(data) for row, data in enumerate(every)}
        )
        for name, metric in metrics.items()
    }
    return Figures(
        hota=float(np.mean(found["hota"]["HOTA"])),
        idf1=float(found["identity"]["IDF1"]),
        mota=float(found["clear"]["MOTA"]),
        switches=int(found["clear"]["IDSW"]),
        tracks=sum(data["num_tracker_ids"] for data in every),
    )


def _as_evaluated(clip: Recorded) -> dict[str, Any]:
    """One clip in the form that TrackEval's metrics take."""
    true_ids, true_count = _numbered(clip.truth)
    ids, count = _numbered(clip.tracked)
    return {
        "num_timesteps": len(clip.truth),
        "num_gt_ids": true_count,
        "num_tracker_ids": count,
        "num_gt_dets": sum(map(len, clip.truth)),
        "num_tracker_dets": sum(map(len, clip.tracked)),
        "gt_ids": true_ids,
        "tracker_ids": ids,
        "similarity_scores": [
            overlap(_rows(true), _rows(seen))
            for true, seen in zip(clip.truth, clip.tracked, strict=True)
        ],
    }


def _numbered(frames: Sequence[Boxes]) -> tuple[list[npt.NDArray[np.intp]], int]:
    row = {number: row for row, number in enumerate(sorted({n for one in frames for n in one}))}
    return [np.array([row[number] for number in one], np.intp) for one in frames], len(row)


def _rows(boxes: Boxes) -> Floats:
    return np.array(list(boxes.values()), np.float32).reshape(-1, 4)

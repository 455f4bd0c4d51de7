"""Parts of the accuracy bench with something beside: another detector, colours, darkness."""

from pathlib import Path

import numpy as np

from edge_agent.vision.vision import Vision
from tests.benchmarks.faces_beside import (
    faces_beside,
    landmark_errors,
    photographs,
    portraits_of,
)
from tests.benchmarks.failures import (
    FACE_SIDES,
    Share,
    bodies_by_size_and_light,
    pairs_by_turn_and_light,
    shares,
)
from tests.benchmarks.nearest_bodies import found_again, sights_of
from tests.benchmarks.promised import hold, tell
from tests.benchmarks.report import Report
from tests.benchmarks.scoring import likely_range

_PHOTOGRAPHS = 220
_PORTRAITS = 100
_PRECISION = 0.9


def faces_of_both(report: Report, vision: Vision, other: Vision, data: Path) -> None:
    """Faces and their points beside those of another pack."""
    if paths := photographs(data, _PHOTOGRAPHS):
        beside = faces_beside(vision, other, paths)
        count = len(beside.sides)
        reported = sum(len(one.score) for one in beside.judged)
        right = sum(int(one.right.sum()) for one in beside.judged)
        report.fact("photographs looked at for faces", len(paths))
        if count:
            tell(report, vision, "faces found of those of open", int(beside.found.sum()), count)
            best = beside.recall_at(_PRECISION)
            hold(
                report, vision,
                f"faces found of those of open, where {_PRECISION:g} of them are right", best,
            )  # fmt: skip
        if reported:
            tell(report, vision, "faces reported that open has as well", right, reported)
        _note(report, "faces found, px of 416", shares(beside.sides, beside.found, FACE_SIDES))
    if paths := portraits_of(data, _PORTRAITS):
        errors = landmark_errors(vision, other, paths)
        if len(errors):
            report.fact("points of a face, portraits", len(errors))
            report.fact("points of a face, median distance", float(np.median(errors)))
            name = "points of a face, distance from those of open"
            hold(report, vision, name, float(errors.mean()))


def bodies_again(report: Report, vision: Vision, data: Path) -> None:
    """Bodies found again in their own clip, beside the colours of stripes."""
    for truth in sorted(data.glob("footage/*.gt.txt")):
        clip = truth.name.removesuffix(".gt.txt")
        sights = sights_of(vision, truth)
        if not len(sights.person):
            continue
        ours = found_again(sights, sights.by_vector)
        colours = found_again(sights, sights.by_stripes)
        if not len(ours):
            continue
        name = f"bodies found again, {clip}"
        tell(report, vision, name, int(ours.sum()), len(ours))
        tell(report, vision, f"{name}, by colours alone", int(colours.sum()), len(colours))
        gain = float(ours.mean() - colours.mean())
        hold(report, vision, f"{name} above the colours of stripes", gain)


def failures(report: Report, vision: Vision, data: Path) -> None:
    """By size, light and turn of the head."""
    by_height, by_light = bodies_by_size_and_light(vision, data)
    _note(report, "bodies found, height in px of 416", by_height)
    _note(report, "bodies found", by_light)
    by_turn, by_brightness = pairs_by_turn_and_light(vision, data, vision.info.face_threshold)
    _note(report, "pairs of one person, nose off the middle by eye distances", by_turn)
    _note(report, "pairs of one person, brightness of the darker face", by_brightness)


def _note(report: Report, name: str, classes: list[Share]) -> None:
    for one in classes:
        low, high = likely_range(one.found, one.asked)
        report.fact(
            f"{name}, {one.name}",
            f"{one.found} of {one.asked}: {one.found / one.asked:.1%}"
            f" (95 %: {low:.1%} to {high:.1%})",
        )

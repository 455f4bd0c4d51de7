"""The glue between trackers, truth and the published evaluator, on cases with known answers."""

from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Faces, Seen
from edge_agent.domain.vector import Part
from edge_agent.pipeline.looking import View
from edge_agent.settings import default_settings
from tests.benchmarks.tracking_accuracy import (
    Boxes,
    Follower,
    Ours,
    Peer,
    Recorded,
    judged,
    read_truth,
)

FRAMES = 10


def walk(number: int, left: float) -> list[Boxes]:
    """Somebody who goes to the right, 4 pixels per frame."""
    return [
        {number: np.array([left + 4 * at, 50, left + 4 * at + 60, 230], np.float32)}
        for at in range(FRAMES)
    ]


def both(one: list[Boxes], other: list[Boxes]) -> list[Boxes]:
    return [{**mine, **theirs} for mine, theirs in zip(one, other, strict=True)]


TRUTH = both(walk(1, 20), walk(2, 400))


def view(boxes: Boxes) -> View:
    xyxy = np.array(list(boxes.values()), np.float32).reshape(-1, 4)
    count = len(xyxy)
    return View(
        seen=Seen(Faces.none(), Bodies(xyxy, np.full(count, 0.9, np.float32))),
        bounds={Part.FACE: np.empty(0, np.float32), Part.BODY: np.full(count, 0.5, np.float32)},
        face_looks=np.empty((0, 4), np.float32),
        body_looks=np.full((count, 4), 0.5, np.float32),
        cut=False,
    )


def test_the_truth_itself_is_without_fault() -> None:
    figures = judged([Recorded(TRUTH, TRUTH)])
    assert (figures.hota, figures.idf1, figures.mota) == pytest.approx((1, 1, 1))
    assert (figures.switches, figures.tracks) == (0, 2)


def test_people_who_exchange_numbers_cost_identity_not_detection() -> None:
    swapped = TRUTH[:5] + both(walk(2, 20), walk(1, 400))[5:]
    figures = judged([Recorded(TRUTH, swapped)])
    assert figures.idf1 == pytest.approx(0.5)
    assert figures.switches == 2
    assert figures.mota == pytest.approx(1 - 2 / (2 * FRAMES))


def test_somebody_who_is_not_tracked_costs_half() -> None:
    figures = judged([Recorded(TRUTH, walk(7, 20))])
    assert figures.mota == pytest.approx(0.5)
    assert figures.idf1 == pytest.approx(2 / 3)


def test_clips_count_together_by_their_boxes() -> None:
    good, bad = Recorded(TRUTH, TRUTH), Recorded(TRUTH, [{} for _ in TRUTH])
    assert judged([good, bad]).mota == pytest.approx(0.5)


@pytest.mark.parametrize(
    "follower", [Ours(default_settings().tracker), Peer(25.0, 0.1, {})], ids=["ours", "peer"]
)
def test_both_trackers_get_their_first_sights_too(follower: Follower) -> None:
    for at, boxes in enumerate(TRUTH):
        follower.take(view(boxes), cut=False, at_ms=40 * at + 1000)
    figures = judged([Recorded(TRUTH, follower.tracked())])
    assert (figures.idf1, figures.mota, figures.switches) == pytest.approx((1, 1, 0))


def test_a_ghost_of_one_frame_does_not_count() -> None:
    ours = Ours(default_settings().tracker)
    ghost: Boxes = {9: np.array([200, 10, 240, 150], np.float32)}
    for at, boxes in enumerate(TRUTH):
        ours.take(view({**boxes, **ghost} if at == 0 else boxes), cut=False, at_ms=40 * at + 1000)
    assert {number for boxes in ours.tracked() for number in boxes} == {1, 2}


def test_rows_that_do_not_count_are_not_the_truth(tmp_path: Path) -> None:
    file = tmp_path / "clip.gt.txt"
    file.write_text("1,4,10,20,30,40,1,-1,-1,-1\n1,5,10,20,30,40,0,-1,-1,-1\n2,4,1,2,3,4,1\n")
    truth = read_truth(file)
    assert {frame: sorted(people) for frame, people in truth.items()} == {1: [4], 2: [4]}
    assert truth[1][4].tolist() == [10, 20, 40, 60]

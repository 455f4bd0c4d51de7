"""The tracker on people's real paths: ground truth of MOT15 as detections."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from edge_agent.domain.detection import Bodies, Faces, Seen
from edge_agent.tracking import Tracker, TrackerOptions
from edge_agent.tracking.assignment import assign

TESTDATA = os.environ.get("EDGE_AGENT_TESTDATA")
FRAME_MS = 40

pytestmark = [
    pytest.mark.testdata,
    pytest.mark.skipif(TESTDATA is None, reason="EDGE_AGENT_TESTDATA is not set"),
]


def annotations(name: str) -> npt.NDArray[np.float64]:
    """(n, 6): frame, id, left, top, width, height."""
    path = Path(TESTDATA or "") / "footage" / f"mot15_{name}.gt.txt"
    return np.loadtxt(path, delimiter=",")[:, :6]


def score(
    rows: npt.NDArray[np.float64], *, every: int, missed: float = 0.0, shaken: float = 0.0
) -> tuple[float, int]:
    """IDF1 (Ristani et al. 2016) and identity switches at one frame in `every`.

    Args:
        rows: the annotations.
        every: 1 takes all 25 frames per second.
        missed: share of detections left out at random.
        shaken: standard deviation of each side of a box, in heights of it.
    """
    rng = np.random.default_rng(0)
    tracker = Tracker(TrackerOptions(confirm_hits=1))
    together: Counter[tuple[int, int]] = Counter()
    last: dict[int, int] = {}
    true_sights = switches = 0
    for frame in range(1, int(rows[:, 0].max()) + 1, every):
        here = rows[rows[:, 0] == frame]
        true_sights += len(here)
        here = here[rng.random(len(here)) >= missed]
        xyxy = here[:, 2:6] + rng.normal(size=(len(here), 4)) * shaken * here[:, 5:6]
        xyxy[:, 2:] += xyxy[:, :2]
        bodies = Bodies(xyxy.astype(np.float32), np.full(len(xyxy), 0.9, np.float32))
        for track in tracker.update(Seen(Faces.none(), bodies), frame * FRAME_MS).live:
            if track.body_row is None:
                continue
            person = int(here[track.body_row, 1])
            together[person, track.number] += 1
            switches += last.get(person, track.number) != track.number
            last[person] = track.number
    people = sorted({person for person, _ in together})
    tracks = sorted({number for _, number in together})
    counts = np.array([[together[person, number] for number in tracks] for person in people])
    shared = sum(counts[pair] for pair in assign(1 - counts / counts.max(), 1.0))
    return float(2 * shared / (true_sights + counts.sum())), switches


@pytest.mark.parametrize("every", [1, 3, 5, 8])
@pytest.mark.parametrize(
    ("name", "least", "most_switches"), [("TUD-Campus", 0.93, 2), ("TUD-Stadtmitte", 0.99, 0)]
)
def test_identities_hold_at_25_to_3_frames_per_second(
    name: str, every: int, least: float, most_switches: int
) -> None:
    idf1, switches = score(annotations(name), every=every)
    assert idf1 >= least
    assert switches <= most_switches


@pytest.mark.parametrize("name", ["TUD-Campus", "TUD-Stadtmitte"])
def test_identities_mostly_hold_with_missed_and_shaken_boxes(name: str) -> None:
    idf1, _ = score(annotations(name), every=3, missed=0.15, shaken=0.02)
    assert idf1 >= 0.8

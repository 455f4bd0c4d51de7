"""What a camera's health says of real pictures, and of cameras that really go wrong."""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Floats
from edge_agent.ingest.fault import Fault
from edge_agent.ingest.gate import luma_cells
from edge_agent.ingest.health import Health
from edge_agent.ingest.source import PictureWatchOptions
from edge_agent.ingest.view_watch import (
    BLURRED_BELOW,
    SAMPLES,
    STEADY_ABOVE,
    _detail,
    _edges,
    likeness,
)

LOOK_MS = 500
MINUTES = 8


def footage() -> list[Path]:
    folder = os.environ.get("EDGE_AGENT_TESTDATA")
    return sorted(Path(folder, "footage").glob("*.mp4")) if folder else []


def looks(clip: Path) -> Iterator[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """The cells of two pictures a second of a clip that is played again and again."""
    with av.open(clip) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 25)
        cells = [
            luma_cells(frame)
            for number, frame in enumerate(container.decode(stream))
            if number % max(1, round(rate * LOOK_MS / 1000)) == 0
        ]
    return itertools.cycle(cells)


def told(health: Health, cells: object, start_ms: int, seconds: float) -> list[Fault]:
    assert isinstance(cells, Iterator)
    return [
        fault
        for at in range(start_ms, start_ms + round(seconds * 1000), LOOK_MS)
        for fault in health.look(next(cells), None, at)
    ]


def view_of(cells: object, start: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    assert isinstance(cells, Iterator)
    return _edges(np.median(list(itertools.islice(cells, start, start + SAMPLES)), axis=0), None)


@pytest.mark.testdata
@pytest.mark.parametrize("clip", footage(), ids=lambda clip: clip.stem)
def test_ordinary_footage_raises_no_alarm(clip: Path) -> None:
    health = Health(PictureWatchOptions())
    assert told(health, looks(clip), 1_000_000, MINUTES * 60) == []


@pytest.mark.testdata
@pytest.mark.parametrize("clip", footage(), ids=lambda clip: clip.stem)
def test_of_each_a_turned_view_is_told_and_its_end(clip: Path) -> None:
    views = [view_of(looks(clip), start) for start in (0, SAMPLES)]
    if likeness(*views) < STEADY_ABOVE:
        pytest.skip("filmed by hand: no view of it lasts")
    health = Health(PictureWatchOptions())
    before = told(health, looks(clip), 0, 240)
    turned = (np.roll(cells, 24, axis=1)[:, ::-1].copy() for cells in looks(clip))
    during = told(health, turned, 240_000, 300)
    after = told(health, looks(clip), 540_000, 240)
    assert [(fault.kind, fault.present) for fault in before + during + after] == [
        ("moved", True),
        ("moved", False),
    ]
    assert [fault.kind for fault in during] == ["moved"]


def blurred_once(cells: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(cells, (0, 0), 30), np.float32)


@pytest.mark.testdata
@pytest.mark.parametrize("clip", footage(), ids=lambda clip: clip.stem)
def test_of_each_a_blurred_view_is_told_and_its_end_and_dimmed_light_is_not(clip: Path) -> None:
    sharp = next(looks(clip))
    if _detail(blurred_once(sharp), None) > BLURRED_BELOW * _detail(sharp, None) / 2:
        pytest.skip("one large smooth thing fills it: there is no detail to be lost")
    health = Health(PictureWatchOptions())
    before = told(health, looks(clip), 0, 240)
    dimmed = (16 + (cells - 16) * np.float32(0.6) for cells in looks(clip))
    before += told(health, dimmed, 240_000, 120)
    assert before == []
    blurred = (blurred_once(cells) for cells in looks(clip))
    during = told(health, blurred, 360_000, 120)
    after = told(health, looks(clip), 480_000, 120)
    assert [(fault.kind, fault.present) for fault in during + after] == [
        ("blurred", True),
        ("blurred", False),
    ]

from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge_agent.domain.detection import Floats
from edge_agent.ingest.picture_watch import PictureWatch
from edge_agent.ingest.source import PictureWatchOptions

if TYPE_CHECKING:
    from edge_agent.ingest.fault import Fault

random = np.random.default_rng(3)


def lively() -> Floats:
    return random.uniform(0, 255, (90, 160)).astype(np.float32)


STILL = lively()


@pytest.mark.parametrize(
    ("cells", "kind", "after_ms"),
    [
        (np.full((90, 160), 16, np.float32), "black", 5000),
        (np.full((90, 160), 120, np.float32), "covered", 5000),
        (STILL, "frozen", 60_000),
    ],
)
def test_a_useless_picture_is_told_once_and_its_end_too(
    cells: Floats, kind: str, after_ms: int
) -> None:
    watch = PictureWatch(PictureWatchOptions())
    told = [(at, fault) for at in range(0, 90_000, 40) for fault in watch.look(cells, at)]
    told += [(at, fault) for at in range(90_000, 92_000, 40) for fault in watch.look(lively(), at)]

    (began_ms, began), (ended_ms, ended) = told
    assert began.kind == ended.kind == kind
    assert (began.present, ended.present) == (True, False)
    assert after_ms <= began_ms <= after_ms + 2000
    assert began.since_ms <= 2000
    assert 90_000 <= ended_ms <= 91_000


def test_a_good_picture_is_not_mentioned() -> None:
    watch = PictureWatch(PictureWatchOptions(dark_s=1, frozen_s=1))
    told: list[Fault] = []
    for at in range(0, 20_000, 40):
        told += watch.look(lively(), at)
    assert told == []

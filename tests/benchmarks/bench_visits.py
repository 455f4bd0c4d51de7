"""Visits: how often photographs of one person become one visit, and of two people do not.

Data: `labelled/*/watchlist_1n.txt` (see `face_accuracy`). Every photograph stands for one track, by
one camera after the other and in mixed order, all within one visit's time. This is thin: portraits
of the press are no shop's cameras, nothing of it shows clothes, and nobody walks. Recordings of one
shop by several cameras, with everybody labelled, were not at hand.
"""

import itertools
import random
from pathlib import Path

from edge_agent.domain.vector import Part, Vector
from edge_agent.tasks.linking import LinkingOptions, Sighted, best_link
from edge_agent.vision.vision import Vision
from tests.benchmarks.face_accuracy import Portraits
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting

_STEP_MS = 1000
_MOST = 400


def run(setting: Setting) -> Report:
    """Link the photographs and count pairs."""
    report = Report("visits")
    data = setting.need_data()
    lists = sorted(data.glob("labelled/*/watchlist_1n.txt"))
    if not lists:
        raise SystemExit("there is no labelled/*/watchlist_1n.txt under EDGE_AGENT_TESTDATA")
    vision = setting.vision()
    photographs = _photographs(lists[0])
    random.Random(7).shuffle(photographs)  # noqa: S311 - an order, no secret
    tracks = _tracks(vision, photographs[:_MOST])
    visits = _linked(vision, tracks)
    _count(report, visits)
    return report


def _photographs(watchlist: Path) -> list[Path]:
    lines = [line.split("\t") for line in watchlist.read_text().splitlines() if line.strip()]
    return sorted({watchlist.parent / "images" / path for _, path in lines})


def _tracks(vision: Vision, photographs: list[Path]) -> list[tuple[str, Sighted]]:
    portraits = Portraits(vision)
    found = []
    for number, path in enumerate(photographs):
        values = portraits.vector(path)
        if values is not None:
            vector = Vector(Part.FACE, vision.info.face_model, values)
            at_ms = number * _STEP_MS
            sighted = Sighted(
                track=f"{number:06}",
                camera=f"camera-{number % 8}",
                start_ms=at_ms,
                end_ms=at_ms + _STEP_MS // 2,
                vectors={Part.FACE: vector},
            )
            found.append((path.parent.name, sighted))
    return found


def _linked(
    vision: Vision, tracks: list[tuple[str, Sighted]]
) -> dict[str, list[tuple[str, Sighted]]]:
    thresholds = {
        Part.FACE: vision.info.face_threshold,
        Part.BODY: vision.info.body_threshold,
    }
    visits: dict[str, list[tuple[str, Sighted]]] = {}
    for who, new in tracks:
        link = best_link(
            new,
            {name: [sighted for _, sighted in inside] for name, inside in visits.items()},
            apart=(),
            thresholds=thresholds,
            options=LinkingOptions(),
            day_of=lambda _: 0,
        )
        visits.setdefault(new.track if link is None else link.session, []).append((who, new))
    return visits


def _count(report: Report, visits: dict[str, list[tuple[str, Sighted]]]) -> None:
    where = [(who, name) for name, inside in visits.items() for who, _ in inside]
    pairs = list(itertools.combinations(where, 2))
    linked = [one[0] == other[0] for one, other in pairs if one[1] == other[1]]
    same = [one[1] == other[1] for one, other in pairs if one[0] == other[0]]
    report.fact("tracks", len(where))
    report.fact("people", len({who for who, _ in where}))
    report.fact("visits", len(visits))
    report.fact("pairs of one person", len(same))
    report.fact("pairs in one visit", len(linked))
    report.target("pairs in one visit that are one person", _share(linked), "share", ">= 0.95")
    report.target("pairs of one person in one visit", _share(same), "share", ">= 0.8")


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0

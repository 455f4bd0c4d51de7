"""What similarities are worth: fits the evidence of faces and bodies, checks it on other people.

Fitted on one half of the people and checked on the other, both ways; then on everybody, for the
pack's manifest. Writes what belongs there to build/calibration.json and a picture of how right the
checked evidence is to build/reliability.svg; the one in docs/ was made by it.
"""

import json
from collections.abc import Iterable

import numpy as np

from edge_agent.domain.calibration import Curve
from edge_agent.domain.vector import Part
from tests.benchmarks.calibrating import (
    Judged,
    Point,
    fitted,
    judged,
    judged_range,
    reliability,
    thresholds,
    told,
)
from tests.benchmarks.labelled_sights import HALVES, Pairs, Sights, seen_bodies, seen_faces
from tests.benchmarks.reliability_picture import drawn
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting

OTHER_CLOTHES = 0.5
"""Share of somebody's other sights in which they wear something else: assumed, since the footage
knows nobody twice on two days."""

RARELY = 0.02
"""The same within the footage, for the check: nobody changes clothes there."""

PRIORS = (0.5, 0.001)
SHRUNK = (0.35, 0.2)
"""LFW's faces are about 100 pixels wide: 35 and 20."""


def run(setting: Setting) -> Report:
    """Fit, check, write."""
    report = Report("calibration")
    data, vision = setting.need_data(), setting.vision()
    report.fact("pack", vision.info.name)
    with setting.console.status("faces"):
        faces = seen_faces(vision, data)
    with setting.console.status("bodies"):
        bodies = seen_bodies(vision, data)
    points = {
        Part.FACE: _checked(report, Part.FACE, faces, None),
        Part.BODY: _checked(report, Part.BODY, bodies, RARELY),
    }
    info = vision.info
    at = {
        Part.FACE: (info.face_threshold, info.face_pair_threshold),
        Part.BODY: (info.body_threshold,),
    }
    fits = {
        Part.FACE: _for_the_manifest(report, Part.FACE, faces, None, at[Part.FACE]),
        Part.BODY: _for_the_manifest(report, Part.BODY, bodies, OTHER_CLOTHES, at[Part.BODY]),
    }
    for shrunk in SHRUNK:
        with setting.console.status(f"faces, pictures scaled by {shrunk}"):
            smaller = seen_faces(vision, data, shrunk)
        _far_away(report, faces.against(smaller), fits[Part.FACE], shrunk)
    build = setting.scratch()
    written = {part.value: fit for part, fit in fits.items()}
    (build / "calibration.json").write_text(json.dumps(written, indent=2) + "\n")
    (build / "reliability.svg").write_text(drawn(points))
    return report


def _checked(report: Report, part: Part, sights: Sights, unlike: float | None) -> list[Point]:
    """Both halves, each judged by what was fitted on the other."""
    halves = [sights.pairs([half]) for half in HALVES]
    fits = [fitted(half, unlike) for half in halves]
    evidence = np.concatenate(
        [told(fit, half) for fit, half in zip(reversed(fits), halves, strict=True)]
    )
    pairs = Pairs.joined(halves)
    for prior in PRIORS:
        found = judged(evidence, pairs, prior)
        low, high = judged_range(evidence, pairs, prior)
        name = f"{part}, other people than fitted on, prior {prior:g}"
        report.fact(f"{name}, Brier score", _with_range(found.brier, low.brier, high.brier))
        report.fact(f"{name}, cost (bits)", _with_range(found.cost, low.cost, high.cost))
        bound = "<= 0.03" if part is Part.FACE else "<= 0.1"
        report.fact(f"{name}, calibration error", _with_range(found.error, low.error, high.error))
        if prior == PRIORS[0]:
            report.target(f"{name}, calibration error", found.error, "", bound)
            report.target(f"{name}, cost over saying nothing", found.cost, "", "<= 0.5")
    return reliability(evidence, pairs)


def _for_the_manifest(
    report: Report, part: Part, sights: Sights, unlike: float | None, at_thresholds: Iterable[float]
) -> dict[str, object]:
    pairs = sights.pairs(HALVES)
    fit = fitted(pairs, unlike)
    alarms = {str(alarms): round(at, 3) for alarms, at in thresholds(pairs).items()}
    report.fact(
        f"{part}, fitted on everybody",
        f"{fit.slope:.2f} s {fit.offset:+.2f}, at most {fit.highest:.2f} nats,"
        f" unlike {fit.unlike:.3f}; {pairs.people} people seen twice,"
        f" {pairs.strangers} pairs of strangers",
    )
    report.fact(f"{part}, false alarms in 10,000: similarity", str(alarms))
    taken = np.where(pairs.same, 0, pairs.weight)
    for at in at_thresholds:
        share = taken[pairs.score >= at].sum() / taken.sum()
        report.fact(f"{part}, strangers that reach the pack's {at:g}", f"{share:.3%}")
    return {
        "slope": round(fit.slope, 2),
        "offset": round(fit.offset, 2),
        "highest": round(fit.highest, 2),
        "unlike": round(fit.unlike, 3),
        "false_alarms": alarms,
        "made": f"scripts/bench calibration: {pairs.people} people seen twice or more,"
        f" {pairs.strangers} pairs of strangers",
    }


def _far_away(report: Report, pairs: Pairs, fit: dict[str, object], shrunk: float) -> None:
    """What the evidence of sharp pictures is off by where one of two is taken from far away."""
    curve = Curve(
        **{name: float(str(fit[name])) for name in ("slope", "offset", "highest", "unlike")}
    )
    evidence = told(curve, pairs)
    found: Judged = judged(evidence, pairs, PRIORS[0])
    report.fact(f"face, one picture scaled by {shrunk}, calibration error", found.error)
    off = [one.counted - one.told for one in reliability(evidence, pairs) if not one.least]
    report.fact(f"face, one picture scaled by {shrunk}, worth more by (nats, mean)", np.mean(off))


def _with_range(value: float, low: float, high: float) -> str:
    return f"{value:.4g} (95 %: {low:.3g} to {high:.3g})"

"""Who is found and who is mistaken: faces, watch list, bodies, tracks, attributes, body search.

All thresholds are the pack's own, fixed before: of faces one for a pair of given pictures and a
stricter one for somebody found among many. Targets are what docs/models.md says of the pack; a pack
of which nothing is said has facts only.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from edge_agent.domain.worn import LOWER, UPPER
from edge_agent.settings import default_settings
from edge_agent.tracking.best import BestShotOptions
from edge_agent.vision.attributes_task import LEAST_F1
from edge_agent.vision.vision import Vision
from tests.benchmarks.accuracy_beside import bodies_again, faces_of_both, failures
from tests.benchmarks.attribute_accuracy import (
    EVERYTHING,
    People,
    answers,
    colour_mistakes,
    labelled_people,
)
from tests.benchmarks.body_accuracy import judged_footage, judged_photographs, searched
from tests.benchmarks.face_accuracy import Portraits, compared_pairs, every_pair, watched
from tests.benchmarks.promised import hold, tell
from tests.benchmarks.report import Report, processor_seconds
from tests.benchmarks.scoring import Judged, detection_precision
from tests.benchmarks.setting import Setting
from tests.benchmarks.tracking_accuracy import Figures, followed, judged
from tests.benchmarks.yes_or_no import Answer, Answered, f1_range, mean_confidence

RATES = (None, 10.0, 5.0)
"""Frames per second that tracks are measured at: the clip's own, and what a box has time for."""

DETECT_FPS = 5.0
"""Frames per second that a camera is looked at where nothing else is configured."""

Part = Callable[[Report, Vision, Path], None]

BESIDE = "open"
"""The pack whose detector others are held against."""


def run(setting: Setting) -> Report:
    """Measure everything there is data for."""
    report = Report("accuracy")
    vision, data = setting.vision(), setting.need_data()
    say_pack(report, vision)
    for name, part in PARTS.items():
        with setting.console.status(name):
            part(report, vision, data)
    if vision.info.name != BESIDE and setting.mirror is not None:
        with setting.console.status(f"beside the pack {BESIDE}"):
            faces_of_both(report, vision, setting.vision(pack=BESIDE), data)
    return report


def say_pack(report: Report, vision: Vision) -> None:
    """Note which pack is judged, and its thresholds."""
    report.fact("pack", f"{vision.info.name} ({vision.info.licence})")
    report.fact("face threshold, one found among many", vision.info.face_threshold)
    report.fact("face threshold, two given faces", vision.info.face_pair_threshold)
    report.fact("body threshold", vision.info.body_threshold)


def _faces(report: Report, vision: Vision, data: Path) -> None:
    portraits, threshold = Portraits(vision), vision.info.face_threshold
    if files := sorted(data.glob("labelled/*/pairs*.txt")):
        pairs = compared_pairs(portraits, files)
        right, count = pairs.right_at(vision.info.face_pair_threshold), len(pairs.same)
        tell(report, vision, "pairs right at the fixed threshold", right, count)
        right = pairs.right_at(threshold)
        tell(report, vision, "pairs right at the threshold of searches", right, count)
        folded = pairs.folded()
        hold(report, vision, "pairs right, threshold by ten folds", folded.mean)
        report.fact("spread over the ten folds", folded.spread)
        report.fact("threshold by ten folds", folded.threshold)
    for file in sorted(data.glob("labelled/*/watchlist_1n.txt")):
        listed = watched(portraits, file, threshold)
        report.fact("watch list, people with one picture each", listed.people)
        tell(report, vision, "watch list, own person first", listed.first, listed.probes)
        tell(report, vision, "watch list, found", listed.found, listed.probes)
        tell(report, vision, "watch list, strangers taken", listed.taken, listed.strangers)
    if len(portraits):
        seen = len(portraits) - len(portraits.without_face)
        tell(report, vision, "portraits with a face found", seen, len(portraits))
        every = every_pair(portraits, threshold)
        tell(report, vision, "pairs of one person found", every.found, every.own)
        name = "pairs of strangers above the threshold"
        tell(report, vision, name, every.taken, every.strangers)


def _bodies(report: Report, vision: Vision, data: Path) -> None:
    every: list[Judged] = []
    for annotations in sorted(data.glob("labelled/*/*.json")):
        every += (judged := judged_photographs(vision, annotations))
        people = sum(one.wanted for one in judged)
        report.fact(f"{annotations.stem}: pictures, people", f"{len(judged)}, {people}")
        hold(report, vision, f"person AP50 of {annotations.stem}", detection_precision(judged))
    if every:
        hold(report, vision, "person AP50, all photographs", detection_precision(every))
    for truth in sorted(data.glob("footage/*.gt.txt")):
        judged = judged_footage(vision, truth)
        people = sum(one.wanted for one in judged)
        clip = truth.name.removesuffix(".gt.txt")
        report.fact(f"{clip}: frames, boxes", f"{len(judged)}, {people}")
        hold(report, vision, f"person AP50, footage {clip}", detection_precision(judged))


def _tracks(report: Report, vision: Vision, data: Path) -> None:
    """Every tracker at every rate; the targets are held at the rate of the clips themselves."""
    truths = sorted(data.glob("footage/*.gt.txt"))
    clips = {
        truth.name.removesuffix(".gt.txt"): followed(
            vision, truth, default_settings().tracker, RATES
        )
        for truth in truths
    }
    if not clips:
        return
    for rate in RATES:
        at = f"{rate:g} frames per second" if rate else "every frame"
        names = [name for name, its_rate in next(iter(clips.values())) if its_rate == rate]
        together = {name: judged([one[name, rate] for one in clips.values()]) for name in names}
        alone = {
            clip: {name: judged([one[name, rate]]) for name in names} for clip, one in clips.items()
        }
        for name in names:
            for clip, figures in alone.items():
                report.fact(f"tracks, {clip}, {at}, {name}", str(figures[name]))
            report.fact(f"tracks, together, {at}, {name}", str(together[name]))
        if rate is None:
            _hold_tracks(report, together, alone)


def _hold_tracks(
    report: Report, together: dict[str, Figures], alone: dict[str, dict[str, Figures]]
) -> None:
    """Held against the better one of the peers, over everything and for each clip."""
    ours, *peers = together
    peer = max(peers, key=lambda name: together[name].idf1)
    report.fact("tracks, the better peer", peer)
    gain = together[ours].idf1 - together[peer].idf1
    report.target("tracks together, IDF1 above the better peer's", gain, "", ">= 0.001")
    for clip, figures in alone.items():
        gain = figures[ours].idf1 - figures[peer].idf1
        report.target(f"tracks, {clip}, IDF1 above that peer's", gain, "", ">= -0.02")


def _attributes(report: Report, vision: Vision, data: Path) -> None:
    """What people wear, per person as the box tells it and per picture that it could look at."""
    if not vision.info.attributes:
        return
    shot = default_settings().body_shot
    found = labelled_people(vision, data, DETECT_FPS, shot.least)
    if not found.people:
        return
    persons = [(person, person.kept(shot)) for person in found.people]
    pictures = [(person, [sight]) for person in found.people for sight in person.sights]
    told = sum(bool(kept) for _, kept in persons)
    kept = sum(len(kept) for _, kept in persons)
    report.fact("attributes, people told of", f"{told} of {len(persons)}, {kept} pictures read")
    for key in EVERYTHING:
        for name, asked in (("per person", persons), ("per picture", pictures)):
            _tell_attribute(report, vision, f"attribute {key}, {name}", key, answers(key, asked))
    for key in (UPPER, LOWER):
        report.fact(f"attribute {key}, mistakes", colour_mistakes(key, persons))
    _tell_cost(report, vision, found, shot)


def _tell_attribute(
    report: Report, vision: Vision, name: str, key: str, given: list[Answer]
) -> None:
    if not given:
        return
    if key in (UPPER, LOWER):
        tell(report, vision, name, sum(one.said for one in given), len(given))
        f1 = sum(one.said for one in given) / len(given)
    else:
        count = Answered.of(given)
        low, high = f1_range(given)
        f1 = count.f1
        report.fact(
            name,
            f"{count.positives} have it, {count.negatives} not: precision {count.precision:.2f},"
            f" recall {count.recall:.2f}, F1 {f1:.2f} (95 %: {low:.2f} to {high:.2f}; yes of"
            f" everybody {count.always_yes:.2f}), specificity {count.specificity:.2f}",
        )
    _tell_confidence(report, name, given)
    if key in vision.info.attributes:
        report.target(f"{name}, F1 (it is offered)", f1, "", f">= {LEAST_F1}")


def _tell_confidence(report: Report, name: str, given: list[Answer]) -> None:
    sure = [mean_confidence(given, right=right) for right in (True, False)]
    right, wrong = ("never" if one is None else f"{one:.2f}" for one in sure)
    report.fact(f"{name}, confidence", f"{right} where right, {wrong} where wrong")


def _tell_cost(report: Report, vision: Vision, found: People, shot: BestShotOptions) -> None:
    """What attributes take of a second of a busy street, on one thread."""
    if not found.footage:
        return
    pictures = sum(len(person.kept(shot)) for person in found.footage)
    image = np.full((400, 200, 3), 128, np.uint8)
    box = np.array([[10, 10, 190, 390]], np.float32)
    each = processor_seconds(lambda: vision.attributes(image, box))
    report.fact("attributes of one picture, ms of processor time", each * 1e3)
    report.fact("attributes, pictures read per camera second", pictures / found.seconds)
    share = pictures / found.seconds * each
    report.fact("attributes, share of a core per camera", f"{share:.2%}")


def _body_search(report: Report, vision: Vision, data: Path) -> None:
    answers = [
        answer
        for frames in sorted(data.glob("labelled/*/frames"))
        for answer in searched(vision, frames.parent, vision.info.body_threshold)
    ]
    for one in answers:
        report.fact(
            f"body search, {one.query}",
            f"somebody in {one.reached} of {one.frames} frames, {one.surplus} surplus of"
            f" {one.boxes} boxes, AP {one.precision:.3f}"
            + ("" if one.rank is None else f", known box rank {one.rank} ({one.likeness:.2f})"),
        )
    known = [one for one in answers if one.rank is not None]
    if known:
        first = sum(one.rank == 1 for one in known)
        tell(report, vision, "body search, known person first in the frame", first, len(known))
    if answers:
        surplus = sum(one.surplus for one in answers)
        tell(
            report, vision, "body search, surplus boxes", surplus,
            sum(one.boxes - one.frames for one in answers),
        )  # fmt: skip


PARTS: dict[str, Part] = {
    "faces": _faces,
    "bodies": _bodies,
    "tracks": _tracks,
    "attributes": _attributes,
    "body search": _body_search,
    "bodies found again": bodies_again,
    "failures": failures,
}
"""What is measured of one pack alone."""

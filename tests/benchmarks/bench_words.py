"""Words: how high captions rank their own picture, in both languages; time at 200,000 tracks.

Data: `labelled/*/captions.jsonl`, a line `{"image", "en": […], "zh": […]}` each, and `images/`
beside it. The detector of the pack finds objects in the pictures, its attributes are read off the
bodies in them. A caption asks for what is understood of it and can be told of a picture; pictures
are ranked by the product of the probabilities. Equal scores share their ranks: the expected
reciprocal rank counts. Judged are captions whose nouns are known concepts, as far as that can be
said without a tagger: at least one object or attribute besides people is understood and told. The
languages are compared over the pictures that have a judged caption in both (`bilingual`).
"""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from statistics import mean, median
from typing import Any

import cv2
import numpy as np
from rich.progress import track

from edge_agent.domain.attributes import COLOURS, TRAITS
from edge_agent.domain.ids import new_id
from edge_agent.domain.objects import OBJECTS
from edge_agent.domain.worn import LOWER, UPPER
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.text_search import Found, TextQuestion, TextSearches, TextSearchOptions, told
from edge_agent.tracking.impression import Impression
from edge_agent.vision.vision import Vision
from edge_agent.wire.text_search import TextSearch
from edge_agent.words import Kind, Question, Reader, Wanted
from tests.benchmarks.bilingual import Judged, told_beside
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting
from tests.support.visits import no_likenesses

_ABSENT = 0.05
"""Probability that something is there that the detector did not find."""

_SURE = 2
"""Captions of five that name a thing, so that it surely is what the picture shows."""

_TRACKS = 200_000
_DAY_MS = 86_400_000
_START_MS = 1_760_000_000_000
_QUESTIONS = ("red shirt", "黑色上衣长裤", "red shirt, blue trousers, long hair", "not in black")


@dataclass(frozen=True, slots=True)
class Seen:
    """What is told of one picture: the best score per object, per body key, value, confidence."""

    objects: Mapping[str, float]
    bodies: Sequence[Mapping[str, tuple[str, float]]]


def run(setting: Setting) -> Report:
    """Rank the pictures by every caption, and ask a large store."""
    report = Report("words")
    captions = sorted(setting.need_data().glob("labelled/*/captions.jsonl"))
    if not captions:
        raise SystemExit("there is no labelled/*/captions.jsonl under EDGE_AGENT_TESTDATA")
    lines = [json.loads(line) for line in captions[0].read_text().splitlines() if line.strip()]
    vision = setting.vision()
    folder = captions[0].parent / "images"
    pictures = [
        _seen(vision, folder / line["image"])
        for line in track(lines, "looking", console=setting.console)
    ]
    ranks = {
        language: _language(report, language, lines, pictures, vision) for language in ("en", "zh")
    }
    chance = mean(1 / rank for rank in range(1, len(pictures) + 1))
    report.fact("pictures", len(pictures))
    named = {language: _named(lines, language) for language in ("en", "zh")}
    for one, other in (("en", "zh"), ("zh", "en")):
        common = [pair for pair, times in named[one].items() if times >= _SURE]
        both = sum(pair in named[other] for pair in common) / max(len(common), 1)
        report.fact(f"objects that two captions name in {one}, named in {other} too", both)
    report.fact("chance", chance)
    for language, judged in ranks.items():
        times = mean(one.reciprocal for one in judged) / chance
        report.target(f"reciprocal rank, {language}, by chance", times, "times", ">= 5")
    told_beside(report, ranks)
    if not setting.quick:
        asyncio.run(_timed(report))
    return report


def _seen(vision: Vision, path: Path) -> Seen:
    read = cv2.imread(str(path))
    if read is None:
        raise SystemExit(f"{path} cannot be read as a picture")
    image = np.asarray(read, np.uint8)
    things = vision.look_at_picture(image).things
    objects: dict[str, float] = {}
    for kind, score in zip(things.kind, things.score, strict=True):
        key = OBJECTS[int(kind)].key
        objects[key] = max(objects.get(key, 0.0), float(score))
    bodies = vision.detect(image).bodies
    worn = vision.attributes(image, bodies.xyxy) if len(bodies) else None
    return Seen(
        objects,
        [_said(vision, worn[np.array([row])]) for row in range(len(worn))] if worn else [],
    )


def _said(vision: Vision, one: Any) -> dict[str, tuple[str, float]]:
    impression = Impression()
    impression.add(one, 1.0)
    return {
        each.key: (each.value, each.confidence) for each in impression.said(vision.info.attributes)
    }


def _language(
    report: Report, language: str, lines: Sequence[Any], pictures: Sequence[Seen], vision: Vision
) -> list[Judged]:
    reader, told_keys = Reader(), frozenset(vision.info.attributes)
    every, understood, judged, whole = 0, 0, list[Judged](), list[float]()
    told_of, coloured = list[int](), 0
    for own, line in enumerate(lines):
        for caption in line[language]:
            every += 1
            question = reader.read(caption, _START_MS)
            understood += not question.unknown
            wanted = _concepts(question, told_keys)
            told_of.append(sum(one.any_of[0][0] != "person" for one in wanted))
            coloured += any(key in (UPPER, LOWER) for one in wanted for key, _ in one.any_of)
            if not wanted:
                continue
            rank = _reciprocal([_score(wanted, one) for one in pictures], own)
            whole.append(rank)
            if any(one.any_of[0][0] != "person" for one in wanted):
                judged.append(Judged(own, rank, known=not question.unknown))
    report.fact(f"captions, {language}", every)
    report.fact(f"without an unknown word, {language}", understood / every)
    report.fact(f"with people or more, {language}", len(whole) / every)
    report.fact(f"judged, {language}", len(judged) / every)
    report.fact(f"concepts besides people, each caption, {language}", mean(told_of))
    report.fact(f"with a colour of clothes, {language}", coloured / every)
    report.fact(f"reciprocal rank, {language}, with people or more", mean(whole))
    report.fact(f"reciprocal rank, {language}", mean(one.reciprocal for one in judged))
    return judged


def _named(lines: Sequence[Any], language: str) -> Counter[tuple[int, str]]:
    """How many captions of a picture name an object, by picture and object."""
    reader = Reader()
    return Counter(
        (number, key)
        for number, line in enumerate(lines)
        for caption in line[language]
        for key in {
            key
            for one in reader.read(caption, _START_MS).wanted
            if one.kind is Kind.OBJECT and not one.negated
            for key, _ in one.any_of
        }
    )


def _concepts(question: Question, told_keys: frozenset[str]) -> list[Wanted]:
    return [
        one
        for one in question.wanted
        if one.kind is Kind.OBJECT
        or (one.kind is Kind.ATTRIBUTE and any(key in told_keys for key, _ in one.any_of))
    ]


def _score(wanted: Sequence[Wanted], seen: Seen) -> float:
    return prod(1 - p if one.negated else p for one in wanted for p in (_fits(one, seen),))


def _fits(one: Wanted, seen: Seen) -> float:
    if one.kind is Kind.OBJECT:
        return max(seen.objects.get(key, _ABSENT) for key, _ in one.any_of)
    values = [_worn(key, value, body) for body in seen.bodies for key, value in one.any_of]
    return max(values, default=_ABSENT)


def _worn(key: str, value: str, body: Mapping[str, tuple[str, float]]) -> float:
    said = body.get(key)
    if said is None:
        return _ABSENT
    others = len(COLOURS) - 1 if key in (UPPER, LOWER) else 1
    return said[1] if said[0] == value else (1 - said[1]) / others


def _reciprocal(scores: Sequence[float], own: int) -> float:
    better = sum(score > scores[own] for score in scores)
    equal = sum(score == scores[own] for score in scores)
    return mean(1 / rank for rank in range(better + 1, better + equal + 1))


async def _timed(report: Report) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with await Store.open(Path(folder) / "state", clock=SystemClock()) as store:
            await _fill(store)
            searches = TextSearches(
                store, no_likenesses(), Reader(),
                told=[trait.key for trait in TRAITS] + [UPPER, LOWER], cameras=["door"],
                options=TextSearchOptions(), clock=SystemClock(), counters=Counters(),
            )  # fmt: skip
            for name, start_ms in (("all time", 0), ("one day of 30", _START_MS + 29 * _DAY_MS)):
                took = [await _ask(searches, text, start_ms) for text in _QUESTIONS]
                for text, milliseconds in zip(_QUESTIONS, took, strict=True):
                    report.fact(f"{_TRACKS} tracks, {name}: {text}, ms", milliseconds)


async def _fill(store: Store) -> None:
    chance = random.Random(3)  # noqa: S311 - people, no secret
    colours = [colour.key for colour in COLOURS]
    for first in range(0, _TRACKS, 20_000):
        tracks, worn = [], []
        for number in range(first, first + 20_000):
            at_ms = _START_MS + number * 30 * _DAY_MS // _TRACKS
            name = new_id(at_ms)
            tracks.append((name, "door", at_ms, at_ms + 20_000, "ended"))
            said = [(UPPER, chance.choice(colours)), (LOWER, chance.choice(colours))]
            said += [(key, chance.choice(("yes", "no"))) for key in ("long_hair", "long_trousers")]
            worn += [(name, key, value, chance.uniform(0.5, 1)) for key, value in said]
        async with store.transaction() as tx:
            await tx.execute_many(
                "INSERT INTO track (id, camera, start_ms, end_ms, state) VALUES (?, ?, ?, ?, ?)",
                tracks,
            )
            await tx.execute_many("INSERT INTO worn VALUES (?, ?, ?, ?)", worn)


async def _ask(searches: TextSearches, text: str, start_ms: int) -> float:
    async def shown(found: Found) -> TextSearch:
        return told(found, {})

    took = []
    for _ in range(5):
        began = time.perf_counter()
        await searches.ask(TextQuestion(text=text, start_ms=start_ms), asker="bench", shown=shown)
        took.append((time.perf_counter() - began) * 1e3)
    return median(took)

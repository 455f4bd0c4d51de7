"""Two languages held against each other over the same pictures.

Captions of one language may name things in other pictures than those of the other: then the means
over all captions compare pictures, not languages. So only pictures count that have a judged caption
in both, each with the mean of its captions.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from tests.benchmarks.report import Report

WANTED = ">= 0.9"


@dataclass(frozen=True, slots=True)
class Judged:
    """How high one caption ranked its picture.

    Attributes:
        picture: by number.
        reciprocal: of the rank, expected where others score the same.
        known: no word of the caption was unknown.
    """

    picture: int
    reciprocal: float
    known: bool = True


@dataclass(frozen=True, slots=True)
class Beside:
    """One language beside another.

    Attributes:
        pictures: that have captions in both; nothing else counts.
        one: mean reciprocal rank of the first language, every picture once.
        other: likewise of the second.
    """

    pictures: int
    one: float
    other: float

    @property
    def ratio(self) -> float:
        """The second language by the first; 0 where there is nothing to compare."""
        return self.other / self.one if self.one else 0.0


def beside(one: Iterable[Judged], other: Iterable[Judged]) -> Beside:
    """Compare two languages over the pictures that both have captions of."""
    first, second = _means(one), _means(other)
    both = sorted(first.keys() & second.keys())
    if not both:
        return Beside(0, 0.0, 0.0)
    return Beside(len(both), mean(first[at] for at in both), mean(second[at] for at in both))


def told_beside(report: Report, judged: Mapping[str, Sequence[Judged]], before: str = "") -> None:
    """Tell how Chinese does beside English, by every reading.

    Args:
        report: takes the figures.
        judged: captions by language, `en` and `zh`.
        before: what names of figures begin with.
    """
    same = beside(judged["en"], judged["zh"])
    report.fact(f"{before}pictures with a judged caption in both languages", same.pictures)
    report.fact(f"{before}reciprocal rank of these, en", same.one)
    report.fact(f"{before}reciprocal rank of these, zh", same.other)
    report.target(f"{before}Chinese beside English, same pictures", same.ratio, "ratio", WANTED)
    every = {language: mean(one.reciprocal for one in judged[language]) for language in judged}
    report.fact(f"{before}Chinese beside English, all judged captions", every["zh"] / every["en"])
    known = beside(*([one for one in judged[each] if one.known] for each in ("en", "zh")))
    report.fact(f"{before}the same pictures, without an unknown word", known.pictures)
    report.fact(f"{before}Chinese beside English in these", known.ratio)


def _means(judged: Iterable[Judged]) -> dict[int, float]:
    found: defaultdict[int, list[float]] = defaultdict(list)
    for one in judged:
        found[one.picture].append(one.reciprocal)
    return {picture: mean(ranks) for picture, ranks in found.items()}

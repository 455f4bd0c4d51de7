"""How high captions in both languages rank their own picture among the items of an instance.

Each caption is asked through the whole service. Equal scores share their ranks, and so do all that
are not found, behind those that are: the expected reciprocal rank counts. Judged are captions whose
words name at least one thing besides people, as the words bench judges them and compares the
languages; of all captions the rank is told as well, in which those that name nothing count as
chance.
"""

from collections.abc import Mapping, Sequence
from statistics import mean

from rich.console import Console
from rich.progress import track

from edge_agent.domain import image_asked as asked
from edge_agent.domain.objects import OBJECTS
from edge_agent.images import ImageSearch
from edge_agent.images.wording import asked_things
from edge_agent.words import Reader
from tests.benchmarks.bilingual import Judged, told_beside
from tests.benchmarks.report import Report

LANGUAGES = ("en", "zh")
_PERSON = next(number for number, word in enumerate(OBJECTS) if word.key == "person")


async def by_words(
    report: Report,
    service: ImageSearch,
    captions: Sequence[Mapping[str, Sequence[str]]],
    console: Console,
) -> None:
    """Rank the pictures by every caption.

    Args:
        report: takes the figures.
        service: instance `copies` holds the pictures, named by their numbers.
        captions: of each picture, by language.
        console: shows how far it is.
    """
    count, reader = len(captions), Reader()
    chance = _expected(1, count)
    report.fact("text: chance", chance)
    judged: dict[str, list[Judged]] = {language: [] for language in LANGUAGES}
    for language in LANGUAGES:
        every = []
        for own, line in enumerate(track(captions, f"captions, {language}", console=console)):
            for text in line[language]:
                rank = await _reciprocal(service, text, str(own), count)
                every.append(rank)
                things = asked_things(reader, text, 0)
                if any(set(thing.kinds) - {_PERSON} for thing in things):
                    known = not reader.read(text, 0).unknown
                    judged[language].append(Judged(own, rank, known=known))
        report.fact(f"text: captions, {language}", len(every))
        report.fact(f"text: reciprocal rank of all of them, {language}", mean(every))
        report.fact(f"text: naming a thing, {language}", len(judged[language]) / len(every))
        rank = mean(one.reciprocal for one in judged[language])
        report.fact(f"text: reciprocal rank of these, {language}", rank)
        report.target(
            f"text: reciprocal rank, {language}, by chance", rank / chance, "times", ">= 5"
        )
    told_beside(report, judged, "text: ")


async def _reciprocal(service: ImageSearch, text: str, own: str, count: int) -> float:
    wanted = asked.SearchByText(instance="copies", text=text, paging=asked.Paging(count=count))
    hits = (await service.images.by_text(wanted, asker="bench")).hits
    score = next((hit.score for hit in hits if hit.item.name == own), None)
    if score is None:
        return _expected(len(hits) + 1, count)
    better = sum((hit.score or 0) > score for hit in hits)
    equal = sum(hit.score == score for hit in hits)
    return _expected(better + 1, better + equal)


def _expected(first: int, last: int) -> float:
    """Mean of the reciprocal ranks from one to another."""
    return mean(1 / rank for rank in range(first, last + 1))

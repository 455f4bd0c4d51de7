"""The lexicon as tables in Markdown, for docs/words.md."""

from collections.abc import Iterable, Sequence

from edge_agent.words.clothes import COLOUR_WORDS, GARMENTS
from edge_agent.words.doings import DOINGS, TRAITS
from edge_agent.words.entries import Entry
from edge_agent.words.people import PEOPLE
from edge_agent.words.scenery import SCENERY
from edge_agent.words.small_words import ACTIONS, FILLERS, LINKS, NEGATIONS, PLACES
from edge_agent.words.things import THINGS

_TABLES: Sequence[tuple[str, Sequence[Entry]]] = (
    ("Colours", COLOUR_WORDS),
    ("Clothes, bags, looks", GARMENTS),
    ("People", PEOPLE),
    ("Objects", THINGS),
    ("Scenery and other things, which are told of nobody", SCENERY),
    ("Sizes and ages", TRAITS),
    ("Postures and sports", DOINGS),
    ("Deeds", ACTIONS),
    ("Places", PLACES),
    ("Negations", NEGATIONS),
    ("Passed over", (*LINKS, *FILLERS)),
)


def tables() -> str:
    """Every table, in the order of docs/words.md; ends with a line break."""
    return "\n".join(line for title, entries in _TABLES for line in _table(title, entries))


def _table(title: str, entries: Iterable[Entry]) -> list[str]:
    rows = [f"| {_meaning(e)} | {', '.join(e.en)} | {'、'.join(e.zh)} |" for e in entries]
    head = ["| means | English (plurals too) | Chinese |", "|---|---|---|"]
    return [f"### {title}", "", *head, *rows, ""]


def _meaning(entry: Entry) -> str:
    means = [key if key == value else f"{key}:{value}" for key, value in entry.any_of]
    if entry.colours:
        means.append(f"colour: {', '.join(entry.colours)}")
    return "; ".join(f"`{one}`" for one in means) or entry.key

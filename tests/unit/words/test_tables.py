"""The page about words holds the lexicon as it is."""

from pathlib import Path

from edge_agent.words.scanner import LEXICON
from edge_agent.words.tables import tables

PAGE = Path(__file__).parents[3] / "docs" / "words.md"


def test_the_page_ends_with_the_tables_as_they_are_printed() -> None:
    assert PAGE.read_text().endswith(tables()), "run: python -m edge_agent.words, see docs/words.md"


def test_every_entry_stands_in_a_table() -> None:
    printed = tables()
    for entry in LEXICON:
        assert all(form in printed for form in (*entry.en, *entry.zh))

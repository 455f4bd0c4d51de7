"""docs/errors.md and the table that the running daemon is asked with say the same."""

import re

import pytest

from edge_agent.cli import command as cli
from edge_agent.wire.errors import TABLE
from tests.support.refusals import BUSY, CASES_BY_HAND, PAGE, Case, cases, rows

CASES = [*cases(8080), *CASES_BY_HAND]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_has_its_row(case: Case) -> None:
    row = rows()[case.name]
    assert row.cells == {door: case.told(door) for door in ("mqtt", "rest")}


def test_no_row_is_left_untested() -> None:
    assert set(rows()) == {case.name for case in CASES}


def test_every_code_is_explained_with_its_status() -> None:
    told = {(each.code, int(each.status)) for each in TABLE.values()}
    page = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {(code, int(status)) for code, status in page} == told


def test_every_exit_status_is_explained() -> None:
    section = PAGE.read_text("utf-8").partition("## Exit statuses")[2]
    listed = {int(status) for status in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)}
    assert listed == {0, 1, 2, cli.EX_UNAVAILABLE, cli.EX_CONFIG}


def test_a_message_of_the_page_is_a_pattern() -> None:
    row = rows()[BUSY]
    assert row.fits("16 questions are waiting; ask again in a moment")
    assert not row.fits("something else")

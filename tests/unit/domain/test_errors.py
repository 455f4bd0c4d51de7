import inspect
import re
from typing import cast

import pytest

from edge_agent.domain import errors
from edge_agent.domain.errors import AgentError, Busy, NotFound, Refused, Unavailable, Unusable

CLASSES: list[type[AgentError]] = [
    cast("type[AgentError]", each)
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if each.__module__ == errors.__name__
]
INDENT = 4


def drawn() -> dict[str, str]:
    """Parent of every class, as the tree at the top of the module draws them."""
    parents: dict[str, str] = {}
    line_of: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r" {4}([│├└─ ]*)(\w+)", line)
        if match is None:
            continue
        depth = (len(match[1]) + 1) // INDENT
        line_of[depth:] = [match[2]]
        parents[match[2]] = line_of[depth - 1] if depth else "Exception"
    return parents


def test_the_tree_shows_every_class_in_its_place() -> None:
    assert drawn() == {each.__name__: each.__bases__[0].__name__ for each in CLASSES}


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_class_has_a_sentence_and_a_code_of_its_own(kind: type[AgentError]) -> None:
    assert kind.__doc__
    assert re.fullmatch(r"[a-z_]+", kind.code)
    assert "code" in vars(kind)
    assert [other for other in CLASSES if other.code == kind.code] == [kind]


def test_the_codes_that_doors_answer_with() -> None:
    codes = {each.__name__: each.code for each in CLASSES}
    assert codes == {
        "AgentError": "internal",
        "Refused": "bad_request",
        "NotFound": "not_found",
        "NotAuthorised": "not_authorised",
        "Expired": "expired",
        "Retained": "retained",
        "TooLarge": "too_large",
        "Busy": "busy",
        "Unavailable": "unavailable",
        "Unusable": "unusable",
    }


def test_a_refusal_names_the_field_and_the_reason() -> None:
    error = NotFound("no camera 'roof'", field="camera")
    assert (str(error), error.field, error.code) == ("no camera 'roof'", "camera", "not_found")
    assert Busy("full").field is None


def test_what_is_away_is_no_refusal() -> None:
    assert not issubclass(Unavailable, Refused)
    assert not issubclass(Unusable, Refused | Unavailable)

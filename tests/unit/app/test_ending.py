import pytest

from edge_agent.app.ending import the_expected
from edge_agent.domain.errors import Unavailable, Unusable

WRONG, AWAY, BUG = Unusable("the port is taken"), Unavailable("the disk is full"), KeyError("x")


@pytest.mark.parametrize(
    ("group", "found"),
    [
        (ExceptionGroup("", [WRONG]), WRONG),
        (ExceptionGroup("", [ExceptionGroup("", [WRONG])]), WRONG),
        (ExceptionGroup("", [AWAY]), AWAY),
        (ExceptionGroup("", [AWAY, ExceptionGroup("", [WRONG])]), WRONG),
        (ExceptionGroup("", [WRONG, BUG]), None),
        (ExceptionGroup("", [ExceptionGroup("", [BUG])]), None),
    ],
)
def test_a_bug_is_never_hidden(group: "ExceptionGroup[Exception]", found: Exception | None) -> None:
    assert the_expected(group) is found

from collections.abc import Iterator

from edge_agent.domain import errors
from edge_agent.domain.errors import AgentError
from edge_agent.wire.errors import TABLE, error_body, told

CONTRACT = {
    "bad_request",
    "not_found",
    "not_authorised",
    "expired",
    "retained",
    "too_large",
    "busy",
    "unavailable",
    "internal",
}


def family(of: type[AgentError]) -> Iterator[type[AgentError]]:
    yield of
    for child in of.__subclasses__():
        yield from family(child)


def test_every_error_of_the_house_has_a_code_of_the_contract() -> None:
    ours = {kind for kind in family(AgentError) if kind.__module__ == errors.__name__}
    assert ours <= TABLE.keys()
    assert {entry.code for entry in TABLE.values()} == CONTRACT


def test_a_descendant_is_told_like_its_nearest_ancestor() -> None:
    class Lost(errors.NotFound):
        pass

    assert told(Lost("x")) is TABLE[errors.NotFound]


def test_the_body_names_the_field_where_there_is_one() -> None:
    assert error_body(errors.Refused("no", field="limit")) == {
        "code": "bad_request",
        "message": "no",
        "field": "limit",
    }
    assert error_body(errors.Unavailable("away")) == {"code": "unavailable", "message": "away"}
    assert error_body(errors.Unusable()) == {"code": "internal", "message": "internal"}

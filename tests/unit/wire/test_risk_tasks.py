"""What investigations are asked with."""

from typing import Any, get_args

import pytest

from edge_agent.domain.action import ActionType
from edge_agent.domain.errors import Refused
from edge_agent.domain.risk_task import WantedAction
from edge_agent.domain.vector import Part
from edge_agent.wire import risk_tasks as wire
from edge_agent.wire.model import parsed


def criteria(**values: Any) -> wire.Criteria:
    return parsed(wire.Criteria, values)


def test_every_kind_of_action_can_be_asked_for() -> None:
    offered = get_args(wire.WantedAction.model_fields["type"].annotation)
    assert set(offered) == {kind.value for kind in ActionType}


def test_criteria_without_a_picture_ask_nobody() -> None:
    found = criteria(
        start_ms=1, end_ms=2, actions=[{"type": "stay", "place": "shelf"}], orders=["r"]
    )
    assert found.asked() is None
    assert found.in_domain().actions == {WantedAction(type=ActionType.STAY, place="shelf")}
    assert found.in_domain().orders == {"r"}


def test_a_picture_is_asked_under_the_other_criteria() -> None:
    asked = criteria(track="a" * 32, kinds=["body"], end_ms=9, cameras=["door"]).asked()
    assert asked is not None
    assert (asked.track, asked.end_ms) == ("a" * 32, 9)
    assert asked.parts == {Part.BODY}
    assert asked.cameras == {"door"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"picture": "AAAA", "url": "http://a/b"}, "criteria.url"),
        ({"picture": "A"}, "criteria.picture"),
        ({"picture": ""}, "criteria.picture"),
        ({"track": "a" * 32, "region": [2.0, 0.0, 1.0, 1.0]}, "criteria.region"),
    ],
)
def test_refusals_name_the_field_within_the_criteria(values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        criteria(**values).asked()
    assert refusal.value.field == field

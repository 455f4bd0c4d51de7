"""The criteria of a risk task as JSON."""

import json
from typing import Any

from edge_agent.domain.action import ActionType
from edge_agent.domain.risk_task import RiskCriteria, TaskPicture, WantedAction
from edge_agent.domain.vector import Part


def criteria_to_json(criteria: RiskCriteria) -> str:
    """As they stand in a row."""
    return json.dumps(
        {
            "start_ms": criteria.start_ms,
            "end_ms": criteria.end_ms,
            "cameras": sorted(criteria.cameras),
            "picture": None if criteria.picture is None else _picture_fields(criteria.picture),
            "actions": actions_fields(criteria),
            "orders": sorted(criteria.orders),
        }
    )


def criteria_from_json(text: str) -> RiskCriteria:
    """From a row; what an older version did not know is absent there."""
    fields = json.loads(text)
    picture = fields.get("picture")
    return RiskCriteria(
        start_ms=fields["start_ms"],
        end_ms=fields["end_ms"],
        cameras=frozenset(fields["cameras"]),
        picture=None if picture is None else _picture_of(picture),
        actions=frozenset(
            WantedAction(type=ActionType(one["type"]), place=one["place"])
            for one in fields.get("actions", ())
        ),
        orders=frozenset(fields.get("orders", ())),
    )


def actions_fields(criteria: RiskCriteria) -> list[dict[str, str | None]]:
    """The wanted actions as JSON objects, always in the same order."""
    wanted = sorted(criteria.actions, key=lambda one: (one.type, one.place or ""))
    return [{"type": one.type.value, "place": one.place} for one in wanted]


def _picture_fields(picture: TaskPicture) -> dict[str, Any]:
    return {
        "id": picture.id,
        "track": picture.track,
        "region": picture.region,
        "parts": sorted(part.value for part in picture.parts),
        "threshold": picture.threshold,
        "body_threshold": picture.body_threshold,
    }


def _picture_of(fields: dict[str, Any]) -> TaskPicture:
    region = fields["region"]
    parts = frozenset(Part(part) for part in fields["parts"])
    return TaskPicture(**{**fields, "region": region and tuple(region), "parts": parts})

"""The tracks of an investigation, as TOP's smartmonitor shows them."""

import json
from collections.abc import Sequence
from typing import Protocol

from edge_agent.cloud_api.caller import Caller
from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.track import Shot, Track
from edge_agent.wire.cloud import top

_MOST = 5000
"""Tracks in one answer, the newest; the operation knows no pages."""


class RiskTasks(Protocol):
    """Reads investigations."""

    async def newest_tracks(
        self, task_id: str, most: int, *, tenant: str, store: str
    ) -> Sequence[Track]:
        """Tracks of a task; refused where it is not there, or another tenant's or store's."""


class Investigations:
    """The operation on risk tasks."""

    def __init__(self, tasks: RiskTasks) -> None:
        self._tasks = tasks

    async def fragments(self, asked: top.TrackQuery, caller: Caller) -> list[top.TopTrack]:
        """fragment.getbytask: every track of a task with its pictures and its clip.

        Raises:
            NotFound: there is no such task, or it is another tenant's or store's.
        """
        tracks = await self._tasks.newest_tracks(
            asked.risk_task_id, _MOST, tenant=asked.tenant_code, store=asked.poi_id
        )
        return [_shown(track, caller) for track in tracks]


def _shown(track: Track, caller: Caller) -> top.TopTrack:
    face, body = _picture(track.face, caller), _picture(track.body, caller)
    return top.TopTrack(
        track_id=track.id,
        sensor_id=track.camera,
        face_oss=face,
        face_image=face,
        face_time=track.face.at_ms if track.face else None,
        face_quality=_quality(track.face),
        body_oss=body,
        body_image=body,
        body_time=track.body.at_ms if track.body else None,
        body_integrity=_quality(track.body),
        start_time=track.start_ms,
        end_time=track.end_ms,
        fragment_id=track.fragment or "",
        session_id=track.session or "",
        actions=tuple(_action(action) for action in track.actions),
        order_ids=track.orders,
    )


def _action(action: Action) -> tuple[str, str]:
    """The type, and everything else as a JSON object, for which the record has one field."""
    place = "line" if action.type is ActionType.CROSS else "zone"
    extra = {place: action.place, "at_ms": action.at_ms, **action.extra}
    return action.type.value, json.dumps(extra, ensure_ascii=False)


def _picture(shot: Shot | None, caller: Caller) -> str:
    return caller.links.picture(shot.picture) if shot else ""


def _quality(shot: Shot | None) -> str:
    return f"{shot.quality:.3f}" if shot else ""

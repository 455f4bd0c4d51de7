"""What the box tells the world unasked, made of what happened.

Rooms that write an event into the outbox make its data with the functions below, so that what is
stored is what the schemas in docs/mqtt promise. Links are not stored: they are signed and expire,
and an event may leave days later; `with_links` adds them when the event goes out.

The outcome of a job also goes to the response topic of its request. That message is the same
envelope: `envelope(row, historical=False)` made of the `job.finished` row.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from edge_agent.domain import action as domain_action
from edge_agent.domain import job as domain_job
from edge_agent.domain import track as domain_track
from edge_agent.domain import watchlist as domain_watchlist
from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.domain.job import JobState
from edge_agent.domain.order import Order
from edge_agent.domain.risk_task import RiskTask, TaskSearchState
from edge_agent.domain.session import Session
from edge_agent.domain.track import FragmentState
from edge_agent.domain.vector import Vector
from edge_agent.wire.answers import Error, Links, action
from edge_agent.wire.attributes import attribute
from edge_agent.wire.event_data import (
    About,
    ActionDone,
    BoxAlarm,
    CameraChanged,
    CameraFault,
    EventShot,
    EventVector,
    FragmentClosed,
    Gap,
    JobFinished,
    OrderTied,
    SessionUpdated,
    TrackEnded,
    WatchlistHit,
)


def track_ended(
    track: domain_track.Track, vectors: Sequence[Vector] | None = None
) -> dict[str, Any]:
    """Make the data of `track.ended`; `vectors` go with it where `sync.vectors` is on."""
    return TrackEnded(
        track=track.id,
        camera=track.camera,
        start_ms=track.start_ms,
        end_ms=track.end_ms,
        face=_event_shot(track.face),
        body=_event_shot(track.body),
        vectors=None if vectors is None else [_event_vector(vector) for vector in vectors],
        fragment=track.fragment,
        actions=[action(each) for each in track.actions],
        order_ids=list(track.orders),
        session=track.session,
        attributes=[attribute(one) for one in track.worn],
    ).model_dump(mode="json")


def action_done(camera: str, done: domain_action.Action) -> dict[str, Any]:
    """Make the data of `action`."""
    shown = action(done)
    return ActionDone(
        action=shown.id,
        track=done.track,
        camera=camera,
        type=shown.type,
        zone=shown.zone,
        line=shown.line,
        at_ms=shown.at_ms,
        extra=shown.extra,
    ).model_dump(mode="json")


def order_tied(order: Order, tracks: Sequence[str], added: Sequence[str]) -> dict[str, Any]:
    """Make the data of `order.tied`."""
    return OrderTied(
        order=order.id, till=order.till, at_ms=order.at_ms, tracks=list(tracks), added=list(added)
    ).model_dump(mode="json")


def session_updated(session: Session) -> dict[str, Any]:
    """Make the data of `session.updated`."""
    return SessionUpdated(
        session=session.id,
        start_ms=session.start_ms,
        end_ms=session.end_ms,
        confidence=session.confidence,
        tracks=[one.track for one in session.tracks],
    ).model_dump(mode="json")


def session_gone(session_id: str) -> dict[str, Any]:
    """Make the data of `session.updated` for a visit that is no more."""
    return SessionUpdated(
        session=session_id, start_ms=None, end_ms=None, confidence=0.0, tracks=[]
    ).model_dump(mode="json")


def watchlist_hit(
    hit: domain_watchlist.WatchHit,
    *,
    list_name: str,
    entry_name: str,
    entry_picture: str | None,
    people: int,
    camera: str,
) -> dict[str, Any]:
    """Make the data of `watchlist.hit`.

    Args:
        hit: by the one track that was recognised.
        list_name: for people, as is `entry_name`.
        entry_name: of the person.
        entry_picture: id of the picture that is kept of the person.
        people: how many are on the list.
        camera: of the track.
    """
    rate = hit.false_alarm_rate
    return WatchlistHit(
        hit=hit.id,
        list=hit.list,
        list_name=list_name,
        entry=hit.entry,
        entry_name=entry_name,
        track=hit.tracks[0],
        camera=camera,
        at_ms=hit.at_ms,
        score=round(hit.similarity, 4),
        threshold=hit.threshold,
        false_alarm_rate=rate,
        list_false_alarm_rate=None if rate is None else round(1 - (1 - rate) ** people, 6),
        entry_picture=entry_picture,
    ).model_dump(mode="json")


def fragment_closed(fragment: domain_track.Fragment, tracks: Sequence[str]) -> dict[str, Any]:
    """Make the data of `fragment.closed`; `tracks` are the ids of those it shows."""
    return FragmentClosed(
        fragment=fragment.id,
        camera=fragment.camera,
        start_ms=fragment.start_ms,
        end_ms=fragment.end_ms,
        state=fragment.state,
        tracks=list(tracks),
        size=fragment.size,
        codec=fragment.codec,
    ).model_dump(mode="json")


def job_finished(job: domain_job.Job) -> dict[str, Any]:
    """Make the data of `job.finished`; the job is final."""
    error = None
    if job.error_code is not None:
        error = Error(code=job.error_code, message=job.error_message or "")
    return JobFinished(
        job=job.id,
        kind=job.kind,
        state=job.state,
        hit_count=job.hits,
        people=job.people,
        pack=job.pack,
        error=error,
    ).model_dump(mode="json")


_ENDS = {
    TaskSearchState.COMPLETE: JobState.SUCCEEDED,
    TaskSearchState.NO_DATA: JobState.NO_DATA,
    TaskSearchState.PICTURE_NEEDED: JobState.NO_DATA,
    TaskSearchState.FAILED: JobState.FAILED,
}


def task_searched(task: RiskTask, pack: str) -> dict[str, Any]:
    """Make the data of `job.finished` for the search by a task's picture, which has ended."""
    search = task.search
    if search is None:
        raise ValueError(f"task {task.id} has no picture")
    error = None
    if search.error_code is not None:
        error = Error(code=search.error_code, message=search.error_message or "")
    return JobFinished(
        job=task.id,
        kind="risk-task",
        state=_ENDS[search.state],
        hit_count=task.tracks,
        people=search.people,
        pack=pack,
        error=error,
    ).model_dump(mode="json")


def camera_changed(
    camera: str,
    since_ms: int,
    reason: str,
    fault: Literal["black", "covered", "frozen"] | None = None,
) -> dict[str, Any]:
    """Make the data of `camera.up`, `camera.down` and `camera.frozen`."""
    return CameraChanged(camera=camera, since_ms=since_ms, reason=reason, fault=fault).model_dump(
        mode="json"
    )


def camera_fault(
    camera: str,
    fault: Literal["blurred", "moved", "slow", "clock", "backwards", "main_stream"],
    since_ms: int,
    reason: str,
) -> dict[str, Any]:
    """Make the data of `camera.fault` and `camera.cleared`."""
    return CameraFault(camera=camera, fault=fault, since_ms=since_ms, reason=reason).model_dump(
        mode="json"
    )


def box_alarm(about: About, message: str) -> dict[str, Any]:
    """Make the data of `box.alarm`."""
    return BoxAlarm(about=about, message=message).model_dump(mode="json")


def gap(consumer: str, from_seq: int, to_seq: int) -> dict[str, Any]:
    """Make the data of `gap`; both ends are included."""
    return Gap(consumer=consumer, from_seq=from_seq, to_seq=to_seq).model_dump(mode="json")


def envelope(row: OutboxRow, *, historical: bool) -> dict[str, Any]:
    """Make the message of an outbox row."""
    return {
        "epoch": row.epoch,
        "seq": row.seq,
        "event_id": row.event_id,
        "kind": row.kind,
        "at": row.at_ms,
        "historical": historical,
        "data": dict(row.data),
    }


def with_links(message: Mapping[str, Any], links: Links) -> dict[str, Any]:
    """Return the message with links to its pictures and its clip."""
    data = dict(message["data"])
    if message["kind"] == EventKind.TRACK_ENDED:
        for part in ("face", "body"):
            if data.get(part):
                data[part] = {**data[part], "url": links.picture(data[part]["picture"])}
    if message["kind"] == EventKind.WATCHLIST_HIT:
        data["picture_url"] = links.recognised(data["hit"])
        if data["entry_picture"]:
            data["entry_picture_url"] = links.watched(data["entry_picture"])
    if data.get("fragment") and data.get("state") != FragmentState.LOST:
        data["clip_url"] = links.clip(data["fragment"])
        if message["kind"] == EventKind.FRAGMENT_CLOSED:
            data["thumbnail_url"] = links.thumbnail(data["fragment"])
    return {**message, "data": data}


def _event_shot(shot: domain_track.Shot | None) -> EventShot | None:
    if shot is None:
        return None
    return EventShot(picture=shot.picture, at_ms=shot.at_ms, quality=shot.quality)


def _event_vector(vector: Vector) -> EventVector:
    numbers = base64.b64encode(vector.values.astype("<f2").tobytes()).decode("ascii")
    return EventVector(kind=vector.part, model=vector.model, float16=numbers)

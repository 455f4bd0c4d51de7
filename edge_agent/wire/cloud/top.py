"""TOP: the track query of an investigation, its parameter and the tracks of its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from edge_agent.domain.errors import Refused
from edge_agent.wire.cloud.answers import Listed
from edge_agent.wire.cloud.errors import invalid_argument, missing_argument
from edge_agent.wire.json_body import read_object

GET_BY_TASK: Final = "alibaba.security.deepvision.proxy.smartmonitor.fragment.getbytask"
SUCCESS_MESSAGE: Final = "成功"
SUCCESS_CODE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackQuery:
    """Which tracks are wanted.

    Attributes:
        risk_task_id: the investigation.
        tenant_code: who owns it.
        poi_id: the store.
        request_id: the client's own name for this call, or empty.
        api_sign: as it was sent, or empty; of no consequence, the request itself is signed.
        token: the same.
    """

    risk_task_id: str
    tenant_code: str
    poi_id: str
    request_id: str = ""
    api_sign: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopTrack:
    """One track of an answer.

    Attributes:
        track_id: of the track.
        sensor_id: the camera.
        face_oss: link to the face picture, or empty.
        face_image: the same picture, as the older name has it.
        body_oss: link to the body picture, or empty.
        body_image: the same picture.
        fragment_id: clip in which it was seen, or empty.
        face_quality: 0..1 as text, or empty.
        body_integrity: 0..1 as text, or empty.
        session_id: of the visit, or empty.
        face_time: when the face picture was taken, milliseconds since 1970 (UTC), or None.
        body_time: the same for the body picture.
        start_time: first sight, in milliseconds.
        end_time: last sight, in milliseconds.
        actions: (action_type, extra_act) of each action.
        order_ids: of the till.
    """

    track_id: str
    sensor_id: str
    face_oss: str
    face_image: str
    body_oss: str
    body_image: str
    fragment_id: str
    face_quality: str
    body_integrity: str
    session_id: str
    face_time: int | None
    body_time: int | None
    start_time: int
    end_time: int
    actions: tuple[tuple[str, str], ...] = ()
    order_ids: tuple[str, ...] = ()


def read_track_query(parameters: Mapping[str, str]) -> TrackQuery:
    """Read the business parameter `param`, a JSON object.

    Raises:
        TopRefusal: it, or a member of it, is missing or wrong.
    """
    text = parameters.get("param")
    if not text:
        raise missing_argument("param")
    try:
        members = read_object(text.encode("utf-8", "surrogatepass"))
    except Refused:
        raise invalid_argument() from None
    return TrackQuery(
        risk_task_id=_member(members, "risk_task_id"),
        tenant_code=_member(members, "tenant_code"),
        poi_id=_member(members, "poi_id"),
        request_id=_optional(members, "request_id"),
        api_sign=_optional(members, "api_sign"),
        token=_optional(members, "token"),
    )


def tracks_answer(tracks: Sequence[TopTrack], query: TrackQuery, request_id: str) -> dict[str, Any]:
    """Write the answer to a track query, for `answers.top_success`.

    Args:
        tracks: of the investigation.
        query: that was asked; its own request id is given back.
        request_id: of this call.
    """
    return {
        "result": Listed("datas", tuple(_track(track) for track in tracks)),
        "resp_request_id": query.request_id or request_id,
        "resp_success": True,
        "resp_code": SUCCESS_CODE,
        "message": SUCCESS_MESSAGE,
        "request_id": request_id,
    }


def _track(track: TopTrack) -> dict[str, Any]:
    actions = [{"action_type": kind, "extra_act": extra} for kind, extra in track.actions]
    return {
        "track_id": track.track_id,
        "sensor_id": track.sensor_id,
        "face_oss": track.face_oss,
        "face_image": track.face_image,
        "face_quality": track.face_quality,
        "face_time": track.face_time,
        "body_oss": track.body_oss,
        "body_image": track.body_image,
        "body_integrity": track.body_integrity,
        "body_time": track.body_time,
        "start_time": track.start_time,
        "end_time": track.end_time,
        "fragment_id": track.fragment_id,
        "session_id": track.session_id,
        "actions": Listed("datas", tuple(actions)),
        "order_ids": Listed("string", track.order_ids),
    }


def _member(members: Mapping[str, Any], name: str) -> str:
    value = _optional(members, name)
    if not value:
        raise missing_argument(name)
    return value


def _optional(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid_argument()
    return value

"""LinkVisual 2018-01-20, picture search: what stands under `Data` of an answer.

Numbers are JSON numbers, times integer milliseconds since 1970 (UTC); clients do not convert.
"""

from collections.abc import Sequence
from typing import Any, Final

from edge_agent.wire.cloud.picture_search import Paging, PictureType
from edge_agent.wire.cloud.scores import shown_score

APP_VERSION: Final = "1.0.0"


def page(paging: Paging, total: int, items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Write one page of a list.

    Args:
        paging: as it was asked for.
        total: items of all pages.
        items: of this page; none when it lies behind the last.
    """
    return {
        "CurrentPage": paging.page,
        "PageSize": paging.size,
        "Total": total,
        "PageCount": -(-total // paging.size),
        "PageData": list(items),
    }


def app(
    app_id: str, *, name: str, description: str, created_ms: int, modified_ms: int, template: str
) -> dict[str, Any]:
    """Write a search app.

    Args:
        app_id: AppInstanceId.
        name: given by the client.
        description: given by the client.
        created_ms: when it was created.
        modified_ms: when it was last changed.
        template: AppTemplateId, 32 hexadecimal digits.
    """
    return {
        "AppInstanceId": app_id,
        "Name": name,
        "Description": description,
        "Version": APP_VERSION,
        "AppTemplateId": template,
        "CreateTime": created_ms,
        "ModifiedTime": modified_ms,
    }


def device(iot_id: str, nickname: str | None) -> dict[str, Any]:
    """Write a camera or an AI box."""
    return {"IotId": iot_id, "NickName": nickname or None}


def job(
    job_id: str,
    *,
    status: int,
    start_ms: int,
    end_ms: int,
    created_ms: int,
    picture_url: str,
    threshold: float,
) -> dict[str, Any]:
    """Write a search job.

    Args:
        job_id: JobId.
        status: 0 initialising, 1 no data, 2 running, 3 succeeded, 4 failed.
        start_ms: begin of the time that is searched.
        end_ms: its end.
        created_ms: when the job was created.
        picture_url: SearchPicUrl as it was asked with.
        threshold: least similarity, 0..1.
    """
    return {
        "JobId": job_id,
        "JobStatus": status,
        "StartTime": start_ms,
        "EndTime": end_ms,
        "CreateTime": created_ms,
        "SearchPicUrl": picture_url,
        "Threshold": float(threshold),
    }


def hit(
    *,
    picture_url: str,
    at_ms: int,
    gateway_id: str,
    vector_id: str,
    camera_id: str,
    score: float,
    nickname: str | None = None,
    kind: PictureType | None = None,
) -> dict[str, Any]:
    """Write one result.

    Args:
        picture_url: signed link to the picture that was found.
        at_ms: when it was taken.
        gateway_id: the box.
        vector_id: of what was compared.
        camera_id: IotId.
        score: similarity, 0..1; stands under `Threshold`.
        nickname: of the camera; jobs' results only.
        kind: what was compared; the synchronous search only.
    """
    return {
        "PicUrl": picture_url,
        "EventTime": at_ms,
        "GatewayIotId": gateway_id,
        "VectorId": vector_id,
        "DeviceNickName": nickname or None,
        "VectorType": None if kind is None else int(kind),
        "Threshold": shown_score(score),
        "IotId": camera_id,
    }

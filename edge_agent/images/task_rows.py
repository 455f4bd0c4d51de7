"""Imports and dumps in the words of the cloud's API."""

from collections.abc import Mapping
from typing import Any, Final

from edge_agent.storage.image_tasks import ImageTask, ImageTaskKind, ImageTaskState

STATES: Final[Mapping[ImageTaskState, str]] = {
    ImageTaskState.PROCESSING: "PROCESSING",
    ImageTaskState.SUCCESS: "SUCCESS",
    ImageTaskState.FAIL: "FAIL",
}


def task_row(task: ImageTask) -> dict[str, Any]:
    """What a list shows of one, without links; members that are None are left out."""
    told = {
        "Id": task.id,
        "Status": STATES[task.state],
        "Code": task.code or "0",
        "Msg": task.message or f"{task.done} of {task.total}, {task.failed} not taken",
        "UtcCreate": str(task.created_ms),
        "UtcModified": task.modified_ms,
    }
    if task.kind is ImageTaskKind.DUMP:
        return told
    return {**told, "BucketName": task.bucket, "Path": task.path}

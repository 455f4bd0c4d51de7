"""Pictures of things over MQTT and REST: the names and shapes of the cloud's Image Search."""

from collections.abc import Mapping
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.domain.image_asked import ImageAsked
from edge_agent.wire.cloud.errors import CloudRefusal
from edge_agent.wire.cloud.image_search import read_image_operation
from edge_agent.wire.image_answers import (
    ImageAdded,
    ImageDeleted,
    ImageDetail,
    ImageDone,
    ImageFound,
    ImageScore,
    ImageStarted,
    ImageTaskList,
    ImageThere,
)
from edge_agent.wire.image_parameters import (
    ImageAdd,
    ImageByFilter,
    ImageByName,
    ImageByPicture,
    ImageByText,
    ImageCompare,
    ImageDelete,
    ImageExists,
    ImageImport,
    ImageInstance,
    ImageTasks,
    ImageUpdate,
)
from edge_agent.wire.model import Answer, Parameters, parsed

OPERATIONS: dict[str, tuple[str, type[Parameters], type[Answer]]] = {
    "image.add": ("AddImage", ImageAdd, ImageAdded),
    "image.delete": ("DeleteImage", ImageDelete, ImageDeleted),
    "image.update": ("UpdateImage", ImageUpdate, ImageDone),
    "image.search-by-picture": ("SearchImageByPic", ImageByPicture, ImageFound),
    "image.search-by-name": ("SearchImageByName", ImageByName, ImageFound),
    "image.search-by-text": ("SearchImageByText", ImageByText, ImageFound),
    "image.search-by-filter": ("SearchImageByFilter", ImageByFilter, ImageFound),
    "image.exists": ("CheckImageExists", ImageExists, ImageThere),
    "image.compare": ("CompareSimilarByImage", ImageCompare, ImageScore),
    "image.detail": ("Detail", ImageInstance, ImageDetail),
    "image.dump": ("DumpMeta", ImageInstance, ImageStarted),
    "image.dump-list": ("DumpMetaList", ImageTasks, ImageTaskList),
    "image.import": ("IncreaseInstance", ImageImport, ImageStarted),
    "image.import-list": ("IncreaseList", ImageTasks, ImageTaskList),
}
"""By the box's name: the cloud's name, the parameters, the answer."""


def read_image(name: str, values: Mapping[str, Any]) -> ImageAsked:
    """Read what is asked.

    Args:
        name: of the operation, one of `OPERATIONS`.
        values: its parameters, as they came.

    Raises:
        Refused: they are not as they must be; the message begins with the cloud's code.
    """
    action, model, _ = OPERATIONS[name]
    wanted = parsed(model, values).model_dump(exclude_none=True)
    texts = {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in wanted.items()
    }
    try:
        return read_image_operation(action, texts)
    except CloudRefusal as error:
        raise Refused(f"{error.code}: {error}") from None


def told_image(name: str, fields: Mapping[str, Any]) -> Answer:
    """Show what was answered."""
    return OPERATIONS[name][2].model_validate(dict(fields))

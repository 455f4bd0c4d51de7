"""What Image Search says when it refuses."""

from typing import Final

from edge_agent.domain.errors import (
    AgentError,
    Busy,
    Expired,
    NotAuthorised,
    Refused,
    TooLarge,
    Unavailable,
)
from edge_agent.domain.image_item import ImageRefused
from edge_agent.wire.cloud.errors import CloudRefusal, GatewayRefusal, Told, gateway

_INVALID: Final = "The specified parameter {} is not valid."

PRODUCT: Final[dict[str, Told]] = {
    "BadRequest": Told(400, "The request has invalid parameters."),
    "InvalidInstance": Told(400, "The specified instance name is invalid."),
    "InvalidInstanceName": Told(400, "The parameter instanceName is not specified."),
    "OverflowMaxReturnNum": Told(
        400, "The specified number of results for each request exceeds the maximum of 100."
    ),
    "OverflowMaxResultNum": Told(
        400, "The specified number of total results exceeds the maximum of 500."
    ),
    "InvalidNumParameter": Told(400, "The specified parameter num is invalid."),
    "InvalidStartParameter": Told(400, "The specified parameter start is inavlid."),
    "InvalidFilterClause": Told(400, "The specified filtering condition is invalid."),
    "UnsupportedPicFormat": Told(400, "The specified image format is invalid."),
    "UnsupportedPicPixels": Told(400, "The specified pixels is not supported."),
    "IncorrectOrientation": Told(
        400, "The image contains incorrect rotation flags in the meta data."
    ),
    "InvalidPicContent": Told(
        400, "The specified parameter PicContent length greater than 4 * 1024 * 1024."
    ),
    "InvalidPicUrl": Told(400, "The search picture does not exist at the specific url."),
    "InvalidRegion": Told(400, "The specific region is illegal."),
    "InvalidCategory": Told(400, "The specified category is invalid."),
    "InvalidIntAttr": Told(400, "The specified int_attr field is invalid."),
    "InvalidStrAttr": Told(400, _INVALID.format("StrAttr")),
    "InvalidProductId": Told(400, _INVALID.format("ProductId")),
    "InvalidPicName": Told(400, _INVALID.format("PicName")),
    "InvalidCustomContent": Told(400, _INVALID.format("CustomContent")),
    "InvalidType": Told(400, _INVALID.format("Type")),
    "PicNotExist": Told(400, "The search picture does not exist."),
    "NoSpecifiedProductId": Told(400, "The parameter ProductId no specified."),
    "NoSpecifiedPicName": Told(400, "The parameter PicName no specified."),
    "NoSpecifiedPicContent": Told(400, "The parameter PicContent no specified."),
    "NoSpecifiedSearchPic": Told(400, "The search picture is not specified."),
    "InstanceOverQuota": Told(400, "The number of pictures exceeds the quota of your instance."),
    "SearchTimeout": Told(400, "The search has timed out."),
    "TimeoutForTransferImage": Told(400, "The transfer of the image has timed out."),
    "NoPermission": Told(403, "You are not authorized to perform this operation."),
    "DeniedRequest": Told(403, "Your request was denied due to instance flow control."),
    "InstanceStatusError": Told(409, "Your instance is unavailable."),
    "UnknownException": Told(500, "An unknown error occurred."),
    "UnsupportedOperationType": Told(500, "The operation is not supported."),
    "ExtractFeatureTimeout": Told(500, "Extracting the features has timed out."),
    "Console.BadRequest": Told(400, "The request has invalid parameters."),
    "Console.InstanceNotFound": Told(400, "The specified instance is not found."),
    "Console.NoPermission": Told(403, "You are not authorized to perform this operation."),
}
"""Codes with status and message; the first column is the documented one."""


def product(code: str) -> GatewayRefusal:
    """Make the refusal for a code of the table `PRODUCT`."""
    told = PRODUCT[code]
    return GatewayRefusal(code, told.status, told.message)


def image_refusal(error: AgentError) -> CloudRefusal:
    """Say one of our errors in the words of Image Search and of its gateway."""
    if isinstance(error, CloudRefusal):
        return error
    if isinstance(error, ImageRefused):
        return product(error.problem.value)
    for family, made in _NEAREST:
        if isinstance(error, family):
            return made if isinstance(made, GatewayRefusal) else product(made)
    return gateway("InternalError")


_NEAREST: Final[tuple[tuple[type[AgentError], str | GatewayRefusal], ...]] = (
    (NotAuthorised, "NoPermission"),
    (Busy, gateway("Throttling.User", retry_after_ms=1000)),
    (TooLarge, "InvalidPicContent"),
    (Expired, gateway("ServiceUnavailable")),
    (Refused, "BadRequest"),
    (Unavailable, gateway("ServiceUnavailable")),
)

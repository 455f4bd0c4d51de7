"""What the cloud APIs say when they refuse, and which of our errors is which of theirs.

Codes and messages are the documented ones of the cloud's gateway, of LinkVisual's picture search
and of the TOP gateway, because clients compare them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from edge_agent.domain.errors import (
    AgentError,
    Busy,
    Expired,
    NotAuthorised,
    NotFound,
    Refused,
    Unavailable,
)

RETRY_AFTER_MS = 1000
"""A client that asked too often is told to wait this long, in milliseconds."""


class CloudRefusal(Refused):
    """A client of a cloud API must change something; base of the three kinds below."""


class GatewayRefusal(CloudRefusal):
    """Refused in the words of the gateway of the aliyun products: an HTTP error.

    Attributes:
        code: for instance `MissingPageSize`.
        status: of the HTTP answer.
        retry_after_ms: when a throttled client may come again, in milliseconds; 0 = not throttled.
    """

    def __init__(self, code: str, status: int, message: str, *, retry_after_ms: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.status = status
        self.retry_after_ms = retry_after_ms


class BusinessRefusal(CloudRefusal):
    """Refused by a LinkVisual operation: HTTP 200 with `Success: false`.

    Attributes:
        code: three digits, as text.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TopRefusal(CloudRefusal):
    """Refused in the words of the TOP gateway: HTTP 200 with an `error_response`.

    Attributes:
        number: the error's number.
        sub_code: of the operation below the gateway, perhaps empty.
        sub_message: the words for `sub_code`, perhaps empty.
    """

    def __init__(
        self, number: int, sub_code: str = "", sub_message: str = "", *, of: str = ""
    ) -> None:
        super().__init__(TOP_MESSAGES[number] + of)
        self.number = number
        self.sub_code = sub_code
        self.sub_message = sub_message


@dataclass(frozen=True, slots=True)
class Told:
    """How the gateway tells one fault: HTTP status and message."""

    status: int
    message: str


GATEWAY: Final[dict[str, Told]] = {
    "InvalidAccessKeyId.NotFound": Told(404, "Specified access key is not found."),
    "InvalidAccessKeyId.Inactive": Told(400, "Specified access key is disabled."),
    "InvalidTimeStamp.Format": Told(
        400, "Specified time stamp or date value is not well formatted."
    ),
    "InvalidTimeStamp.Expired": Told(400, "Specified time stamp or date value is expired."),
    "SignatureNonceUsed": Told(400, "Specified signature nonce was used already."),
    "InvalidSignatureMethod": Told(400, "Specified signature method is not valid."),
    "InvalidAction.NotFound": Told(
        404, "Specified api is not found, please check your url and method."
    ),
    "InvalidVersion": Told(400, "Specified parameter Version is not valid."),
    "InvalidParameter.Format": Told(400, "Specified parameter format is not valid."),
    "Throttling.User": Told(400, "Request was denied due to user flow control."),
    "Throttling.Api": Told(400, "Request was denied due to api flow control."),
    "Forbidden.RAM": Told(403, "User not authorized to operate on the specified resource."),
    "ServiceUnavailable": Told(
        503, "The request has failed due to a temporary failure of the server."
    ),
    "InternalError": Told(
        500, "The request processing has failed due to some unknown error, exception or failure."
    ),
}

MISMATCH = "Specified signature is not matched with our calculation. server string to sign is:"
"""Followed by the server's string to sign. An SDK splits at the colon and fails without one."""

TENANT_ERROR = ("403", "tenant auth error.")
FORBIDDEN = ("403", "request forbidden.")
TIMES_REVERSED = ("460", "beginTime can not bigger or equal endTime.")
PICTURE_TYPE = ("460", "picture type error.")
DEVICE_LIST = ("460", "iotIdList is error")

TOP_MESSAGES: Final[dict[int, str]] = {
    3: "Upload Fail",
    7: "App Call Limited",
    9: "Http Action Not Allowed",
    10: "Service Currently Unavailable",
    11: "Insufficient ISV Permissions",
    12: "Insufficient User Permissions",
    13: "Insufficient Partner Permissions",
    15: "Remote service error",
    21: "Missing Method",
    22: "Invalid Method",
    23: "Invalid Format",
    24: "Missing signature",
    25: "Invalid signature",
    26: "Missing Session",
    27: "Invalid Session",
    28: "Missing App Key",
    29: "Invalid app Key",
    30: "Missing Timestamp",
    31: "Invalid Timestamp",
    32: "Missing Version",
    33: "Invalid Version",
    34: "Unsupported Version",
    40: "Missing required arguments:",
    41: "Invalid arguments",
    42: "Forbidden Request",
    43: "Parameter Error",
    50: "Remote service error",
}


def gateway(code: str, *, retry_after_ms: int = 0) -> GatewayRefusal:
    """Make the refusal for a code of the table `GATEWAY`."""
    told = GATEWAY[code]
    return GatewayRefusal(code, told.status, told.message, retry_after_ms=retry_after_ms)


def missing(parameter: str) -> GatewayRefusal:
    """Say that a required parameter is absent or empty."""
    return GatewayRefusal(f"Missing{parameter}", 400, f"{parameter} is mandatory for this action.")


def invalid(parameter: str) -> GatewayRefusal:
    """Say that a parameter cannot be read or is out of its range."""
    return GatewayRefusal(
        f"Invalid{parameter}", 400, f"Specified parameter {parameter} is not valid."
    )


def mismatch(string_to_sign: str) -> GatewayRefusal:
    """Say that a signature does not fit, and to what it should have fitted."""
    return GatewayRefusal("SignatureDoesNotMatch", 400, MISMATCH + string_to_sign)


def throttled(retry_after_ms: int = RETRY_AFTER_MS) -> GatewayRefusal:
    """Say that a key asks too often."""
    return gateway("Throttling.User", retry_after_ms=retry_after_ms)


def invalid_argument(message: str = "非法参数") -> TopRefusal:
    """Say that a business parameter of a TOP operation is wrong."""
    return TopRefusal(50, "isv.invalid-parameter", message)


def missing_argument(name: str) -> TopRefusal:
    """Say that a business parameter of a TOP operation is absent or empty."""
    return TopRefusal(40, of=name)


def unknown_app_key() -> TopRefusal:
    """Say that nobody here has this app key."""
    return TopRefusal(29, "isv.appkey-not-exists", "appkey does not exist")


def linkvisual_refusal(error: AgentError) -> CloudRefusal:
    """Say one of our errors in the words of LinkVisual and of its gateway."""
    if isinstance(error, CloudRefusal):
        return error
    return _nearest(_LINKVISUAL, error)(error)


def top_refusal(error: AgentError) -> TopRefusal:
    """Say one of our errors in the words of the TOP gateway."""
    if isinstance(error, TopRefusal):
        return error
    if isinstance(error, GatewayRefusal) and error.retry_after_ms:
        return TopRefusal(7)
    return _nearest(_TOP, error)(error)


R = TypeVar("R")


def _nearest(table: Mapping[type[AgentError], R], error: AgentError) -> R:
    return next(table[family] for family in type(error).__mro__ if family in table)


_LINKVISUAL: Final[dict[type[AgentError], Callable[[AgentError], CloudRefusal]]] = {
    AgentError: lambda _: gateway("InternalError"),
    Refused: lambda error: GatewayRefusal("InvalidParameter", 400, str(error)),
    NotFound: lambda _: BusinessRefusal(*TENANT_ERROR),
    NotAuthorised: lambda _: gateway("Forbidden.RAM"),
    Busy: lambda _: throttled(),
    Expired: lambda _: gateway("ServiceUnavailable"),
    Unavailable: lambda _: gateway("ServiceUnavailable"),
}

_TOP: Final[dict[type[AgentError], Callable[[AgentError], TopRefusal]]] = {
    AgentError: lambda _: TopRefusal(15, "isp.unknown-error", "the box failed"),
    Refused: lambda error: invalid_argument(str(error)),
    NotFound: lambda error: invalid_argument(str(error)),
    NotAuthorised: lambda _: TopRefusal(11, "isv.permission-api-package-limit"),
    Busy: lambda _: TopRefusal(7),
    Expired: lambda _: TopRefusal(10),
    Unavailable: lambda _: TopRefusal(10),
}

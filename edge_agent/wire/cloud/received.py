"""An HTTP request as it came, whose dialect it speaks, and in which manner to answer it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Final
from urllib.parse import unquote_to_bytes

from edge_agent.wire.cloud.errors import CloudRefusal, gateway
from edge_agent.wire.cloud.signatures import Pair

ROOT: Final = "/"
TOP_PATH: Final = "/router/rest"
FORM: Final = "application/x-www-form-urlencoded"
PAIRS_LIMIT = 1000
"""Parameters of one request."""

_RPC_MARKS: Final = ("Signature", "Action", "AccessKeyId", "SignatureNonce")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,127}")


class Dialect(StrEnum):
    """The four ways in which requests are signed."""

    RPC = "rpc"
    ACS3 = "acs3"
    ROA = "roa"
    TOP = "top"


class Format(StrEnum):
    """In what answers are written."""

    JSON = "json"
    XML = "xml"


@dataclass(frozen=True, eq=False)
class Received:
    """An HTTP request, nothing decoded.

    Attributes:
        method: of HTTP, upper case.
        path: as it was asked for, still percent-encoded, without the query.
        query: behind the question mark, still encoded.
        headers: by lower-case name.
        body: all of it, after the transfer encoding was undone.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(
        cls, method: str, path: str, query: str, headers: Iterable[Pair], body: bytes
    ) -> "Received":
        """Make one of headers as they came; of a header that came twice the first counts."""
        named: dict[str, str] = {}
        for name, value in headers:
            named.setdefault(name.lower(), value)
        return cls(method.upper(), path, query, named, body)

    @cached_property
    def query_pairs(self) -> tuple[Pair, ...]:
        """Parameters of the query, decoded.

        Raises:
            GatewayRefusal: they are too many or not UTF-8.
        """
        return _pairs(self.query.encode("utf-8", "surrogatepass"))

    @cached_property
    def form_pairs(self) -> tuple[Pair, ...]:
        """Parameters of the body where it is a form, decoded.

        Raises:
            GatewayRefusal: they are too many or not UTF-8.
        """
        return _pairs(self._form)

    def peek(self, name: str) -> str:
        """Look a parameter up without judging the others; empty where there is none."""
        return self._glimpsed.get(name, "")

    @cached_property
    def _glimpsed(self) -> dict[str, str]:
        try:
            return dict(self.query_pairs + self.form_pairs)
        except CloudRefusal:
            encoded = self.query.encode("utf-8", "surrogatepass")
            return dict(_decoded(encoded, "replace") + _decoded(self._form, "replace"))

    @property
    def _form(self) -> bytes:
        kind = self.headers.get("content-type", FORM).partition(";")[0].strip().lower()
        return self.body if kind == FORM else b""


def _pairs(encoded: bytes) -> tuple[Pair, ...]:
    try:
        pairs = _decoded(encoded, "strict")
    except UnicodeDecodeError:
        raise gateway("InvalidParameter.Format") from None
    if len(pairs) > PAIRS_LIMIT:
        raise gateway("InvalidParameter.Format")
    return pairs


def _decoded(encoded: bytes, errors: str) -> tuple[Pair, ...]:
    """Decode a form; blank values stay, a part of no characters does not count."""
    parts = encoded.split(b"&", PAIRS_LIMIT + 1)
    split = [part.replace(b"+", b" ").partition(b"=") for part in parts if part]
    return tuple(
        (
            (unquote_to_bytes(name) if b"%" in name else name).decode("utf-8", errors),
            (unquote_to_bytes(value) if b"%" in value else value).decode("utf-8", errors),
        )
        for name, _, value in split
    )


@dataclass(frozen=True, slots=True)
class Manner:
    """How a request wants its answer, right or wrong as it may be.

    Attributes:
        dialect: that the request speaks.
        format: of the answer.
        action: name of the operation, or empty where it could not be an element's name.
        host: the box, as the client called it.
        simplify: TOP's short JSON.
    """

    dialect: Dialect
    format: Format
    action: str = ""
    host: str = ""
    simplify: bool = False


def dialect_of(received: Received) -> Dialect | None:
    """Tell which dialect a request speaks; None where it is no request to a cloud API.

    SDKs put `x-acs-action` on RPC requests too, so parameters are looked at before that header.
    """
    authorization = received.headers.get("authorization", "")
    if received.path == TOP_PATH:
        return Dialect.TOP
    if authorization.startswith("acs "):
        return Dialect.ROA
    if authorization.startswith("ACS3-"):
        return Dialect.ACS3
    if received.path != ROOT:
        return None
    if any(received.peek(mark) for mark in _RPC_MARKS):
        return Dialect.RPC
    return Dialect.ACS3 if "x-acs-action" in received.headers else None


def manner_of(received: Received, dialect: Dialect) -> Manner:
    """Tell how to answer; never refuses, because a refusal needs an answer too."""
    host = received.headers.get("host", "")
    if dialect is Dialect.TOP:
        wanted, short = received.peek("format"), received.peek("simplify")
        json = wanted.lower() == "json"
        return Manner(
            dialect,
            Format.JSON if json else Format.XML,
            _plain(received.peek("method")),
            host,
            simplify=json and short.lower() == "true",
        )
    if dialect is Dialect.RPC:
        json = received.peek("Format").upper() == "JSON"
        shape = Format.JSON if json else Format.XML
        return Manner(dialect, shape, _plain(received.peek("Action")), host)
    return Manner(dialect, Format.JSON, _plain(received.headers.get("x-acs-action", "")), host)


def _plain(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else ""

"""Requests of the REST door and the dashboard, made out of bytes."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.fuzz.draw import Draw
from tests.fuzz.shaped import Known, Schema, known_to, shaped

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
TYPES = ["application/json", "image/jpeg", "multipart/form-data; boundary=b", "text/plain", ""]
HEADERS = ["Range", "If-None-Match", "Idempotency-Key", "Accept", "If-Range", "Expect"]
RANGES = ["bytes=0-", "bytes=5-2", "bytes=-1", "bytes=0-0,2-3", "bytes=999999999-", "sheep=1-2"]
_IN_PATH = re.compile(r"\{([^}:]+)(?::[^}]*)?\}")
Headers = Mapping[str, str]


class RestRequests:
    """Makes ASGI requests out of bytes.

    Args:
        app: the door, which says what routes and names there are.
        known: values that mean something to it.
        askers: headers by which it knows who asks; one of them, or none, is sent.
    """

    def __init__(self, app: FastAPI, known: Known, askers: Sequence[Headers]) -> None:
        self._known = {**known, "": [*known[""], *RANGES]}
        self._askers = [*askers, {}]
        document = app.openapi()
        self._operations: list[tuple[str, str, Mapping[str, Any]]] = [
            (path, method.upper(), operation)
            for path, one in document["paths"].items()
            for method, operation in one.items()
        ]
        described = {(path, method) for path, method, _ in self._operations}
        self._others: list[tuple[str, str, Mapping[str, Any]]] = [
            (str(context.path), method, {})
            for context in iter_route_contexts(app.routes)  # pages, and what is not described
            for method in context.methods or ()
            if (context.path, method) not in described
        ]
        self._names = sorted(
            {name for *_, one in self._operations for name in _parameters(one)}
            | {name for *_, one in self._operations for name in _body(one).get("properties", {})}
        )

    def scope(self, draw: Draw) -> tuple[dict[str, Any], bytes]:
        """A request for a route of the door, or for something like it."""
        routes = self._operations if draw.byte() % 16 else self._others
        pattern, own, operation = draw.one_of(routes)
        method = own if draw.byte() % 16 else draw.one_of(METHODS)
        path = _IN_PATH.sub(lambda found: draw.value(known_to(self._known, found[1])), pattern)
        headers = self._headers(draw)
        body = b"" if method == "GET" else self._drawn_body(draw, operation)
        query = "&".join(f"{quote(a)}={quote(b)}" for a, b in self._pairs(draw, operation))
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "https", "path": path, "raw_path": quote(path, safe="/%").encode(),
            "query_string": query.encode(), "root_path": "", "headers": headers,
            "client": ("192.0.2.1", 1), "server": ("box", 443),
        }, body  # fmt: skip

    def _pairs(self, draw: Draw, operation: Mapping[str, Any]) -> list[tuple[str, str]]:
        own = list(_parameters(operation)) or self._names
        names = [
            draw.one_of(own if draw.byte() % 8 else self._names) if draw.byte() % 8 else draw.text()
            for _ in range(draw.few())
        ]
        return [(name, draw.value(known_to(self._known, name))) for name in names]

    def _drawn_body(self, draw: Draw, operation: Mapping[str, Any]) -> bytes:
        schema = _body(operation)
        if schema and draw.byte() % 4:
            return json.dumps(shaped(draw, schema, self._known)).encode()
        return draw.document(self._names, self._known[""])

    def _headers(self, draw: Draw) -> list[tuple[bytes, bytes]]:
        kind = TYPES[0] if draw.byte() % 4 else draw.one_of(TYPES)
        sent = {"host": "box", "content-type": kind, **draw.one_of(self._askers)}
        for _ in range(draw.below(3)):
            sent[draw.one_of(HEADERS)] = draw.value(self._known[""])
        return [
            (name.lower().encode(), value.encode("latin-1", "replace").translate(None, b"\r\n\0"))
            for name, value in sent.items()
        ]


def _parameters(operation: Mapping[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]


def _body(operation: Mapping[str, Any]) -> Schema:
    content = operation.get("requestBody", {}).get("content", {})
    found: Schema = content.get("application/json", {}).get("schema", {})
    return found

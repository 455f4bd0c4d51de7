"""Pictures that are sent ahead of the request that names them by their address.

The cloud has clients put them into its object storage, with a form that it signed. Here they wait
in memory: they are wanted a moment later, and one that is lost is sent again.
"""

import base64
import hmac
import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from edge_agent.domain.errors import NotAuthorised, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.runtime.clock import Clock

PREFIX = "uploads/"
"""What object keys begin with."""


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to send one picture.

    Attributes:
        key: of the object.
        key_id: OSSAccessKeyId of the form.
        policy: of the form.
        signature: of the form.
    """

    key: str
    key_id: str
    policy: str
    signature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadsOptions:
    """How much waits, and how long.

    Attributes:
        seconds: that a grant, and afterwards the picture, is good for.
        most_bytes: of one picture.
        held_bytes: of all pictures; the oldest one goes first.
    """

    seconds: float = 600.0
    most_bytes: int = 4 * 1024 * 1024
    held_bytes: int = 128 * 1024 * 1024


class Uploads:
    """Grants, and the pictures that came with one."""

    def __init__(self, clock: Clock, options: UploadsOptions | None = None) -> None:
        self._clock = clock
        self._options = options or UploadsOptions()
        self._secret = secrets.token_bytes(32)
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    @property
    def most_bytes(self) -> int:
        """Of one picture."""
        return self._options.most_bytes

    def grant(self) -> Grant:
        """Give leave to send one picture."""
        now_ms = self._clock.now_ms()
        key = PREFIX + new_id(now_ms)
        until = now_ms + int(self._options.seconds * 1000)
        condition = {"key": key, "until_ms": until}
        policy = base64.b64encode(json.dumps(condition).encode()).decode("ascii")
        return Grant(key, "box", policy, self._sign(policy))

    def take(self, grant: Grant, data: bytes) -> None:
        """Hold a picture until it is asked for.

        Raises:
            NotAuthorised: the box did not give this leave, or it has ended.
            TooLarge: the picture is.
        """
        if not hmac.compare_digest(self._sign(grant.policy).encode(), grant.signature.encode()):
            raise NotAuthorised("the form was not signed by this box")
        condition = json.loads(base64.b64decode(grant.policy))
        if condition["key"] != grant.key or condition["until_ms"] < self._clock.now_ms():
            raise NotAuthorised("the form is for another object, or has ended")
        if len(data) > self._options.most_bytes:
            raise TooLarge(f"more than {self._options.most_bytes} bytes")
        self._forget(grant.key)
        self._held[grant.key] = (self._clock.monotonic() + self._options.seconds, data)
        self._bytes += len(data)
        self._make_room()

    def find(self, address: str) -> bytes | None:
        """The picture of an address; None where it is none of an upload that is held.

        The key is as good as a password, so the host in front of it need not be looked at.
        """
        at = address.find("/" + PREFIX)
        held = self._held.get(address[at + 1 :]) if at >= 0 else None
        return held[1] if held is not None and held[0] >= self._clock.monotonic() else None

    def _make_room(self) -> None:
        now = self._clock.monotonic()
        while self._held:
            key, (until, _) = next(iter(self._held.items()))
            if until >= now and self._bytes <= self._options.held_bytes:
                return
            self._forget(key)

    def _forget(self, key: str) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._bytes -= len(held[1])

    def _sign(self, policy: str) -> str:
        digest = hmac.digest(self._secret, policy.encode("utf-8", "replace"), "sha256")
        return base64.b64encode(digest).decode("ascii")

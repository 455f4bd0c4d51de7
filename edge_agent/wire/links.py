"""Signed links to pictures and clips that end by themselves.

A link is the path of a file on the HTTP door with `?e=<expiry, ms>&s=<signature>`. Whoever holds
it may see this one file until then and nothing else, so it can stand in a page, in an MQTT answer
or in a mail without the token travelling along.

The signature is HMAC-SHA256 (RFC 2104) over path, line feed and expiry, as 64 hexadecimal digits.
The expiry is rounded up to a full step: a page that is read again within it gets the same
address and takes the picture from the browser's cache.
"""

import hmac
import re
from dataclasses import dataclass

from edge_agent.domain.errors import NotAuthorised
from edge_agent.runtime.clock import Clock

_KEPT = 4096
"""Links that are remembered until the step ends: a client that waits asks for the same again."""

_EXPIRY = re.compile(r"[0-9]{1,15}")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """How links are made.

    Attributes:
        base: put in front of every path, for instance `https://box.example:8800`; empty makes
            links relative to the HTTP door itself.
        valid_ms: a link opens its file for at least this long, in milliseconds.
        step_ms: expiries are rounded up to a multiple of this, in milliseconds.
    """

    base: str = ""
    valid_ms: int = 24 * 3_600_000
    step_ms: int = 3_600_000


class LinkSigner:
    """Makes and checks signed links.

    Args:
        key: the secret; who knows it can open every file of the box.
        clock: tells when links end.
        options: how links are made.
    """

    def __init__(self, key: bytes, clock: Clock, options: LinkOptions | None = None) -> None:
        self._key = key
        self._clock = clock
        self._options = options or LinkOptions()
        self._expiry = 0  # of the step that is now
        self._signed: dict[str, str] = {}  # the links of this step

    def picture(self, picture_id: str) -> str:
        """Link to a stored picture of a track."""
        return self.sign(f"/media/pictures/{picture_id}")

    def clip(self, fragment_id: str) -> str:
        """Link to the clip of a fragment."""
        return self.sign(f"/media/clips/{fragment_id}")

    def thumbnail(self, fragment_id: str) -> str:
        """Link to a small picture of the clip of a fragment."""
        return self.sign(f"/media/thumbnails/{fragment_id}")

    def watched(self, picture_id: str) -> str:
        """Link to the picture that is kept of somebody on a watch list."""
        return self.sign(f"/media/watched/{picture_id}")

    def recognised(self, hit_id: str) -> str:
        """Link to the best picture, as it is then, of the face that raised a hit."""
        return self.sign(f"/media/recognised/{hit_id}")

    def item(self, picture_id: str) -> str:
        """Link to the picture of an item of Image Search."""
        return self.sign(f"/media/items/{picture_id}")

    def query_picture(self, job_id: str) -> str:
        """Link to the picture that a search asked with."""
        return self.sign(f"/media/queries/{job_id}")

    def sign(self, path: str) -> str:
        """Make the link to `path`, which starts with a slash and carries no query."""
        soonest = self._clock.now_ms() + self._options.valid_ms
        if soonest > self._expiry or self._expiry - soonest >= self._options.step_ms:
            step = self._options.step_ms
            self._expiry = -(-soonest // step) * step
            self._signed.clear()
        link = self._signed.get(path)
        if link is None:
            expiry = str(self._expiry)
            link = f"{self._options.base}{path}?e={expiry}&s={self._signature(path, expiry)}"
            if len(self._signed) >= _KEPT:
                self._signed.clear()
            self._signed[path] = link
        return link

    def check(self, path: str, expiry: str, signature: str) -> int:
        """Let a link pass or refuse it.

        Args:
            path: as it was asked for.
            expiry: parameter `e` of the link.
            signature: parameter `s` of the link.

        Returns:
            for how many more milliseconds the link is good; more than 0.

        Raises:
            NotAuthorised: it was not made by this box for this path, or it has ended.
        """
        if not _EXPIRY.fullmatch(expiry) or not _SIGNATURE.fullmatch(signature):
            raise NotAuthorised("this link is not complete; ask the box for a new one")
        if not hmac.compare_digest(self._signature(path, expiry), signature):
            raise NotAuthorised("this link was not made by this box for this file")
        left_ms = int(expiry) - self._clock.now_ms()
        if left_ms <= 0:
            raise NotAuthorised("this link has ended; ask the box for a new one")
        return left_ms

    def _signature(self, path: str, expiry: str) -> str:
        return hmac.digest(self._key, f"{path}\n{expiry}".encode(), "sha256").hex()

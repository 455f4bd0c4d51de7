"""Who may ask: the token, the metrics key, and signed links.

Secrets are compared in constant time, as digests, so that neither their content nor their length
shows in how long a refusal takes.
"""

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from edge_agent.domain.errors import NotAuthorised
from edge_agent.rest_api.errors import Forbidden
from edge_agent.rest_api.options import HttpOptions
from edge_agent.wire.links import LinkSigner

_BEARER = HTTPBearer(auto_error=False, description="The token the box made at its first start.")

Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]

ASKER = "rest:token"
"""How the audit and the jobs call whoever shows the token."""


class Access:
    """Decides who may ask.

    Args:
        options: hold the token and the metrics key.
        links: checks signed links.
    """

    def __init__(self, options: HttpOptions, links: LinkSigner) -> None:
        self._token = _digest(options.token)
        self._metrics_key = _digest(options.metrics_key)
        self._links = links

    def token(self, shown: Shown) -> None:
        """Let whoever shows the token pass; a dependency of every route that needs it.

        Raises:
            NotAuthorised: no token or a wrong one.
        """
        if shown is None:
            raise NotAuthorised("a token is needed: Authorization: Bearer <token>")
        if not _same(shown.credentials, self._token):
            raise NotAuthorised("this is not the token of this box")

    def metrics(self, request: Request, shown: Shown) -> None:
        """Let whoever shows the metrics key, as bearer or as `?key=`, or the token pass.

        Raises:
            NotAuthorised: neither was shown.
        """
        given = request.query_params.get("key") or (shown.credentials if shown else "")
        if not _same(given, self._metrics_key) and not _same(given, self._token):
            raise NotAuthorised("the metrics key is needed: Authorization: Bearer <key>, or ?key=")

    def media(self, request: Request, shown: Shown) -> int:
        """Let a signed link or the token pass.

        Returns:
            seconds for which a browser may keep the file: as long as the link is good.

        Raises:
            NotAuthorised: neither was given, or the token is wrong. A request that
                `plain.is_signed_link` tells from others is never judged by its token.
            Forbidden: the link is not one of this box or has ended.
        """
        expiry, signature = (request.query_params.get(name) for name in ("e", "s"))
        if expiry is None and signature is None:
            self.token(shown)
            return 0
        try:
            left_ms = self._links.check(request.url.path, expiry or "", signature or "")
        except NotAuthorised as error:
            raise Forbidden(str(error)) from error
        return left_ms // 1000


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _same(given: str, digest: bytes) -> bool:
    return hmac.compare_digest(_digest(given), digest)

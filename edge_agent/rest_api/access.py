"""Who may ask: the token, machines, people who are signed in, the metrics key, and signed links.

Secrets are compared in constant time, as digests, so that neither their content nor their length
shows in how long a refusal takes.

A browser shows who is signed in by itself, in a cookie. So whatever changes something must also
show a word that only a page of this box can know (OWASP's synchronizer token), and the cookie is
not sent from foreign pages at all (`SameSite=Strict`).
"""

import hashlib
import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from edge_agent.accounts import Logins, SignedIn
from edge_agent.accounts.logins import TOKEN_HOLDER
from edge_agent.audit import AuditLog
from edge_agent.domain.errors import NotAuthorised
from edge_agent.domain.user import Principal
from edge_agent.rest_api.errors import Forbidden
from edge_agent.rest_api.options import HttpOptions
from edge_agent.rest_api.roles import NEEDED
from edge_agent.wire.links import LinkSigner

_BEARER = HTTPBearer(
    auto_error=False, description="The token the box made at its first start, or a machine's key."
)

Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]

COOKIE = "__Host-edge-agent"
"""The prefix makes browsers refuse it from any other host, and over plain http (RFC 6265bis)."""

CSRF = "x-csrf-token"
_CHANGES_NOTHING = frozenset(("GET", "HEAD"))


def asker(request: Request) -> str:
    """How the audit and the jobs call whoever asks; known once `Access.allow` let them pass."""
    return whoever(request).asker


def whoever(request: Request) -> Principal:
    """Who asks; known once `Access.allow` let them pass."""
    principal = request.state.principal
    assert isinstance(principal, Principal)  # noqa: S101 - set by `Access.allow`
    return principal


class Access:
    """Decides who may ask.

    Args:
        options: hold the token and the metrics key.
        links: checks signed links.
        logins: knows who is signed in.
        audit: told which files are opened without a link.
    """

    def __init__(
        self, options: HttpOptions, links: LinkSigner, logins: Logins, audit: AuditLog
    ) -> None:
        self._token = _digest(options.token)
        self._metrics_key = _digest(options.metrics_key)
        self._links = links
        self._logins = logins
        self._audit = audit

    async def allow(self, request: Request, shown: Shown) -> None:
        """Let pass whose role is enough for the route; a dependency of every route that needs it.

        Raises:
            NotAuthorised: nobody is signed in and no token is shown, or a wrong one.
            Forbidden: the role is not enough, or the request did not come from a page of this box.
        """
        principal = await self._principal(request, shown)
        path = str(getattr(request.scope.get("route"), "path", ""))
        needed = NEEDED[request.method, path]
        if not principal.role.may(needed):
            raise Forbidden(f"this needs the role {needed}; yours is {principal.role}")
        request.state.principal = principal

    async def signed_in(self, request: Request) -> SignedIn:
        """Who is signed in in this browser.

        Raises:
            NotAuthorised: nobody.
            Forbidden: the request did not come from a page of this box.
        """
        cookie = request.cookies.get(COOKIE, "")
        found = await self._logins.who(cookie) if cookie else None
        if found is None:
            raise NotAuthorised("nobody is signed in (any more); sign in first")
        self._check_origin(request, found)
        return found

    async def metrics(self, request: Request, shown: Shown) -> None:
        """Let whoever shows the metrics key, as bearer or as `?key=`, or the token pass.

        Raises:
            NotAuthorised: neither was shown.
        """
        given = request.query_params.get("key") or (shown.credentials if shown else "")
        if not _same(given, self._metrics_key) and not _same(given, self._token):
            raise NotAuthorised("the metrics key is needed: Authorization: Bearer <key>, or ?key=")

    async def media(self, request: Request, shown: Shown) -> int:
        """Let a signed link, the token, a machine or whoever is signed in pass.

        Links are only given to who has been noted as looking; who comes without one, with nothing
        but the id of a file, is noted here.

        Returns:
            seconds for which a browser may keep the file: as long as the link is good.

        Raises:
            NotAuthorised: none of them was given, or the token is wrong. A request that
                `plain.is_signed_link` tells from others is never judged by its token.
            Forbidden: the link is not one of this box or has ended.
        """
        expiry, signature = (request.query_params.get(name) for name in ("e", "s"))
        if expiry is None and signature is None:
            principal = await self._principal(request, shown)  # every role may look
            detail = {"file": request.url.path.removeprefix("/media/")}
            await self._audit.looked(principal.asker, "media.view", detail)
            return 0
        try:
            left_ms = self._links.check(request.url.path, expiry or "", signature or "")
        except NotAuthorised as error:
            raise Forbidden(str(error)) from error
        return left_ms // 1000

    async def _principal(self, request: Request, shown: Shown) -> Principal:
        if shown is not None:
            if _same(shown.credentials, self._token):
                return TOKEN_HOLDER
            machine = await self._logins.machine(shown.credentials)
            if machine is None:
                raise NotAuthorised("this is neither the token of this box nor a machine's key")
            return machine
        if COOKIE not in request.cookies:
            raise NotAuthorised("sign in, or show the token: Authorization: Bearer <token>")
        return (await self.signed_in(request)).who

    def _check_origin(self, request: Request, login: SignedIn) -> None:
        if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
            raise Forbidden("this request came from a page of somebody else")
        if request.method in _CHANGES_NOTHING:
            return
        given = request.headers.get(CSRF, "")
        if not hmac.compare_digest(given.encode(), login.csrf.encode()):
            raise Forbidden(f"what changes something needs the header {CSRF}; ask /v1/session")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


def _same(given: str, digest: bytes) -> bool:
    return hmac.compare_digest(_digest(given), digest)

"""Signing in, staying signed in, signing out."""

import hmac
import secrets
from dataclasses import dataclass, field

from edge_agent.accounts.machines import machine_of
from edge_agent.accounts.passwords import Passwords, proof_of
from edge_agent.accounts.throttle import Throttle, ThrottleOptions
from edge_agent.accounts.users import name_of
from edge_agent.domain.errors import NotAuthorised, Refused
from edge_agent.domain.user import Principal, Role
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit
from edge_agent.storage.users import (
    Login,
    delete_login,
    delete_logins,
    get_login,
    get_user,
    insert_login,
    renew_login,
    see_login,
)

TOKEN_HOLDER = Principal(name="", asker="rest:token", role=Role.ADMINISTRATOR)
"""Whoever shows the token of the box."""

_WRONG = "name or password is wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginOptions:
    """How long somebody stays signed in, in milliseconds.

    Attributes:
        idle_ms: after the last request.
        longest_ms: after signing in, however busy.
        renew_ms: age after which a cookie is replaced when the page asks who it is.
        grace_ms: for which the replaced one still opens: other requests are on their way.
        note_ms: how exactly it is known when a login was last used.
    """

    idle_ms: int = 2 * 3_600_000
    longest_ms: int = 12 * 3_600_000
    renew_ms: int = 15 * 60_000
    grace_ms: int = 60_000
    note_ms: int = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in.

    Attributes:
        who: they are.
        csrf: what their page shows with everything that changes something.
        cookie: what the browser has to keep from now on; None where it keeps what it has.
        ends_ms: when they have to sign in again, however busy.
    """

    who: Principal
    csrf: str = field(repr=False)
    cookie: str | None = field(default=None, repr=False)
    ends_ms: int


class Logins:
    """Knows who is signed in.

    Args:
        store: where logins are kept.
        passwords: compares them.
        token: of the box; whoever shows it is an administrator.
        clock: the box's clock.
        options: how long somebody stays.
        throttle: how often somebody may try.
    """

    def __init__(
        self,
        store: Store,
        passwords: Passwords,
        *,
        token: str,
        clock: Clock,
        options: LoginOptions | None = None,
        throttle: ThrottleOptions | None = None,
    ) -> None:
        self._store = store
        self._passwords = passwords
        self._token = proof_of(token)
        self._clock = clock
        self._options = options or LoginOptions()
        self._throttle = Throttle(throttle or ThrottleOptions(), clock)

    async def sign_in(self, name: str, password: str, *, address: str) -> SignedIn:
        """Let a user in.

        Args:
            name: as typed.
            password: as typed.
            address: where from.

        Raises:
            NotAuthorised: there is no such user, or the password is another.
            Busy: too many tries.
        """
        try:
            name = name_of(name)
        except Refused:
            raise NotAuthorised(_WRONG) from None
        self._throttle.check(name, address)
        found = await get_user(self._store, name)
        hashed = found[1] if found else None
        if not await self._passwords.right(password, hashed) or found is None or hashed is None:
            self._throttle.failed(name)
            # A password typed into the wrong field must not stand in the log for ever.
            await self._note_failure(name if found else "unknown", address)
            raise NotAuthorised(_WRONG)
        self._throttle.succeeded(name)
        return await self._open(_principal(name, found[0].role), proof_of(hashed), address)

    async def sign_in_by_token(self, token: str, *, address: str) -> SignedIn:
        """Let whoever shows the token of the box in.

        Raises:
            NotAuthorised: it is another.
            Busy: too many tries.
        """
        self._throttle.check("", address)
        if not hmac.compare_digest(proof_of(token), self._token):
            await self._note_failure("token", address)
            raise NotAuthorised("this is not the token of this box")
        return await self._open(TOKEN_HOLDER, self._token, address)

    async def machine(self, key: str) -> Principal | None:
        """The machine whose key this is; None for nobody's.

        Raises:
            Unavailable: the disk is failing.
        """
        return await machine_of(self._store, key)

    async def who(self, cookie: str) -> SignedIn | None:
        """Who is signed in with this cookie; None for nobody, or no longer.

        Raises:
            Unavailable: the disk is failing.
        """
        login = await self._valid(cookie)
        principal = await self._principal_of(login) if login else None
        if login is None or principal is None:
            return None
        now_ms = self._clock.now_ms()
        if now_ms - login.seen_ms > self._options.note_ms:
            async with self._store.transaction() as tx:
                await see_login(tx, login.digest, now_ms)
        return SignedIn(
            who=principal, csrf=login.csrf, ends_ms=login.created_ms + self._options.longest_ms
        )

    async def renewed(self, cookie: str) -> str | None:
        """A new cookie for a valid one that has become old; None where it need not be replaced."""
        login = await self._valid(cookie)
        now_ms = self._clock.now_ms()
        if (
            login is None
            or login.digest != proof_of(cookie)
            or now_ms - login.renewed_ms < self._options.renew_ms
        ):
            return None
        fresh = secrets.token_urlsafe(32)
        async with self._store.transaction() as tx:
            done = await renew_login(tx, login.digest, proof_of(fresh), now_ms)
        return fresh if done else None

    async def sign_out(self, cookie: str) -> None:
        """End a login; noted in the audit. Nothing happens where there is none."""
        login = await self._valid(cookie)
        if login is None:
            return
        who = TOKEN_HOLDER.asker if not login.name else f"user:{login.name}"
        async with self._store.transaction() as tx:
            await delete_login(tx, login.digest)
            await append_audit(tx, who, "session.end", {}, self._clock.now_ms())

    async def _open(self, who: Principal, proof: str, address: str) -> SignedIn:
        cookie, csrf, now_ms = (
            secrets.token_urlsafe(32),
            secrets.token_hex(16),
            self._clock.now_ms(),
        )
        login = Login(
            digest=proof_of(cookie),
            name=who.name,
            proof=proof,
            csrf=csrf,
            created_ms=now_ms,
            renewed_ms=now_ms,
            seen_ms=now_ms,
        )
        options = self._options
        async with self._store.transaction() as tx:
            await delete_logins(
                tx,
                seen_before_ms=now_ms - options.idle_ms,
                made_before_ms=now_ms - options.longest_ms,
            )
            await insert_login(tx, login)
            await append_audit(tx, who.asker, "session.begin", {"address": address}, now_ms)
        return SignedIn(who=who, csrf=csrf, cookie=cookie, ends_ms=now_ms + options.longest_ms)

    async def _valid(self, cookie: str) -> Login | None:
        digest, now_ms = proof_of(cookie), self._clock.now_ms()
        login = await get_login(self._store, digest)
        if login is None or now_ms - login.seen_ms > self._options.idle_ms:
            return None
        if now_ms - login.created_ms > self._options.longest_ms:
            return None
        if login.digest != digest and now_ms - login.renewed_ms > self._options.grace_ms:
            return None
        return login

    async def _principal_of(self, login: Login) -> Principal | None:
        if not login.name:
            return TOKEN_HOLDER if hmac.compare_digest(login.proof, self._token) else None
        found = await get_user(self._store, login.name)
        if found is None or not hmac.compare_digest(login.proof, proof_of(found[1])):
            return None
        return _principal(login.name, found[0].role)

    async def _note_failure(self, name: str, address: str) -> None:
        async with self._store.transaction() as tx:
            told = {"user": name, "address": address}
            await append_audit(tx, "stranger", "session.refuse", told, self._clock.now_ms())


def _principal(name: str, role: Role) -> Principal:
    return Principal(name=name, asker=f"user:{name}", role=role)

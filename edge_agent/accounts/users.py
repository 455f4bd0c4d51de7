"""Adds, changes, lists and removes users."""

import re
import unicodedata
from dataclasses import dataclass, field

from edge_agent.accounts.passwords import Passwords, check_password
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.user import Role, User
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.users import (
    count_of_role,
    delete_user,
    get_user,
    get_users,
    insert_user,
    update_user,
)

_NAME = re.compile(r"\w[\w.@-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Who shall be let in.

    Attributes:
        hashed: the password, already hashed.
    """

    name: str
    role: Role
    hashed: str = field(repr=False)


def name_of(typed: str) -> str:
    """A user's name in the one form that is compared: NFKC, without case or blanks around it.

    Raises:
        Refused: it cannot be a name.
    """
    name = unicodedata.normalize("NFKC", typed).strip().casefold()
    if not _NAME.fullmatch(name):
        raise Refused(
            "a user's name has 1 to 64 letters, digits, or . _ @ - within it", field="name"
        )
    return name


async def add_user(tx: Transaction, new: NewUser, *, asker: str, at_ms: int) -> User:
    """Let somebody in, noted in the audit.

    Raises:
        Refused: there is a user of this name.
    """
    user = User(name=name_of(new.name), role=new.role, created_ms=at_ms, changed_ms=at_ms)
    if not await insert_user(tx, user, new.hashed):
        raise Refused(f"there is a user {user.name}", field="name")
    told = {"user": user.name, "role": user.role.value}
    await append_audit(tx, asker, "user.add", told, at_ms)
    return user


async def change_user(
    tx: Transaction, name: str, *, role: Role | None, hashed: str | None, asker: str, at_ms: int
) -> User:
    """Change role or password; a new password ends every login. Noted in the audit.

    Raises:
        NotFound: there is no such user.
        Refused: nobody would be left to administer the box.
    """
    if not await update_user(tx, name, role=role, password=hashed, at_ms=at_ms):
        raise NotFound(f"there is no user {name}", field="name")
    await _check_somebody_left(tx, role is not None and role is not Role.ADMINISTRATOR)
    told = {"user": name, **({"role": role.value} if role else {}), "password": hashed is not None}
    await append_audit(tx, asker, "user.change", told, at_ms)
    found = await get_user(tx, name)
    assert found is not None  # noqa: S101 - it was changed above
    return found[0]


async def remove_user(tx: Transaction, name: str, *, asker: str, at_ms: int) -> None:
    """Let somebody in no more, at once; noted in the audit.

    Raises:
        NotFound: there is no such user.
        Refused: nobody would be left to administer the box.
    """
    if not await delete_user(tx, name):
        raise NotFound(f"there is no user {name}", field="name")
    await _check_somebody_left(tx, concerns=True)
    await append_audit(tx, asker, "user.remove", {"user": name}, at_ms)


async def _check_somebody_left(tx: Transaction, concerns: bool) -> None:  # noqa: FBT001
    """Refuse to leave users without an administrator; none at all is how a box begins."""
    if not concerns or await count_of_role(tx, Role.ADMINISTRATOR):
        return
    if await get_users(tx):
        raise Refused("this is the last administrator; make another one first", field="name")


class Users:
    """The users of this box, for doors.

    Args:
        store: where they are kept.
        clock: the box's clock.
        passwords: hashes them.
    """

    def __init__(self, store: Store, clock: Clock, passwords: Passwords) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords

    async def every(self) -> list[User]:
        """All of them, by name."""
        return await get_users(self._store)

    async def add(self, name: str, role: Role, password: str, *, asker: str) -> User:
        """Let somebody in; raises as `add_user` and `check_password`."""
        check_password(password, name_of(name))
        hashed = await self._passwords.hash(password)
        async with self._store.transaction() as tx:
            new = NewUser(name=name, role=role, hashed=hashed)
            return await add_user(tx, new, asker=asker, at_ms=self._clock.now_ms())

    async def change(
        self, name: str, *, role: Role | None, password: str | None, asker: str
    ) -> User:
        """Change role or password; raises as `change_user` and `check_password`."""
        name = name_of(name)
        hashed = None
        if password is not None:
            check_password(password, name)
            hashed = await self._passwords.hash(password)
        async with self._store.transaction() as tx:
            return await change_user(
                tx, name, role=role, hashed=hashed, asker=asker, at_ms=self._clock.now_ms()
            )

    async def remove(self, name: str, *, asker: str) -> None:
        """Let somebody in no more; raises as `remove_user`."""
        async with self._store.transaction() as tx:
            await remove_user(tx, name_of(name), asker=asker, at_ms=self._clock.now_ms())

"""The list of staff: people whose tracks are left out of visits, orders and results.

Somebody is told by pictures of the face or by pointing at tracks. Only vectors are kept. Tracks are
theirs where the face matches; what a person says of a track always counts. Two things are kept up
with, each by notes that a crash does not lose: stored tracks are searched whenever a face is new
(`apply_changes`), and every track that shows a new face is held against the list (`keep_up`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NoReturn

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import Likeness
from edge_agent.domain.staff import StaffFaces, StaffMember
from edge_agent.domain.vector import Part
from edge_agent.runtime.clock import Clock
from edge_agent.storage.audit import append_audit
from edge_agent.storage.outbox import append_event
from edge_agent.storage.risk_tasks import unknown_tracks
from edge_agent.storage.sessions import get_session, take_out_of_sessions
from edge_agent.storage.staff import (
    drop_staff,
    held_against_staff,
    insert_staff,
    keep_faces,
    leave_out,
    let_in_again,
    list_staff,
    mark_staff,
    not_applied,
    rename_staff,
    set_applied,
    staff_faces,
    staff_news,
    staff_of,
)
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import vector_refs_of
from edge_agent.storage.transaction import Transaction
from edge_agent.tasks.known_people import ToldFace, some_face
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.told import Told
from edge_agent.wire.events import session_gone, session_updated

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffOptions:
    """The limits.

    Attributes:
        threshold: face similarity from which a track is somebody's; None takes the pack's own.
        most: people on the list.
        most_faces: vectors of one person.
    """

    threshold: float | None = None
    most: int = 500
    most_faces: int = 50


class Staff:
    """Owns the list.

    Every method may raise `Unavailable` where the disk is full or failing; nothing is lost then.
    """

    def __init__(
        self, store: Store, likenesses: Likenesses, options: StaffOptions, clock: Clock
    ) -> None:
        self._store = store
        self._likenesses = likenesses
        self._options = options
        self._clock = clock

    @property
    def models(self) -> frozenset[str]:
        """The stamps of vectors that can be compared."""
        return self._likenesses.models

    async def members(self) -> list[StaffMember]:
        """Everybody on the list."""
        return await list_staff(self._store)

    async def create(self, told: Told, *, staff_id: str | None, asker: str) -> StaffMember:
        """Take somebody onto the list.

        Raises:
            Refused: no face was given, a picture does not show exactly one, the id is taken, or
                the list is full.
            NotFound: there is no such track.
        """
        faces = some_face(await told.faces(self._likenesses))
        now_ms = self._clock.now_ms()
        made = staff_id or new_id(now_ms)
        async with self._store.transaction() as tx:
            if len(await list_staff(tx)) >= self._options.most:
                raise Refused(f"the list has {self._options.most} people; delete some")
            if not await insert_staff(tx, made, told.name or "", now_ms):
                raise Refused(f"there is somebody {made} already; take another id", field="id")
            await self._tell(tx, made, told, faces, now_ms)
            detail = {"staff": made, **told.audited()}
            await append_audit(tx, asker, "staff.create", detail, now_ms)
        return await self._member(made)

    async def change(self, staff_id: str, told: Told, *, asker: str) -> StaffMember:
        """Say more about somebody.

        Raises:
            NotFound: there is nobody of this id, or no such track.
            Refused: nothing is said, or a picture does not show exactly one face.
        """
        if told == Told():
            raise Refused("nothing is changed; give name, pictures, tracks or not_tracks")
        await self._member(staff_id)
        faces = await told.faces(self._likenesses)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if not await list_staff(tx, staff_id):
                raise NotFound(f"there is nobody {staff_id} on the list", field="id")
            if told.name is not None:
                await rename_staff(tx, staff_id, told.name)
            await self._tell(tx, staff_id, told, faces, now_ms)
            detail = {"staff": staff_id, **told.audited()}
            await append_audit(tx, asker, "staff.change", detail, now_ms)
        return await self._member(staff_id)

    async def delete(self, staff_id: str, *, asker: str) -> StaffMember:
        """Take somebody off the list and delete all that was kept; returns how it was.

        Their tracks stay, and are nobody's again.

        Raises:
            NotFound: there is nobody of this id.
        """
        member = await self._member(staff_id)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await let_in_again(tx, await drop_staff(tx, staff_id))
            await append_audit(tx, asker, "staff.delete", {"staff": staff_id}, now_ms)
        await self._store.checkpoint()  # the log still holds what was deleted
        return member

    async def run_changes(self) -> NoReturn:
        """Hold stored tracks against faces that are new until cancelled."""
        while True:
            version = self._store.version("staff")
            await self.apply_changes()
            await self._store.changed("staff", version)

    async def run_news(self) -> NoReturn:
        """Hold tracks that show a new face against the list until cancelled."""
        while True:
            version = self._store.version("vector")
            await self.keep_up()
            await self._store.changed("vector", version)

    async def apply_changes(self) -> int:
        """Find everybody whose faces are new among stored tracks; returns how many were found."""
        found = 0
        for staff_id in await not_applied(self._store):
            faces = (await staff_faces(self._store)).get(staff_id)
            if faces is None:
                continue
            tracks = await self._likenesses.find(_likeness(faces), self._question())
            now_ms = self._clock.now_ms()
            async with self._store.transaction() as tx:
                if await list_staff(tx, staff_id):
                    found += await self._mark(tx, staff_id, tracks, "found", now_ms)
                    await set_applied(tx, faces)
        return found

    async def keep_up(self) -> int:
        """Hold every noted track against the list; returns how many are somebody's now."""
        found = 0
        while news := await staff_news(self._store, _BATCH):
            everybody = await staff_faces(self._store)
            refs = await vector_refs_of(self._store, news)
            vectors = await self._store.vectors.get(refs)
            wanted = {each: (_likeness(f), self._question()) for each, f in everybody.items()}
            alike = await self._likenesses.alike(wanted, vectors) if wanted else {}
            now_ms = self._clock.now_ms()
            async with self._store.transaction() as tx:
                there = {member.id for member in await list_staff(tx)}
                for staff_id in sorted(there & set(alike)):
                    found += await self._mark(tx, staff_id, alike[staff_id], "found", now_ms)
                await held_against_staff(tx, news)
        return found

    async def _tell(
        self, tx: Transaction, staff_id: str, told: Told, faces: Sequence[ToldFace], now_ms: int
    ) -> None:
        for name in ("tracks", "not_tracks"):
            missing = await unknown_tracks(tx, getattr(told, name))
            if missing:
                raise NotFound(f"there is no track {missing[0]}", field=name)
        if faces:
            await keep_faces(tx, staff_id, faces, now_ms)
            (member,) = await list_staff(tx, staff_id)
            if len(member.models) > self._options.most_faces:
                most = self._options.most_faces
                raise TooLarge(f"more than {most} faces of one person", field="pictures")
        await self._mark(tx, staff_id, told.tracks, "pointed", now_ms)
        were = set(await staff_of(tx, told.not_tracks))
        await mark_staff(tx, staff_id, told.not_tracks, how="left_out", at_ms=now_ms)
        await let_in_again(tx, were)

    async def _mark(
        self, tx: Transaction, staff_id: str, tracks: Collection[str], how: str, now_ms: int
    ) -> int:
        """Mark tracks, and take those that are marked newly out of visits and orders."""
        new = await mark_staff(tx, staff_id, tracks, how=how, at_ms=now_ms)
        if new:
            await leave_out(tx, new)
            for session_id in await take_out_of_sessions(tx, new):
                session = await get_session(tx, session_id)
                data = session_gone(session_id) if session is None else session_updated(session)
                await append_event(tx, EventKind.SESSION_UPDATED, data, now_ms, new_id(now_ms))
        return len(new)

    def _question(self) -> PictureQuestion:
        return PictureQuestion(
            parts=frozenset({Part.FACE}), threshold=self._options.threshold, include_staff=True
        )

    async def _member(self, staff_id: str) -> StaffMember:
        found = await list_staff(self._store, staff_id)
        if not found:
            raise NotFound(f"there is nobody {staff_id} on the list", field="id")
        return found[0]


def _likeness(faces: StaffFaces) -> Likeness:
    return Likeness(people=1, vectors=tuple((0, vector) for vector in faces.vectors))

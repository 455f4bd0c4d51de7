"""Visits: ended tracks are linked as they come; people may split and merge, and have the last word.

Whoever ends a track leaves a note of it in the same transaction (triggers of the database);
`Sessions.run` works through the notes. A track is put into the visit near it that it resembles
most, or begins one. The machine never moves a track that is in a visit, so what a person put
together or took apart stays so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from edge_agent.domain.cursor import from_cursor, to_cursor
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.session import LinkedBy, Session, SessionTrack
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.runtime.clock import Clock
from edge_agent.storage.audit import append_audit
from edge_agent.storage.outbox import append_event
from edge_agent.storage.sessions import (
    add_session,
    get_session,
    held_against_sessions,
    list_sessions,
    put_into_session,
    said_apart,
    say_apart,
    say_together,
    sessions_near,
    sessions_of,
    settle_sessions,
    tracks_without_session,
)
from edge_agent.storage.staff import staff_of
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import vector_refs_of
from edge_agent.storage.transaction import Reads, Transaction
from edge_agent.tasks.linking import LinkingOptions, Sighted, best_link
from edge_agent.wire.events import session_gone, session_updated

_BATCH = 64
_REMEMBERED = 4096
"""Tracks whose vectors are kept at hand while there is work."""

Vectors = Mapping[Part, Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOptions:
    """How visits are made.

    Attributes:
        enabled: False links nothing.
        thresholds: least similarity per part, by the model pack in use.
        models: the stamps of vectors that count; None takes all. Bodies may have others, which
            texts are held against.
        timezone: of the store; clothes alone never link across its days.
        most_merged: tracks of one visit that a person may put together.
    """

    enabled: bool = True
    thresholds: Mapping[Part, float]
    models: frozenset[str] | None = None
    timezone: str = "UTC"
    link: LinkingOptions = field(default_factory=LinkingOptions)
    most_merged: int = 500


class SessionPage(NamedTuple):
    """One page of visits, newest first; `after` is the cursor of the next, None on the last."""

    sessions: tuple[Session, ...]
    after: str | None


class Sessions:
    """Owns visits.

    Every method may raise `Unavailable` where the disk is full or failing; nothing is lost then.
    """

    def __init__(self, store: Store, options: SessionOptions, clock: Clock) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._zone = ZoneInfo(options.timezone)
        self._vectors: dict[str, Vectors] = {}

    async def get(self, session_id: str) -> Session:
        """One visit.

        Raises:
            NotFound: there is none of this id.
        """
        return await _session(self._store, session_id)

    async def sessions(
        self, *, start_ms: int, end_ms: int, after: str | None = None, limit: int = 50
    ) -> SessionPage:
        """Visits that overlap a time range, newest first.

        Raises:
            Refused: `after` is not the cursor of a page.
        """
        found = await list_sessions(
            self._store,
            start_ms=start_ms,
            end_ms=end_ms,
            before=from_cursor(after),
            limit=limit + 1,
        )
        shown = tuple(found[:limit])
        more = len(found) > limit
        return SessionPage(shown, to_cursor(shown[-1].start_ms, shown[-1].id) if more else None)

    async def split(self, session_id: str, tracks: Collection[str], *, asker: str) -> Session:
        """Take tracks out of a visit into one of their own; returns the new one.

        No machine puts them together again.

        Raises:
            NotFound: there is no such visit, or a track is not in it.
            Refused: none or all of its tracks are taken out.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            whole = await _session(tx, session_id)
            theirs = {one.track for one in whole.tracks}
            taken = set(tracks)
            if taken - theirs:
                raise NotFound(f"track {min(taken - theirs)} is not in this visit", field="tracks")
            if not taken or taken == theirs:
                raise Refused("some of its tracks have to be taken out, not all", field="tracks")
            await say_apart(tx, taken, theirs - taken)
            made = await self._made(tx, sorted(taken), now_ms, LinkedBy.PERSON)
            await put_into_session(tx, session_id, [], at_ms=now_ms)
            await self._tell(tx, [session_id, made], now_ms)
            told = {"session": session_id, "tracks": len(taken), "made": made}
            await append_audit(tx, asker, "session.split", told, now_ms)
            return await _session(tx, made)

    async def merge(self, ids: Collection[str], *, asker: str) -> Session:
        """Put visits together into the one that began first; returns it.

        Raises:
            NotFound: there is no such visit.
            Refused: fewer than two are named, or they have too many tracks.
        """
        if len(set(ids)) < 2:  # noqa: PLR2004
            raise Refused("name two visits at least", field="sessions")
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            found = [await _session(tx, session_id) for session_id in sorted(set(ids))]
            found.sort(key=lambda session: (session.start_ms, session.id))
            kept, *gone = found
            tracks = [one.track for session in found for one in session.tracks]
            if len(tracks) > self._options.most_merged:
                raise Refused(
                    f"together they have {len(tracks)} tracks, the limit is"
                    f" {self._options.most_merged}",
                    field="sessions",
                )
            await say_together(tx, tracks)
            await put_into_session(tx, kept.id, _by_hand(tracks), at_ms=now_ms)
            await settle_sessions(tx, [session.id for session in gone])
            await self._tell(tx, [session.id for session in found], now_ms)
            told = {"into": kept.id, "sessions": [session.id for session in gone]}
            await append_audit(tx, asker, "session.merge", told, now_ms)
            return await _session(tx, kept.id)

    async def run(self) -> NoReturn:
        """Link tracks that have ended until cancelled."""
        while True:
            version = self._store.version("track")
            await self.keep_up()
            await self._store.changed("track", version)

    async def keep_up(self) -> int:
        """Put every noted track into a visit; returns how many were."""
        linked = 0
        while ids := await tracks_without_session(self._store, _BATCH):
            for track in ids:
                linked += await self._take(track)
        self._vectors.clear()  # so that what is erased meanwhile is not kept here
        return linked

    async def _take(self, track: str) -> bool:
        new = await self._sighted(track) if self._options.enabled else None
        near = {} if new is None else await self._near(new)
        await self._read([track, *(t for tracks in near.values() for t, *_ in tracks)])
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await held_against_sessions(tx, [track])
            if new is None or await sessions_of(tx, [track]) or await staff_of(tx, [track]):
                return False
            await self._link(tx, replace(new, vectors=self._vectors[track]), now_ms)
        return True

    async def _link(self, tx: Transaction, new: Sighted, now_ms: int) -> None:
        gap_ms = self._options.link.gap_ms
        near = await sessions_near(tx, new.start_ms - gap_ms, new.end_ms + gap_ms)
        link = best_link(
            new,
            {session: [self._known(*one) for one in tracks] for session, tracks in near.items()},
            apart=await said_apart(tx, new.track),
            thresholds=self._options.thresholds,
            options=self._options.link,
            day_of=self._day,
        )
        if link is None:
            session = await self._made(tx, [new.track], now_ms, LinkedBy.MACHINE)
        else:
            session = link.session
            one = SessionTrack(track=new.track, how=LinkedBy.MACHINE, confidence=link.confidence)
            await put_into_session(tx, session, [one], at_ms=now_ms)
        await self._tell(tx, [session], now_ms)

    async def _made(
        self, tx: Transaction, tracks: Sequence[str], now_ms: int, how: LinkedBy
    ) -> str:
        """Make a visit of tracks; its times are set by what it holds."""
        rows = await tx.rows("SELECT start_ms FROM track WHERE id = ?", (tracks[0],))
        session = Session(
            id=new_id(rows[0]["start_ms"] if rows else now_ms),
            start_ms=0,
            end_ms=0,
            confidence=1.0,
            changed_ms=now_ms,
            tracks=tuple(SessionTrack(track=t, how=how, confidence=1.0) for t in tracks),
        )
        await add_session(tx, session)
        return session.id

    async def _tell(self, tx: Transaction, ids: Sequence[str], now_ms: int) -> None:
        for session_id in ids:
            session = await get_session(tx, session_id)
            told = session_gone(session_id) if session is None else session_updated(session)
            await append_event(
                tx, EventKind.SESSION_UPDATED, told, at_ms=now_ms, event_id=new_id(now_ms)
            )

    async def _near(self, new: Sighted) -> dict[str, list[tuple[str, str, int, int]]]:
        gap_ms = self._options.link.gap_ms
        return await sessions_near(self._store, new.start_ms - gap_ms, new.end_ms + gap_ms)

    async def _sighted(self, track: str) -> Sighted | None:
        rows = await self._store.rows(
            "SELECT id, camera, start_ms, end_ms FROM track WHERE id = ?", (track,)
        )
        return self._known(*rows[0]) if rows else None

    def _known(self, track: str, camera: str, start_ms: int, end_ms: int) -> Sighted:
        vectors = self._vectors.get(track, {})
        return Sighted(
            track=track, camera=camera, start_ms=start_ms, end_ms=end_ms, vectors=vectors
        )

    async def _read(self, tracks: Iterable[str]) -> None:
        """Have the vectors of these tracks at hand; ended tracks get no better ones."""
        if len(self._vectors) > _REMEMBERED:
            self._vectors.clear()
        missing = sorted({track for track in tracks if track not in self._vectors})
        found: dict[str, dict[Part, StoredVector]] = {track: {} for track in missing}
        refs = await vector_refs_of(self._store, missing) if missing else []
        for stored in await self._store.vectors.get(refs):
            models = self._options.models
            if models is not None and stored.vector.model not in models:
                continue
            best = found[stored.track].get(stored.vector.part)
            if best is None or stored.quality > best.quality:
                found[stored.track][stored.vector.part] = stored
        for track, parts in found.items():
            self._vectors[track] = {part: stored.vector for part, stored in parts.items()}

    def _day(self, at_ms: int) -> object:
        return datetime.fromtimestamp(at_ms / 1000, self._zone).date()


def _by_hand(tracks: Collection[str]) -> list[SessionTrack]:
    return [
        SessionTrack(track=track, how=LinkedBy.PERSON, confidence=1.0) for track in sorted(tracks)
    ]


async def _session(reads: Reads, session_id: str) -> Session:
    session = await get_session(reads, session_id)
    if session is None:
        raise NotFound(f"there is no session {session_id}", field="session")
    return session

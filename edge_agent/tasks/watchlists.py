"""Watch lists: who is looked out for, for whom, why and until when.

Somebody is told by pictures of the face or by pointing at tracks, whose vectors are copied: they
stay although the track is forgotten for its age, until the person is taken off the list or erased,
or the list ends. A picture is kept only where that is asked for. `watching` holds whoever is seen
against the lists.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.domain.watchlist import WatchEntry, WatchHit, WatchList
from edge_agent.media import crop, decode_picture, encode_jpeg, shrunk
from edge_agent.runtime.clock import Clock
from edge_agent.storage.audit import append_audit
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import best_face
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.watch_hits import recognised_face, watch_hits
from edge_agent.storage.watchlists import (
    count_watched,
    drop_watch_entry,
    drop_watchlist,
    insert_watch_entry,
    insert_watchlist,
    keep_watch_picture,
    list_watch_entries,
    list_watchlists,
    rename_watch_entry,
    update_watchlist,
    watch_faces,
    watch_picture,
)
from edge_agent.tasks.known_people import Region, ToldFace, some_face
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.told import ListChange, ToldEntry
from edge_agent.wire.watchlists import WatchListCreate

_LONGEST_SIDE = 640
"""Of a kept picture, in pixels: enough for a person to recognise somebody by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchListOptions:
    """The limits.

    Attributes:
        longest_ms: a list's end may lie this far ahead.
        most_lists: on the box.
        most: people on all lists together.
        most_faces: vectors of one person.
    """

    longest_ms: int = 366 * 86_400_000
    most_lists: int = 100
    most: int = 5000
    most_faces: int = 50


class _Picture(NamedTuple):
    """A picture to be kept, as JPEG, and the track it was copied from."""

    jpeg: bytes
    track: str | None


class WatchLists:
    """Owns the lists.

    Every method may raise `Unavailable` where the disk is full or failing; nothing is lost then.
    """

    def __init__(
        self, store: Store, likenesses: Likenesses, options: WatchListOptions, clock: Clock
    ) -> None:
        self._store = store
        self._likenesses = likenesses
        self._options = options
        self._clock = clock

    @property
    def models(self) -> frozenset[str]:
        """The stamps of vectors that can be compared."""
        return self._likenesses.models

    async def lists(self) -> list[WatchList]:
        """Every list."""
        return await list_watchlists(self._store)

    async def entries(self, list_id: str) -> tuple[WatchList, list[WatchEntry]]:
        """A list and everybody on it.

        Raises:
            NotFound: there is no such list.
        """
        found = await self._list(list_id)
        return found, await list_watch_entries(self._store, list_id)

    async def hits(
        self, list_id: str, *, after: str | None = None, limit: int = 100
    ) -> list[WatchHit]:
        """Up to `limit` visits that were noticed, latest first, from the one `after` on.

        Raises:
            NotFound: there is no such list.
        """
        await self._list(list_id)
        return await watch_hits(self._store, list_id, before=after, limit=limit)

    async def picture(self, picture_id: str) -> bytes | None:
        """A picture that is kept of somebody, as JPEG."""
        return await watch_picture(self._store, picture_id)

    async def recognised(self, hit_id: str) -> str | None:
        """Id of the best picture, as it is now, of the face that raised a hit."""
        return await recognised_face(self._store, hit_id)

    async def create(
        self,
        wanted: WatchListCreate,
        *,
        asker: str,
    ) -> WatchList:
        """Make a list without people.

        Raises:
            Refused: its end is over or too far ahead, the id is taken, or there are too many.
        """
        now_ms = self._clock.now_ms()
        made = WatchList(
            id=wanted.id or new_id(now_ms),
            name=wanted.name,
            owner=wanted.owner,
            reason=wanted.reason,
            created_ms=now_ms,
            expires_ms=self._checked_end(wanted.expires_ms),
        )
        async with self._store.transaction() as tx:
            if len(await list_watchlists(tx)) >= self._options.most_lists:
                raise Refused(f"there are {self._options.most_lists} lists; delete some")
            if not await insert_watchlist(tx, made):
                raise Refused(f"there is a list {made.id} already; take another id", field="id")
            detail = {
                "list": made.id,
                "owner": made.owner,
                "reason": made.reason,
                "expires_ms": made.expires_ms,
            }
            await append_audit(tx, asker, "watchlist.create", detail, now_ms)
        return made

    async def change(self, list_id: str, change: ListChange, *, asker: str) -> WatchList:
        """Give a list another name, owner, reason or end.

        Raises:
            NotFound: there is no such list.
            Refused: nothing is changed, or its end is over or too far ahead.
        """
        said = change.said()
        if not said:
            raise Refused("nothing is changed; give name, owner, reason or expires_ms")
        if change.expires_ms is not None:
            self._checked_end(change.expires_ms)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            changed = replace(_only(await list_watchlists(tx, list_id), list_id), **said)
            await update_watchlist(tx, changed)
            await append_audit(tx, asker, "watchlist.change", {"list": list_id, **said}, now_ms)
        return changed

    async def delete(self, list_id: str, *, asker: str) -> WatchList:
        """Delete a list with all that is kept of the people on it; returns how it was.

        Raises:
            NotFound: there is no such list.
        """
        async with self._store.transaction() as tx:
            gone = _only(await list_watchlists(tx, list_id), list_id)
            await drop_watchlist(tx, list_id)
            detail = {"list": list_id, "entries": gone.entries}
            await append_audit(tx, asker, "watchlist.delete", detail, self._clock.now_ms())
        await self._store.checkpoint()  # the log still holds what was deleted
        return gone

    async def add(
        self, list_id: str, told: ToldEntry, *, entry_id: str | None, asker: str
    ) -> WatchEntry:
        """Take somebody onto a list; whoever is in view is held against it at once.

        Raises:
            NotFound: there is no such list, or no such track.
            Refused: no face was given, a picture does not show exactly one, the id is taken, or
                the lists are full.
        """
        await self._list(list_id)
        faces = some_face(await told.faces(self._likenesses))
        picture = await self._kept_picture(told)
        now_ms = self._clock.now_ms()
        made = entry_id or new_id(now_ms)
        async with self._store.transaction() as tx:
            _only(await list_watchlists(tx, list_id), list_id)
            if await count_watched(tx) >= self._options.most:
                raise Refused(f"{self._options.most} people are on lists; take some off")
            if not await insert_watch_entry(tx, made, list_id, told.name or "", now_ms):
                raise Refused(f"there is somebody {made} already; take another id", field="id")
            await self._keep(tx, list_id, made, faces, picture)
            detail = {"list": list_id, "entry": made, **told.audited()}
            await append_audit(tx, asker, "watchlist.entry.create", detail, now_ms)
        return await self._entry(list_id, made)

    async def tell(self, list_id: str, entry_id: str, told: ToldEntry, *, asker: str) -> WatchEntry:
        """Say more about somebody on a list.

        Raises:
            NotFound: there is no such list, nobody of this id on it, or no such track.
            Refused: nothing is said, or a picture does not show exactly one face.
        """
        if told == ToldEntry(keep_picture=told.keep_picture):
            raise Refused("nothing is changed; give name, pictures or tracks")
        await self._entry(list_id, entry_id)
        faces = await told.faces(self._likenesses)
        picture = await self._kept_picture(told)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if not await list_watch_entries(tx, list_id, entry_id):
                raise _nobody(list_id, entry_id)
            if told.name is not None:
                await rename_watch_entry(tx, entry_id, told.name)
            await self._keep(tx, list_id, entry_id, faces, picture)
            detail = {"list": list_id, "entry": entry_id, **told.audited()}
            await append_audit(tx, asker, "watchlist.entry.change", detail, now_ms)
        return await self._entry(list_id, entry_id)

    async def remove(self, list_id: str, entry_id: str, *, asker: str) -> WatchEntry:
        """Take somebody off a list and delete all that was kept; returns how it was.

        Raises:
            NotFound: there is no such list, or nobody of this id on it.
        """
        gone = await self._entry(list_id, entry_id)
        async with self._store.transaction() as tx:
            await drop_watch_entry(tx, entry_id)
            detail = {"list": list_id, "entry": entry_id}
            await append_audit(tx, asker, "watchlist.entry.delete", detail, self._clock.now_ms())
        await self._store.checkpoint()  # the log still holds what was deleted
        return gone

    async def _keep(
        self,
        tx: Transaction,
        list_id: str,
        entry_id: str,
        faces: Sequence[ToldFace],
        picture: _Picture | None,
    ) -> None:
        if picture is not None:
            jpeg, track = picture
            await keep_watch_picture(tx, entry_id, jpeg, track=track, at_ms=self._clock.now_ms())
        if not faces:
            return
        await watch_faces(tx, entry_id, faces, self._clock.now_ms())
        (entry,) = await list_watch_entries(tx, list_id, entry_id)
        if len(entry.models) > self._options.most_faces:
            raise TooLarge(
                f"more than {self._options.most_faces} faces of one person", field="pictures"
            )

    async def _kept_picture(self, told: ToldEntry) -> _Picture | None:
        """Without whatever else a file may carry, and no larger than a person needs."""
        if not told.keep_picture:
            return None
        if told.pictures:
            region = told.regions[0] if told.regions else None
            return _Picture(await asyncio.to_thread(_shown, told.pictures[0], region), None)
        shots = {track: await best_face(self._store, track) for track in sorted(told.tracks)}
        known = [(shot.quality, track, shot.picture) for track, shot in shots.items() if shot]
        if not known:
            return None
        _, track, picture = max(known)
        return _Picture(await self._store.pictures.read(picture), track)

    def _checked_end(self, expires_ms: int) -> int:
        now_ms = self._clock.now_ms()
        if expires_ms <= now_ms:
            raise Refused("the list's end is over; give a time to come", field="expires_ms")
        if expires_ms - now_ms > self._options.longest_ms:
            days = self._options.longest_ms / 86_400_000
            raise Refused(f"a list ends within {days:g} days", field="expires_ms")
        return expires_ms

    async def _list(self, list_id: str) -> WatchList:
        return _only(await list_watchlists(self._store, list_id), list_id)

    async def _entry(self, list_id: str, entry_id: str) -> WatchEntry:
        await self._list(list_id)
        found = await list_watch_entries(self._store, list_id, entry_id)
        if not found:
            raise _nobody(list_id, entry_id)
        return found[0]


def _only(found: Sequence[WatchList], list_id: str) -> WatchList:
    if not found:
        raise NotFound(f"there is no watch list {list_id}", field="list")
    return found[0]


def _nobody(list_id: str, entry_id: str) -> NotFound:
    return NotFound(f"there is nobody {entry_id} on the list {list_id}", field="entry")


def _shown(picture: bytes, region: Region | None) -> bytes:
    """Of several people only the one who is meant."""
    image = decode_picture(picture)
    part = image if region is None else crop(image, region)
    return encode_jpeg(shrunk(part, _LONGEST_SIDE))

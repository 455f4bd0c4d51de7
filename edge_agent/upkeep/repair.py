"""What a crash or a power cut left behind is mended or removed.

At start, before the first camera: clips that were being written are cut after their last whole
part and kept; tracks that were being followed end at their last sight, and their event goes out.
At start and then daily: files, pictures and vectors that no row refers to are removed, once they
are old enough that no row can be on its way.
"""

import asyncio
import dataclasses
import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from edge_agent.domain.action import Action, ActionType, still_inside
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Fragment, FragmentState, Track
from edge_agent.ingest.clip import part_of, recover_part
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.actions import add_action
from edge_agent.storage.leftovers import orphan_pictures, orphan_vectors
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import close_open_tracks, recording_fragments, save_fragment
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.visits import with_visits
from edge_agent.wire.events import action_done, fragment_closed, track_ended

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairOptions:
    """How leftovers are removed.

    Attributes:
        settle_ms: only what is older than this is removed, in milliseconds.
        every: seconds between looks.
    """

    settle_ms: int = 3_600_000
    every: float = 86_400.0


class Repair:
    """Mends and sweeps."""

    def __init__(
        self, store: Store, options: RepairOptions, *, clock: Clock, counters: Counters
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._mended = counters.counter(
            "edge_agent_mended_total", "What a crash left and a start mended, by kind."
        )
        self._removed = counters.counter(
            "edge_agent_leftovers_removed_total", "Unreferenced files and vectors removed, by kind."
        )

    async def mend(self) -> None:
        """Finish what was under way when the box last stopped; call before cameras start.

        Raises:
            Unavailable: the disk is full or failing; call again.
        """
        for fragment in await recording_fragments(self._store):
            await self._finish_clip(fragment)
        async with self._store.transaction() as tx:
            tracks = await close_open_tracks(tx)
            for track in await with_visits(tx, tracks):
                left = [await self._leave(tx, track, *zone) for zone in _inside(track)]
                whole = dataclasses.replace(track, actions=(*track.actions, *left))
                await append_event(
                    tx,
                    EventKind.TRACK_ENDED,
                    track_ended(whole),
                    at_ms=track.end_ms,
                    event_id=new_id(self._clock.now_ms()),
                )
        if tracks:
            self._mended.add(len(tracks), kind="track")
            log.warning("%d tracks were still open and have been ended", len(tracks))

    async def _leave(self, tx: Transaction, track: Track, zone: str, since_ms: int) -> Action:
        """Say that somebody was last seen in a zone, as the camera would have said."""
        action = Action(
            id=new_id(track.end_ms),
            track=track.id,
            type=ActionType.LEAVE,
            place=zone,
            at_ms=track.end_ms,
            extra={"how": "vanished", "since_ms": since_ms},
        )
        await add_action(tx, action)
        await append_event(
            tx,
            EventKind.ACTION,
            action_done(track.camera, action),
            at_ms=action.at_ms,
            event_id=new_id(self._clock.now_ms()),
        )
        return action

    async def sweep(self, settle_ms: int | None = None) -> int:
        """Remove what no row refers to; returns how many things went.

        Args:
            settle_ms: instead of that of the options; 0 where no row can be on its way.

        Raises:
            Unavailable: the disk is failing.
        """
        settle_ms = self._options.settle_ms if settle_ms is None else settle_ms
        before_ms = self._clock.now_ms() - settle_ms
        pictures = await orphan_pictures(self._store, before_ms)
        await self._store.pictures.delete(pictures)
        vectors = 0
        async for items in orphan_vectors(self._store, before_ms):
            await self._store.vectors.delete(items)
            vectors += len(items)
        clips = await self._sweep_clips(before_ms)
        await self._sweep_renderings()
        for kind, count in (("picture", len(pictures)), ("vector", vectors), ("clip", clips)):
            if count:
                self._removed.add(count, kind=kind)
                log.info("removed %d %ss that nothing referred to", count, kind)
        return len(pictures) + vectors + clips

    async def _sweep_renderings(self) -> None:
        """What was made of clips that are gone; files are asked first, rows come before them."""
        made = await self._store.renderings.ids()
        rows = await self._store.rows("SELECT id FROM fragment")
        await self._store.renderings.forget(made - {row["id"] for row in rows})

    async def _finish_clip(self, fragment: Fragment) -> None:
        path = self._store.clips / fragment.path
        try:
            finished, sha256 = await asyncio.to_thread(_recovered, fragment, path)
        except OSError as error:
            raise Unavailable(f"cannot mend the clip {path}: {error}") from error
        async with self._store.transaction() as tx:
            await save_fragment(tx, finished, sha256=sha256)
            rows = await tx.rows(
                "SELECT track FROM track_fragment WHERE fragment = ? ORDER BY track", (fragment.id,)
            )
            await append_event(
                tx,
                EventKind.FRAGMENT_CLOSED,
                fragment_closed(finished, [row["track"] for row in rows]),
                at_ms=finished.end_ms,
                event_id=new_id(self._clock.now_ms()),
            )
        self._mended.add(kind="clip")
        log.warning("clip %s was cut short; it is now %s", fragment.id, finished.state)

    async def _sweep_clips(self, before_ms: int) -> int:
        try:
            found = await asyncio.to_thread(_clip_files, self._store.clips, before_ms)
            # Rows are asked after the files: a clip's row is written before its file appears.
            rows = await self._store.rows("SELECT path FROM fragment WHERE state != 'lost'")
            named = {row["path"] for row in rows}
            return await asyncio.to_thread(_unlink_others, self._store.clips, found, named)
        except OSError as error:
            raise Unavailable(f"cannot sweep the clips: {error}") from error


def _recovered(fragment: Fragment, path: Path) -> tuple[Fragment, str]:
    """What has become of a clip whose recording was interrupted, and its sha256."""
    if path.is_file() and not part_of(path).exists():
        # Whole and durable; only its row had not been committed yet.
        size, sha256 = path.stat().st_size, _sha256(path)
        end_ms = max(fragment.start_ms, path.stat().st_mtime_ns // 1_000_000)
        return dataclasses.replace(
            fragment, state=FragmentState.CLOSED, end_ms=end_ms, size=size
        ), sha256
    clip = recover_part(path)
    if clip is None:
        return dataclasses.replace(fragment, state=FragmentState.LOST), ""
    start_ms = clip.start_ms or fragment.start_ms
    return dataclasses.replace(
        fragment,
        state=FragmentState.CUT,
        start_ms=start_ms,
        end_ms=start_ms + clip.end_ms - clip.start_ms,
        size=clip.size,
        codec=clip.codec,
    ), clip.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _clip_files(folder: Path, before_ms: int) -> list[str]:
    """Paths below `folder` of the files that were last written before a time."""
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_mtime_ns // 1_000_000 < before_ms
    ]


def _unlink_others(folder: Path, found: Collection[str], named: Collection[str]) -> int:
    others = [name for name in found if name.removesuffix(".part") not in named]
    for name in others:
        (folder / name).unlink(missing_ok=True)
    for day in folder.iterdir():
        if day.is_dir() and not any(day.iterdir()):
            _remove_folder(day)
    return len(others)


def _remove_folder(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        log.debug("%s is in use again", folder)


def _inside(track: Track) -> list[tuple[str, int]]:
    return sorted(still_inside(track.actions).items())

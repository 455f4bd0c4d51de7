"""Make exports of risk tasks."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edge_agent.domain.errors import NotFound, TooLarge, Unavailable
from edge_agent.domain.track import Fragment, FragmentState, Track
from edge_agent.evidence.pack import packed
from edge_agent.evidence.plan import FORMAT, Clip, Plan
from edge_agent.evidence.signing import ExportKey
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit, get_audit
from edge_agent.storage.risk_tasks import get_task, task_tracks
from edge_agent.storage.tracks import FRAGMENT_COLUMNS, fragment_of

MOST_TRACKS = 2_000


class Clips(Protocol):
    """Knows how a clip may be shown."""

    def masked(self, fragment: Fragment) -> bool:
        """Whether there is something in the clip that must be covered."""

    async def clip(self, fragment: Fragment) -> Path:
        """The file with everything covered that must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where exports come from."""

    tenant: str
    store: str
    box: str
    version: str
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportInfo:
    """What an export would hold.

    Attributes:
        waiting: clips that are still being made showable; ask again.
        missing: clips that cannot be had.
        bytes: of all files together.
    """

    tracks: int
    pictures: int
    clips: int
    waiting: int
    missing: int
    bytes: int


class Exports:
    """Makes exports.

    Args:
        store: what is exported from.
        clips: how clips may be shown.
        key: signs.
        origin: of the box.
        clock: the box's clock.
    """

    def __init__(
        self, store: Store, clips: Clips, key: Callable[[], ExportKey], origin: Origin, clock: Clock
    ) -> None:
        self._store = store
        self._clips = clips
        self._key = key
        self._origin = origin
        self._clock = clock

    async def prepare(self, task_id: str) -> ExportInfo:
        """Have every clip made ready and tell what an export would hold.

        Raises:
            NotFound: there is no such task.
            TooLarge: it has too many tracks.
        """
        plan, waiting = await self._plan(task_id, {})
        paths = [path for _, path in plan.files()]
        return ExportInfo(
            tracks=len(plan.tracks),
            pictures=len(plan.pictures),
            clips=len(plan.clips),
            waiting=waiting,
            missing=len(plan.missing),
            bytes=sum(await asyncio.to_thread(_sizes, paths)),
        )

    async def export(self, task_id: str, *, asker: str) -> Iterator[bytes]:
        """The zip of a task, piece by piece; its audit row is written before the first one.

        Raises:
            NotFound: there is no such task.
            TooLarge: it has too many tracks.
            Unavailable: clips are still being made ready; ask again soon.
        """
        key = await asyncio.to_thread(self._key)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await append_audit(tx, asker, "risk-task.export", {"task": task_id}, now_ms)
            last = (await get_audit(tx, before=None, limit=1))[0]
        made = {
            "made_ms": now_ms,
            "made_by": asker,
            "audit": {"seq": last.seq, "chain": last.chain},
        }
        plan, waiting = await self._plan(task_id, made)
        if waiting:
            raise Unavailable(f"{waiting} clips are still being made ready; ask again soon")
        return packed(plan, key)

    async def _plan(self, task_id: str, made: dict[str, Any]) -> tuple[Plan, int]:
        task = await get_task(self._store, task_id)
        if task is None:
            raise NotFound(f"there is no risk task {task_id}", field="id")
        if task.tracks > MOST_TRACKS:
            raise TooLarge(f"it has {task.tracks} tracks; {MOST_TRACKS} can be exported at once")
        tracks = await task_tracks(self._store, task_id, before=None, limit=MOST_TRACKS)
        origin = self._origin
        head = {
            "format": FORMAT,
            "task": task.id,
            "tenant": origin.tenant,
            "store": origin.store,
            "box": origin.box,
            "software": f"edge-agent {origin.version}",
            "timezone": origin.timezone,
            **made,
        }
        fragments, of_track = await self._fragments([track.id for track in tracks])
        clips, missing, waiting = await self._ready(fragments)
        plan = Plan(
            head=head,
            timezone=origin.timezone,
            tracks=tuple(tracks),
            pictures=await asyncio.to_thread(self._pictures, tracks),
            clips=tuple(clips),
            clips_of=of_track,
            missing=missing,
        )
        return plan, waiting

    async def _fragments(
        self, tracks: list[str]
    ) -> tuple[list[Fragment], dict[str, tuple[str, ...]]]:
        rows = await self._store.rows(
            f"SELECT track, {FRAGMENT_COLUMNS} FROM track_fragment"  # noqa: S608 - constants
            " JOIN fragment ON fragment.id = track_fragment.fragment"
            " WHERE track IN (SELECT value FROM json_each(?)) ORDER BY start_ms, fragment.id",
            (json.dumps(tracks),),
        )
        found, of_track = {}, {track: list[str]() for track in tracks}
        for row in rows:
            fragment = fragment_of(row)
            found[fragment.id] = fragment
            of_track[row["track"]].append(fragment.id)
        return list(found.values()), {track: tuple(ids) for track, ids in of_track.items()}

    async def _ready(self, fragments: Sequence[Fragment]) -> tuple[list[Clip], dict[str, str], int]:
        clips, missing, waiting = list[Clip](), dict[str, str](), 0
        for fragment in fragments:
            if fragment.state not in (FragmentState.CLOSED, FragmentState.CUT):
                missing[fragment.id] = fragment.state.value
                continue
            covered = self._clips.masked(fragment)
            path = self._store.clips / fragment.path
            try:
                path = await self._clips.clip(fragment) if covered else path
            except Unavailable:
                waiting += 1
                continue
            if not await asyncio.to_thread(path.is_file):
                missing[fragment.id] = "gone"
                continue
            clips.append(Clip(fragment=fragment, path=path, covered=covered))
        return clips, missing, waiting

    def _pictures(self, tracks: Sequence[Track]) -> dict[str, Path]:
        shots = [shot for track in tracks for shot in (track.face, track.body) if shot is not None]
        paths = {shot.picture: self._store.pictures.path(shot.picture) for shot in shots}
        return {picture: path for picture, path in paths.items() if path.is_file()}


def _sizes(paths: Sequence[Path]) -> list[int]:
    return [path.stat().st_size for path in paths if path.is_file()]

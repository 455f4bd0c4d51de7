"""When a clip starts and ends.

A fragment is recorded while somebody is in view, from before they came (the worker's pre-roll of
encoded packets) until a while after they left. Its row exists before its file grows, so that
whatever a crash leaves can be found and mended.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.polygon import Polygon
from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.ingest.clip import ClosedClip, recover_part
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.supervise import Backoff, insist
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import save_fragment
from edge_agent.wire.events import fragment_closed

log = logging.getLogger(__name__)

_RETRY = Backoff(first=0.5, longest=30.0)
_TRY_AGAIN = Backoff(first=1.0, longest=15.0)
"""After a clip that could not begin: each try leaves a row and an event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentOptions:
    """How long clips are, in seconds.

    Attributes:
        post_roll: how long recording goes on after the last person has left.
        longest: a longer visit continues in a new fragment.
        record: whether there are clips of this camera at all.
        masks: what must be covered wherever a clip of this camera is shown.
    """

    post_roll: float = 4.0
    longest: float = 120.0
    record: bool = True
    masks: tuple[Polygon, ...] = ()


class ClipLink(Protocol):
    """What the recorder needs of a camera's worker."""

    async def start_fragment(self, fragment_id: str, path: Path) -> int:
        """Start writing; returns the wall time of the first packet in ms."""

    async def stop_fragment(self) -> ClosedClip:
        """Finish the file and make it durable."""


class FragmentRecorder:
    """Records one camera; `seen` is called for every frame, `run` by the camera's task group.

    Attributes:
        current: id of the fragment being recorded, whose row exists; else None.
    """

    def __init__(
        self,
        *,
        camera: str,
        link: ClipLink,
        store: Store,
        allowed: Callable[[], bool],
        options: FragmentOptions,
        clock: Clock,
    ) -> None:
        self._camera = camera
        self._link = link
        self._store = store
        self._allowed = allowed
        self._options = options
        self._clock = clock
        self._somebody = asyncio.Event()
        self._last_seen = 0.0
        self._interrupted = asyncio.Event()
        self._open: Fragment | None = None
        self._shown: set[str] = set()
        self._closing = asyncio.Lock()
        self.current: str | None = None

    def seen(self, *, somebody: bool, again_s: float = 0.0) -> None:
        """Say whether somebody is in view now, and that the next look comes in so many seconds.

        Until then somebody who is in view is taken to stay: a post-roll may be shorter than the
        time between two looks at people who hardly move.
        """
        if somebody:
            self._last_seen = self._clock.monotonic() + again_s
            self._somebody.set()

    def shows(self, tracks: Iterable[str]) -> None:
        """Say whom the clip shows; their rows may be written later than the clip's end."""
        if self.current:
            self._shown.update(tracks)

    def interrupted(self) -> None:
        """Say that the worker has closed or lost the clip on its own; a new one may begin."""
        self._interrupted.set()

    async def run(self) -> None:
        """Record one fragment after the other, for ever; a disk that is away costs clips only.

        Returns only where nothing is to be recorded.
        """
        failures = 0
        while self._options.record:
            await self._somebody.wait()
            if self._allowed() and await self._recorded():
                failures = 0
                continue
            failures = failures + 1 if self._allowed() else 1
            await asyncio.sleep(_TRY_AGAIN.after(failures))
            self._somebody.clear()  # whoever is still there is seen again in a moment

    async def _recorded(self) -> bool:
        try:
            return await self._record()
        except Unavailable as error:
            log.warning("%s: cannot record: %s", self._camera, error)
            return False

    async def _record(self) -> bool:
        now = self._clock.now_ms()
        identity = new_id(now)
        day = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d")
        fragment = Fragment(
            id=identity,
            camera=self._camera,
            start_ms=now,
            end_ms=now,
            state=FragmentState.RECORDING,
            path=f"{day}/{identity}.mp4",
            size=0,
            codec="",
            masks=self._options.masks,
        )
        path = self._store.clips / fragment.path
        await asyncio.to_thread(_make_folder, path.parent)
        self._open, self._shown = fragment, set()
        try:
            await self._save(fragment)
        except Unavailable:
            self._open = None
            raise
        try:
            self._interrupted.clear()
            await self._link.start_fragment(identity, path)
            self.current = identity
            await self._until_over()
        except Unavailable as error:
            log.warning("%s: recording of %s was cut: %s", self._camera, identity, error)
        finally:
            self.current = None
        return await asyncio.shield(self.close())

    async def close(self) -> bool:
        """Finish the clip that is open, if any; returns whether there is something to play.

        Waits for a call that is under way, for a camera is switched off while a clip ends.
        """
        async with self._closing:
            fragment = self._open
            if fragment is None:
                return False
            playable = await self._close(fragment)
            self._open = None
            return playable

    async def _close(self, fragment: Fragment) -> bool:
        try:
            clip: ClosedClip | None = await self._link.stop_fragment()
            state = FragmentState.CLOSED
        except Unavailable:
            clip = await asyncio.to_thread(_recovered, self._store.clips / fragment.path)
            state = FragmentState.CUT
        await insist(
            f"the end of fragment {fragment.id}",
            lambda: self._finish(fragment, clip, state),
            retry_on=Unavailable,
            backoff=_RETRY,
        )
        return clip is not None

    async def _until_over(self) -> None:
        """Wait until nobody has been seen for the post-roll, or the clip has to end anyway."""
        end = self._clock.monotonic() + self._options.longest
        while self._allowed() and not self._interrupted.is_set():
            now = self._clock.monotonic()
            quiet_at = self._last_seen + self._options.post_roll
            if now >= quiet_at:
                self._somebody.clear()
            if now >= min(quiet_at, end):
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(min(quiet_at, end) - now):
                    await self._interrupted.wait()

    async def _finish(
        self, fragment: Fragment, clip: ClosedClip | None, state: FragmentState
    ) -> None:
        if clip is None:
            finished = replace(fragment, state=FragmentState.LOST)
        else:
            finished = replace(
                fragment,
                state=state,
                start_ms=clip.start_ms,
                end_ms=clip.end_ms,
                size=clip.size,
                codec=clip.codec,
            )
        async with self._store.transaction() as tx:
            await save_fragment(tx, finished, sha256=clip.sha256 if clip else "")
            tracks = await tx.rows(
                "SELECT track FROM track_fragment WHERE fragment = ?", (fragment.id,)
            )
            shown = self._shown | {row["track"] for row in tracks}
            data = fragment_closed(finished, sorted(shown))
            await append_event(
                tx,
                EventKind.FRAGMENT_CLOSED,
                data,
                at_ms=finished.end_ms,
                event_id=new_id(self._clock.now_ms()),
            )

    async def _save(self, fragment: Fragment) -> None:
        async with self._store.transaction() as tx:
            await save_fragment(tx, fragment)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"cannot make the folder {folder}: {error.strerror}") from error


def _recovered(path: Path) -> ClosedClip | None:
    """What a dead worker left; where the disk refuses, upkeep tries again at the next start."""
    try:
        return recover_part(path)
    except OSError as error:
        log.warning("what is left of %s cannot be mended now: %s", path.name, error)
        return None

"""Which file answers for a clip, and making it where it is not there yet."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.domain.errors import Busy, NotFound, Refused, Unavailable
from edge_agent.domain.polygon import Polygon
from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.media import PLAYED_CODEC, RenderOrder, render
from edge_agent.playback.options import PlaybackOptions
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.store import Store

log = logging.getLogger(__name__)

_EVICT_EVERY_S = 900.0

Masks = tuple[Polygon, ...]


@dataclass(eq=False)
class _Rendering:
    """One file that is being made."""

    fragment: str
    path: Path
    order: RenderOrder
    done: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    progress: float = 0.0

    def __post_init__(self) -> None:
        self.done.add_done_callback(lambda done: done.cancelled() or done.exception())


class Playback:
    """Clips and thumbnails as they are shown; `run` makes what is not there.

    Args:
        store: where clips lie.
        masks: what must be covered in clips of a camera, as it is configured now; that under
            which a clip was recorded is added.
        options: limits.
        room: whether there is room on the disk for more.
        clock: the box's clock.
        counters: of the process.
    """

    def __init__(
        self,
        store: Store,
        masks: Mapping[str, Masks],
        options: PlaybackOptions,
        *,
        room: Callable[[], bool],
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._files = store.renderings
        self._masks = masks
        self._options = options
        self._room = room
        self._clock = clock
        self._rendering: dict[Path, _Rendering] = {}
        self._failed: dict[Path, tuple[float, str]] = {}
        self._clips: asyncio.Queue[_Rendering] = asyncio.Queue()
        self._stills: asyncio.Queue[_Rendering] = asyncio.Queue()
        self._counted = counters.counter(
            "edge_agent_renderings_total", "Clips and thumbnails rendered, by kind and outcome."
        )

    async def run(self) -> None:
        """Render whatever is asked for, for ever; thumbnails do not wait for clips."""
        await self._files.begin()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._work(self._clips, "clip"), name="clips")
            group.create_task(self._work(self._stills, "thumbnail"), name="thumbnails")
            group.create_task(self._evict(), name="unused renderings")

    async def clip(self, fragment: Fragment) -> Path:
        """The file that shows a clip to a browser, with everything covered that must be.

        Raises:
            NotFound: it is still being recorded, or nothing of it was left.
            Busy: too many are being made.
            Unavailable: it is being made, ask again; or it cannot be.
        """
        _check_whole(fragment)
        if self._plays(fragment):
            return self._store.clips / fragment.path
        return await self._made(*self._clip_order(fragment), self._clips)

    async def ready(self, fragment: Fragment) -> bool:
        """Whether `clip` would answer at once."""
        if fragment.state not in (FragmentState.CLOSED, FragmentState.CUT):
            return False
        if self._plays(fragment):
            return True
        path, _ = self._clip_order(fragment)
        return await asyncio.to_thread(path.exists)

    def progress(self, fragment: Fragment) -> float | None:
        """How much of the clip has been made playable, 0 to 1; None while nobody is at it."""
        rendering = self._rendering.get(self._clip_order(fragment)[0])
        return None if rendering is None else rendering.progress

    def masked(self, fragment: Fragment) -> bool:
        """Whether there is something in the clip that must be covered."""
        return bool(self._covered(fragment))

    async def thumbnail(self, fragment: Fragment, at_ms: int | None) -> Path:
        """A picture of the clip as a JPEG file.

        Args:
            fragment: the clip.
            at_ms: the moment that is wanted; None takes the middle.

        Raises:
            NotFound: it is still being recorded, or nothing of it was left.
            Busy: too many are being made.
            Unavailable: it is being made, ask again; or it cannot be.
        """
        _check_whole(fragment)
        middle = (fragment.start_ms + fragment.end_ms) // 2
        at_ms = middle if at_ms is None else at_ms
        at_s = max(0, min(at_ms, fragment.end_ms) - fragment.start_ms) / 1000
        masks = self._covered(fragment)
        path = self._files.path(fragment.id, f"{_digest(masks, round(at_s * 1000))}.jpg")
        return await self._made(path, self._order(fragment, path, masks, at_s), self._stills)

    def _plays(self, fragment: Fragment) -> bool:
        return fragment.codec == PLAYED_CODEC and not self._covered(fragment)

    def _covered(self, fragment: Fragment) -> Masks:
        return tuple(sorted({*fragment.masks, *self._masks.get(fragment.camera, ())}))

    def _clip_order(self, fragment: Fragment) -> tuple[Path, RenderOrder]:
        masks = self._covered(fragment)
        path = self._files.path(fragment.id, f"{_digest(masks)}.mp4")
        return path, self._order(fragment, path, masks, None)

    def _order(
        self, fragment: Fragment, path: Path, masks: Masks, at_s: float | None
    ) -> RenderOrder:
        source = self._store.clips / fragment.path
        return RenderOrder(source=source, target=self._files.part(path), masks=masks, at_s=at_s)

    async def _made(
        self, path: Path, order: RenderOrder, queue: "asyncio.Queue[_Rendering]"
    ) -> Path:
        if await self._files.use(path):
            return path
        rendering = self._rendering.get(path)
        if rendering is None:
            rendering = self._begin(path, order, queue)
        await asyncio.wait([rendering.done], timeout=self._options.patience_s)
        if not rendering.done.done():
            share = f"{rendering.progress:.0%}"
            raise Unavailable(f"this is being made playable, {share} so far; ask again soon")
        rendering.done.result()
        return path

    def _begin(
        self, path: Path, order: RenderOrder, queue: "asyncio.Queue[_Rendering]"
    ) -> _Rendering:
        until, reason = self._failed.get(path, (0.0, ""))
        if self._clock.monotonic() < until:
            raise Unavailable(reason)
        if len(self._rendering) >= self._options.waiting:
            raise Busy("too many clips are being made playable; ask again soon")
        self._rendering[path] = rendering = _Rendering(path.name.partition(".")[0], path, order)
        queue.put_nowait(rendering)
        return rendering

    async def _work(self, queue: "asyncio.Queue[_Rendering]", kind: str) -> None:
        while True:
            rendering = await queue.get()
            try:
                await self._make(rendering)
            except (Refused, Unavailable) as error:
                self._counted.add(kind=kind, outcome="failed")
                log.warning("%s of %s: %s", kind, rendering.fragment, error)
                self._remember(rendering.path, error)
                rendering.done.set_exception(error)
            else:
                self._counted.add(kind=kind, outcome="made")
                rendering.done.set_result(None)
            finally:
                del self._rendering[rendering.path]

    async def _make(self, rendering: _Rendering) -> None:
        """Make one file; the clip may be deleted meanwhile, then nothing of it stays.

        Rows go before files, so whoever deletes the clip after the row has been seen here finds
        the rendering in its place.
        """
        if not self._room():
            raise Unavailable("there is no room on the disk to make this clip playable")

        def tell(share: float) -> None:
            rendering.progress = share

        try:
            await render(rendering.order, self._options.limits, tell)
            whole = await self._files.accept(rendering.path)
        except Unavailable:
            rendering.order.target.unlink(missing_ok=True)
            await self._check_there(rendering.fragment)
            raise
        await self._check_there(rendering.fragment)
        if not whole:
            raise Unavailable("what was made of this clip is gone; ask again")
        await self._keep_within()

    async def _check_there(self, fragment_id: str) -> None:
        """Leave nothing of a clip that has been deleted meanwhile."""
        if not await self._store.rows("SELECT 1 FROM fragment WHERE id = ?", (fragment_id,)):
            await self._files.forget([fragment_id])
            raise NotFound("this clip is not here any more", field="id")

    async def _evict(self) -> None:
        while True:
            await self._keep_within()
            await asyncio.sleep(_EVICT_EVERY_S)

    async def _keep_within(self) -> None:
        await self._files.keep_within(self._options.cache_bytes, self._options.unused_ms)

    def _remember(self, path: Path, error: Exception) -> None:
        now = self._clock.monotonic()
        self._failed = {each: kept for each, kept in self._failed.items() if now < kept[0]}
        self._failed[path] = (now + self._options.retry_s, str(error))


def _check_whole(fragment: Fragment) -> None:
    if fragment.state is FragmentState.RECORDING:
        raise NotFound("this clip is still being recorded; try again soon", field="id")
    if fragment.state is FragmentState.LOST:
        raise NotFound("nothing of this clip could be kept", field="id")


def _digest(*parts: object) -> str:
    """What a rendering depends on beside the clip, as part of a file name."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

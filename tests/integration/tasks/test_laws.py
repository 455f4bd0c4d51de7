"""Whatever happens in whatever order, an open task has exactly what belongs to it."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.risk_task import RiskCriteria, RiskTaskState, WantedAction
from edge_agent.domain.track import Track, TrackState
from edge_agent.search import SearchOptions
from edge_agent.storage import Store
from edge_agent.storage.actions import add_action
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.tracks import save_track
from edge_agent.tasks import Change, NewTask, Place, RiskTasks, RiskTasksOptions
from tests.support.clocks import SetClock
from tests.support.painted import PaintedEyes
from tests.support.remembering import Box

CAMERAS = ("door", "till")
TRACKS = tuple(f"{number:032x}" for number in range(6))

moments = st.integers(0, 20)
spans = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair) + 1))
kinds = st.sampled_from((ActionType.STAY, ActionType.CROSS))
places = st.sampled_from(("shelf", "fridge"))
actions = st.builds(lambda kind, place: WantedAction(type=kind, place=place),
                    kinds, st.none() | places)  # fmt: skip
orders = st.sampled_from(("r1", "r2"))
criteria = st.builds(
    lambda span, cameras, actions, orders: RiskCriteria(
        start_ms=span[0], end_ms=span[1], cameras=cameras, actions=actions, orders=orders
    ),
    spans,
    st.frozensets(st.sampled_from(CAMERAS)),
    st.just(frozenset()) | st.frozensets(actions, max_size=2),
    st.just(frozenset()) | st.frozensets(orders, max_size=1),
)
tracks = st.sampled_from(TRACKS)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("seen"), tracks, st.sampled_from(CAMERAS), spans),
        st.tuples(st.just("grown"), tracks, moments),
        st.tuples(st.just("did"), tracks, kinds, places, moments),
        st.tuples(st.just("bought"), tracks, orders),
        st.tuples(st.just("forgotten"), tracks),
        st.tuples(st.just("pointed"), tracks),
        st.tuples(st.just("left_out"), tracks),
        st.tuples(st.just("other_criteria"), criteria),
        st.tuples(st.just("closed_and_opened")),
        st.tuples(st.just("kept_up")),
    ),
    max_size=25,
)


@dataclass
class Expected:
    """What a task should have, by the plainest reckoning."""

    criteria: RiskCriteria
    known: dict[str, Track] = field(default_factory=dict)
    deeds: list[Action] = field(default_factory=list)
    receipts: set[tuple[str, str]] = field(default_factory=set)
    pointed: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Take in what meets the criteria now; what was found once stays."""
        self.found |= {name for name, track in self.known.items() if self.meets(track)}

    def meets(self, track: Track) -> bool:
        wanted = self.criteria
        in_time = track.start_ms < wanted.end_ms and track.end_ms >= wanted.start_ms
        done = any(
            deed.track == track.id
            and deed.type is one.type
            and one.place in (None, deed.place)
            and wanted.start_ms <= deed.at_ms < wanted.end_ms
            for deed in self.deeds
            for one in wanted.actions
        )
        tied = any((track.id, order) in self.receipts for order in wanted.orders)
        return (
            in_time
            and (not wanted.cameras or track.camera in wanted.cameras)
            and (not wanted.actions or done)
            and (not wanted.orders or tied)
        )

    def members(self) -> list[str]:
        return sorted((self.pointed | self.found) - self.left_out, reverse=True)


@given(criteria, steps)
@settings(max_examples=40, deadline=None)
def test_an_open_task_has_what_belongs_to_it(
    wanted: RiskCriteria, story: list[tuple[Any, ...]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(told(Path(folder), wanted, story))


async def told(folder: Path, wanted: RiskCriteria, story: list[tuple[Any, ...]]) -> None:
    async with await Store.open(folder, clock=SetClock()) as store:
        async with store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
        place = Place(tenant="acme", store="shop")
        tasks = RiskTasks(
            store,
            place,
            RiskTasksOptions(batch=2),
            likenesses=Box(store, PaintedEyes(), SearchOptions()).searches().likenesses,
            clock=SetClock(),
        )
        await tasks.create(NewTask(id="case", criteria=wanted), asker="test")
        case = Case(store, tasks, Expected(wanted))
        for name, *values in story:
            await getattr(case, name)(*values)
        await tasks.keep_up()
        case.expected.look()
        page = await tasks.tracks("case")
        assert [track.id for track in page.tracks] == case.expected.members()
        assert (await tasks.get("case")).tracks == len(page.tracks)


@dataclass
class Case:
    """Does each step to the task and to what is expected of it."""

    store: Store
    tasks: RiskTasks
    expected: Expected

    async def seen(self, name: str, camera: str, span: tuple[int, int]) -> None:
        if name not in self.expected.known:
            await self._keep(a_track(name, camera, *span))

    async def grown(self, name: str, more: int) -> None:
        known = self.expected.known.get(name)
        if known is not None:
            await self._keep(a_track(name, known.camera, known.start_ms, known.end_ms + more))

    async def forgotten(self, name: str) -> None:
        async with self.store.transaction() as tx:
            await forget_tracks(tx, [name])
        expected = self.expected
        for names in (expected.pointed, expected.left_out, expected.found):
            names.discard(name)
        expected.known.pop(name, None)
        expected.deeds = [deed for deed in expected.deeds if deed.track != name]
        expected.receipts = {tie for tie in expected.receipts if tie[0] != name}

    async def did(self, name: str, kind: ActionType, place: str, at_ms: int) -> None:
        if name in self.expected.known:
            deed = Action(
                id=f"{len(self.expected.deeds)}-{name}-{kind}-{place}-{at_ms}",
                track=name,
                type=kind,
                place=place,
                at_ms=at_ms,
            )
            async with self.store.transaction() as tx:
                await add_action(tx, deed)
            self.expected.deeds.append(deed)

    async def bought(self, name: str, order: str) -> None:
        if name in self.expected.known:
            async with self.store.transaction() as tx:
                await tx.execute("INSERT OR IGNORE INTO order_track VALUES (?, ?)", (order, name))
            self.expected.receipts.add((name, order))

    async def pointed(self, name: str) -> None:
        if name in self.expected.known:
            await self._change(Change(add=frozenset({name})))
            self.expected.pointed.add(name)
            self.expected.left_out.discard(name)

    async def left_out(self, name: str) -> None:
        if name in self.expected.known:
            await self._change(Change(remove=frozenset({name})))
            self.expected.left_out.add(name)
            self.expected.pointed.discard(name)
            self.expected.found.discard(name)

    async def other_criteria(self, wanted: RiskCriteria) -> None:
        await self._change(Change(criteria=wanted))
        if wanted != self.expected.criteria:
            self.expected.criteria, self.expected.found = wanted, set()

    async def closed_and_opened(self) -> None:
        for state in (RiskTaskState.CLOSED, RiskTaskState.OPEN):
            await self._change(Change(state=state))

    async def kept_up(self) -> None:
        await self.tasks.keep_up()

    async def _change(self, change: Change) -> None:
        await self.tasks.change("case", change, asker="test")

    async def _keep(self, track: Track) -> None:
        async with self.store.transaction() as tx:
            await save_track(tx, track)
        self.expected.known[track.id] = track


def a_track(name: str, camera: str, start_ms: int, end_ms: int) -> Track:
    return Track(
        id=name,
        camera=camera,
        start_ms=start_ms,
        end_ms=end_ms,
        state=TrackState.ENDED,
        face=None,
        body=None,
        fragment=None,
    )

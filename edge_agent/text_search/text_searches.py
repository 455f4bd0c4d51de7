"""Answers text searches at once, and writes down that they were asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from edge_agent.domain.errors import Busy, NotFound, Refused, Unavailable
from edge_agent.domain.period import check_period
from edge_agent.index import Where
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.requests import RememberedAnswer, remember, remembered
from edge_agent.storage.staff import staff_tracks
from edge_agent.text_search.asked import Asked, TextQuestion, asked_of
from edge_agent.text_search.likenesses import MOST, Likenesses, Text
from edge_agent.text_search.ranking import Found, described_hits, hits_of
from edge_agent.text_search.statements import (
    Sql,
    among,
    anybody,
    counting,
    filtered,
    partial_matches,
    whole_matches,
)
from edge_agent.wire.text_search import TextSearch
from edge_agent.words import Reader

OPERATION = "text-search"

_LONGEST = "SELECT max(end_ms - start_ms) FROM track"

Shown = Callable[[Found], Awaitable[TextSearch]]
"""Makes the answer, with the tracks as the door shows them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSearchOptions:
    """Limits of text searches.

    Attributes:
        most_characters: of the text.
        most_hits: the highest `limit` a question may have.
        most_at_once: searches being answered; more are refused as busy.
        deadline_s: a search that has not been answered after this long fails.
    """

    most_characters: int = 500
    most_hits: int = 200
    most_at_once: int = 2
    deadline_s: float = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """What makes a repeated request recognised.

    Attributes:
        id: the asker's idempotency key.
        digest: sha256 of the parameters in hexadecimal.
    """

    id: str
    digest: str


class TextSearches:
    """Answers questions in words.

    Args:
        store: the truth.
        likenesses: hold texts against pictures.
        reader: understands them.
        told: keys of `domain.worn.WORDS` that this box tells of people.
        cameras: the box's own.
        options: the limits.
        clock: tells the time.
        counters: count what came of the searches.
    """

    def __init__(
        self,
        store: Store,
        likenesses: Likenesses,
        reader: Reader,
        *,
        told: Collection[str],
        cameras: Collection[str],
        options: TextSearchOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._likenesses = likenesses
        self._reader = reader
        self._told = frozenset(told)
        self._cameras = frozenset(cameras)
        self._options = options
        self._clock = clock
        self._answering = 0
        name = "edge_agent_text_search"
        self._asked = counters.counter(f"{name}_asked_total", "Text searches answered.")
        self._refused = counters.counter(
            f"{name}_refused_total", "Text searches not answered, by code."
        )
        self._took_ms = counters.counter(
            f"{name}_work_ms_total", "Milliseconds of answering text searches."
        )

    async def ask(
        self,
        question: TextQuestion,
        *,
        asker: str,
        shown: Shown,
        once: Once | None = None,
    ) -> TextSearch:
        """Answer a question; it stands in the audit log before anything is told.

        Args:
            question: what is asked.
            asker: who asks, for the audit log.
            shown: makes the answer of what was found.
            once: a repeat with the same key gets the first answer.

        Raises:
            Busy: too many are being answered.
            NotFound: there is no such camera.
            Refused: anything else that is wrong with the question.
            Unavailable: there was no answer in time, or the disk is failing.
        """
        try:
            first = await self._first(once)
            if first is not None:
                return first
            self._check(question)
            async with self._in_turn():
                found = await self._found(question)
                answer = await shown(found)
            async with self._store.transaction() as tx:
                await self._note(tx, question, found, asker)
                if once is not None:
                    await self._remember(tx, once, answer)
        except Refused as error:
            self._refused.add(code=error.code)
            raise
        self._asked.add()
        return answer

    def understood(self, question: TextQuestion) -> Asked:
        """What of a question would be answered; asks nothing of the store."""
        read = self._reader.read(question.text, self._clock.now_ms())
        return asked_of(question, read, self._told)

    @asynccontextmanager
    async def _in_turn(self) -> AsyncIterator[None]:
        if self._answering >= self._options.most_at_once:
            raise Busy(f"{self._answering} text searches are being answered; ask again in a moment")
        self._answering += 1
        began = self._clock.monotonic()
        seconds = self._options.deadline_s
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise Unavailable(
                f"there was no answer within {seconds:g} s; ask with a shorter time or one camera"
            ) from None
        finally:
            self._answering -= 1
            self._took_ms.add((self._clock.monotonic() - began) * 1e3)

    def _check(self, question: TextQuestion) -> None:
        most = self._options.most_characters
        if not question.text.strip():
            raise Refused("text is empty; say who is looked for", field="text")
        if len(question.text) > most:
            raise Refused(f"text has {len(question.text)} characters, at most {most}", field="text")
        check_period(question.start_ms, question.end_ms)
        unknown = sorted(question.cameras - self._cameras)
        if unknown:
            raise NotFound(f"no camera {unknown[0]!r} on this box", field="cameras")
        if not 1 <= question.limit <= self._options.most_hits:
            raise Refused(
                f"limit must be from 1 to {self._options.most_hits}, got {question.limit}",
                field="limit",
            )

    async def _found(self, question: TextQuestion) -> Found:
        asked = self.understood(question)
        if asked.start_ms >= asked.end_ms:
            return Found(asked=asked, hits=())
        longest = (await self._store.rows(_LONGEST))[0][0] or 0
        if self._likenesses.there and asked.looks:
            text = await self._likenesses.read(asked.text)
            if text is not None:
                return await self._described(asked, text, longest)
        if not asked.answerable:
            return Found(asked=asked, hits=())
        return Found(asked=asked, hits=hits_of(asked, await self._matching(asked, longest)))

    async def _described(self, asked: Asked, text: Text, longest_ms: int) -> Found:
        """Concepts and the text as a whole: candidates of both, each judged by both."""
        rows = []
        if asked.concepts:
            wider = replace(asked, limit=max(asked.limit, MOST))
            rows = await self._matching(wider, longest_ms)
        likenesses = await self._likenesses.best(text, await self._where(asked, longest_ms))
        known = {row["track"] for row in rows}
        if new := likenesses.keys() - known:
            rows += await self._rows(among(asked, new))
        likenesses |= await self._likenesses.of(text, known - likenesses.keys())
        return Found(asked=asked, hits=described_hits(asked, rows, likenesses), described=True)

    async def _where(self, asked: Asked, longest_ms: int) -> Where:
        """The filters that come before pictures are compared; rows are held against all of them."""
        only = None
        if asked.places or asked.actions:
            rows = await self._rows(filtered(asked, longest_ms))
            only = frozenset(row["track"] for row in rows)
        staff = frozenset[str]() if asked.include_staff else await staff_tracks(self._store)
        return Where(
            start_ms=asked.start_ms - longest_ms,
            end_ms=asked.end_ms + longest_ms,
            cameras=asked.cameras,
            exclude_tracks=staff,
            only_tracks=only,
        )

    async def _matching(self, asked: Asked, longest_ms: int) -> list[Any]:
        """Rows of tracks that fit the concepts, the best first."""
        positive = [n for n in asked.concepts if not asked.parts[n].negated]
        if not positive:
            return await self._rows(anybody(asked, longest_ms))
        rarest = await self._rarest(asked, positive, longest_ms)
        rows = await self._rows(whole_matches(asked, rarest, longest_ms))
        if len(rows) < asked.limit and len(asked.concepts) > 1:
            rows += await self._rows(partial_matches(asked, longest_ms))
        return rows

    async def _rarest(self, asked: Asked, concepts: Collection[int], longest_ms: int) -> int:
        if len(concepts) == 1:
            return next(iter(concepts))
        counts = {
            n: (await self._rows(counting(asked, asked.parts[n], longest_ms)))[0][0]
            for n in concepts
        }
        return min(counts, key=lambda n: counts[n])

    async def _rows(self, sql: Sql) -> list[Any]:
        return await self._store.rows(sql.text, sql.values)

    async def _first(self, once: Once | None) -> TextSearch | None:
        first = None if once is None else await remembered(self._store, once.id)
        if once is None or first is None:
            return None
        if (first.operation, first.digest) != (OPERATION, once.digest):
            raise Refused(
                f"request id {once.id} was used for another request; take a new one",
                field="request_id",
            )
        return TextSearch.model_validate(first.answer)

    async def _remember(self, tx: Transaction, once: Once, answer: TextSearch) -> None:
        if await remembered(tx, once.id) is None:
            await remember(
                tx,
                RememberedAnswer(
                    request_id=once.id,
                    operation=OPERATION,
                    digest=once.digest,
                    answer=answer.model_dump(mode="json"),
                    at_ms=self._clock.now_ms(),
                ),
            )

    async def _note(
        self, tx: Transaction, question: TextQuestion, found: Found, asker: str
    ) -> None:
        detail = {
            "text": question.text,
            "start_ms": found.asked.start_ms,
            "end_ms": found.asked.end_ms,
            "cameras": sorted(question.cameras),
            "hits": len(found.hits),
        }
        await append_audit(tx, asker, OPERATION, detail, self._clock.now_ms())

"""Remembers what was signed, so that nothing is done twice because somebody overheard it.

Asked for every signed request, so the answer comes from memory. A disk write for each request
would halve what the box can answer; nonces are written in batches instead, and a crash within
`write_every` loses the last batch.
"""

import asyncio
import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, NoReturn, Self

from edge_agent.domain.access_key import Rate
from edge_agent.domain.errors import Busy
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.nonces import UsedNonce, forget_nonces, keep_nonces, kept_nonces

FEWEST: Final = 300_000
MOST: Final = 2_000_000
"""Nonces that are remembered at most whatever the pace is, so that memory has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceOptions:
    """How long and how many nonces are remembered.

    Attributes:
        keep_ms: milliseconds; a request may come as long before its time as after it, so this is
            twice the time window of the signatures, which is 15 minutes.
        most: how many at once; more signed requests within `keep_ms` are refused, because
            forgetting one too early would let it come again.
        write_every: seconds between batches.
    """

    keep_ms: int = 30 * 60_000
    most: int = FEWEST
    write_every: float = 1.0

    @classmethod
    def for_pace(cls, rate: Rate) -> Self:
        """Room for one key that asks as often as it may for all of `keep_ms`, up to `MOST`.

        Args:
            rate: of a key that has none of its own.
        """
        needed = math.ceil(rate.per_second * cls().keep_ms / 1000) + rate.burst
        return cls(most=min(max(needed, FEWEST), MOST))


class Nonces:
    """The nonces of all keys.

    Args:
        store: keeps them over a restart.
        options: how many and how long.
        clock: tells the time.
    """

    def __init__(self, store: Store, options: NonceOptions, clock: Clock) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._used: OrderedDict[str, int] = OrderedDict()
        self._unwritten: list[UsedNonce] = []

    async def load(self) -> None:
        """Bring back what was remembered before the restart; once, before the first request.

        Raises:
            Unavailable: the disk is failing.
        """
        for kept in await kept_nonces(self._store):
            self._used[kept.nonce] = kept.at_ms
        self._forget()

    def use(self, key: str, nonce: str) -> bool:
        """Whether this is the first time that the key signs with this nonce; remembers it.

        Raises:
            Busy: as many as can be remembered are.
        """
        self._forget()
        digest = _digest(key, nonce)
        if digest in self._used:
            return False
        if len(self._used) >= self._options.most:
            raise Busy(f"{self._options.most} signed requests are remembered; try again later")
        at_ms = self._clock.now_ms()
        self._used[digest] = at_ms
        self._unwritten.append(UsedNonce(key, digest, at_ms))
        return True

    async def run(self) -> NoReturn:
        """Write what is new, again and again, and once more when cancelled.

        Raises:
            Unavailable: the disk is full or failing; nothing is lost, run again later.
        """
        try:
            while True:
                await asyncio.sleep(self._options.write_every)
                await self.write()
        except asyncio.CancelledError:
            await self.write()
            raise

    async def write(self) -> None:
        """Write what is new and delete what is old; one transaction, none where nothing is new.

        Raises:
            Unavailable: the disk is full or failing; nothing is lost.
        """
        batch = tuple(self._unwritten)
        if not batch:
            return
        async with self._store.transaction() as tx:
            await keep_nonces(tx, batch)
            await forget_nonces(tx, self._clock.now_ms() - self._options.keep_ms)
        del self._unwritten[: len(batch)]

    def _forget(self) -> None:
        before_ms = self._clock.now_ms() - self._options.keep_ms
        while self._used:
            oldest = next(iter(self._used.items()))
            if oldest[1] >= before_ms:
                return
            del self._used[oldest[0]]


def _digest(key: str, nonce: str) -> str:
    """Of a fixed length, however long a nonce a client makes up."""
    return hashlib.blake2b(f"{key}\n{nonce}".encode("utf-8", "replace"), digest_size=16).hexdigest()

"""Remembers what was signed, so that nothing is done twice because somebody overheard it.

Asked for every signed request, so the answer comes from memory. A disk write for each request
would halve what the box can answer; nonces are written in batches instead, and a crash within
`write_every` loses the last batch.
"""

import asyncio
import hashlib
import math
from collections import Counter, OrderedDict
from dataclasses import dataclass
from typing import Final, NoReturn

from edge_agent.domain.access_key import Rate
from edge_agent.domain.errors import Busy
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.nonces import UsedNonce, forget_nonces, keep_nonces, kept_nonces

MOST: Final = 2_000_000
"""Nonces that are remembered of all keys together, so that memory has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceOptions:
    """How long and how many nonces are remembered.

    Attributes:
        rate: of a key that has none of its own.
        keep_ms: milliseconds; a request may come as long before its time as after it, so this is
            twice the time window of the signatures, which is 15 minutes.
        most: of all keys; once so many are remembered, keys that hold more than an equal share are
            refused, because forgetting a nonce too early would let its request come again.
        write_every: seconds between batches.
    """

    rate: Rate
    keep_ms: int = 30 * 60_000
    most: int = MOST
    write_every: float = 1.0

    def room(self, rate: Rate | None) -> int:
        """How many nonces a key may hold: all that its pace allows within `keep_ms`.

        Args:
            rate: the key's own, if it has one.
        """
        pace = rate or self.rate
        return math.ceil(pace.per_second * self.keep_ms / 1000) + pace.burst


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
        self._used: OrderedDict[str, tuple[str, int]] = OrderedDict()  # key and time by digest
        self._held: Counter[str] = Counter()
        self._unwritten: list[UsedNonce] = []

    async def load(self) -> None:
        """Bring back what was remembered before the restart; once, before the first request.

        Raises:
            Unavailable: the disk is failing.
        """
        for kept in await kept_nonces(self._store):
            self._remember(kept)
        self._forget()

    def known(self, key: str, nonce: str) -> bool:
        """Whether the key has signed with this nonce before."""
        self._forget()
        return _digest(key, nonce) in self._used

    def use(self, key: str, nonce: str, rate: Rate | None = None) -> bool:
        """Whether this is the first time that the key signs with this nonce; remembers it.

        Args:
            key: its id.
            nonce: as it was signed.
            rate: the key's own, if it has one.

        Raises:
            Busy: as many as can be remembered of this key are.
        """
        if self.known(key, nonce):
            return False
        if self._held[key] >= self._room(key, rate):
            raise Busy(f"{self._held[key]} requests of this key are remembered; try again later")
        used = UsedNonce(key, _digest(key, nonce), self._clock.now_ms())
        self._remember(used)
        self._unwritten.append(used)
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

    def _room(self, key: str, rate: Rate | None) -> int:
        room = self._options.room(rate)
        if len(self._used) < self._options.most:
            return room
        # One key that asks a lot must not keep the others out.
        return min(room, self._options.most // len({*self._held, key}))

    def _remember(self, used: UsedNonce) -> None:
        self._used[used.nonce] = (used.key, used.at_ms)
        self._held[used.key] += 1

    def _forget(self) -> None:
        before_ms = self._clock.now_ms() - self._options.keep_ms
        while self._used:
            digest, (key, at_ms) = next(iter(self._used.items()))
            if at_ms >= before_ms:
                return
            del self._used[digest]
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]


def _digest(key: str, nonce: str) -> str:
    """Of a fixed length, however long a nonce a client makes up."""
    return hashlib.blake2b(f"{key}\n{nonce}".encode("utf-8", "replace"), digest_size=16).hexdigest()

"""Numbers for ids in 22 to 28 bytes each; a dictionary of strings takes about 250.

Ids of the box are 32 hexadecimal digits (`domain.ids`) and kept as 16 bytes. A table of numbers
with open addressing and linear probing finds them (Knuth, The Art of Computer Programming, vol. 3,
6.4); all of its steps work on many ids at a time. Any other string is held beside it under its
digest.
"""

import hashlib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from edge_agent.index.column import Column

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_DIGITS = 32
_HEX = re.compile(r"[0-9a-f]*")
_EMPTY, _GONE = -1, -2
_FIRST_SLOTS = 1024
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""Multiplying by it spreads numbers that are near each other (Knuth 6.4, Fibonacci hashing)."""


class Ids:
    """Each id has a number from 0 on; numbers of ids that went are given out again, last first."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._keys = Column(np.uint64, (2,))
        self._odd: dict[bytes, str] = {}
        self._free: list[int] = []
        self._used = 0  # numbers ever given out
        self._filled = 0  # slots that are not empty
        self._slots = np.full(_FIRST_SLOTS, _EMPTY, np.int32)

    def __len__(self) -> int:
        """How many ids there are."""
        return self._used - len(self._free)

    @property
    def limit(self) -> int:
        """Above every number in use."""
        return self._used

    @property
    def memory_bytes(self) -> int:
        """What the numbers and keys occupy."""
        return self._slots.nbytes + self._used * self._keys.row_bytes

    def find(self, names: Sequence[str]) -> Numbers:
        """The numbers of ids; -1 for those that are not here."""
        return self._seek(self._keys_of(names))[0]

    def take(self, names: Sequence[str]) -> Numbers:
        """Numbers for ids that are not here yet, each named once."""
        keys = self._keys_of(names)
        again = min(len(names), len(self._free))
        fresh = len(names) - again
        numbers = np.array(
            [*(self._free.pop() for _ in range(again)), *range(self._used, self._used + fresh)],
            np.int64,
        )
        self._used += fresh
        self._keys.reserve(self._used)
        self._keys.rows[numbers] = keys
        for name, key in zip(names, keys, strict=True):
            if not _plain(name):
                self._odd[key.tobytes()] = name
        if (self._filled + len(names)) * 3 > len(self._slots) * 2:
            self._rehash()
        else:
            self._place(numbers)
        return numbers

    def drop(self, numbers: Numbers) -> None:
        """Forget the ids of these numbers, each given once and in use."""
        keys = self._keys.rows[numbers]
        self._slots[self._seek(keys)[1]] = _GONE
        for key in keys if self._odd else ():
            self._odd.pop(key.tobytes(), None)
        self._keys.rows[numbers] = 0
        self._free += numbers.tolist()
        if not len(self):
            self._begin()

    def name(self, number: int) -> str:
        """The id of a number that is in use."""
        key = self._keys.rows[number].tobytes()
        return self._odd.get(key) or key.hex()

    def _keys_of(self, names: Sequence[str]) -> Keys:
        """(n, 2) the 16 bytes of each."""
        joined = "".join(names)
        if all(len(name) == _DIGITS for name in names) and _HEX.fullmatch(joined):
            raw = bytes.fromhex(joined)
        else:
            raw = b"".join(
                bytes.fromhex(name)
                if _plain(name)
                else hashlib.blake2b(name.encode(), digest_size=16).digest()
                for name in names
            )
        return np.frombuffer(raw, np.uint64).reshape(-1, 2)

    def _homes(self, keys: Keys) -> Numbers:
        shift = np.uint64(64 - (len(self._slots) - 1).bit_length())
        return (((keys[:, 0] ^ keys[:, 1]) * _GOLDEN) >> shift).astype(np.int64)

    def _seek(self, keys: Keys) -> tuple[Numbers, Numbers]:
        """The numbers of keys, and their slots; -1 for both where one is not here."""
        numbers, slots = np.full(len(keys), -1), np.full(len(keys), -1)
        waiting, at = np.arange(len(keys)), self._homes(keys)
        while len(waiting):
            held = self._slots[at].astype(np.int64)
            here = np.flatnonzero(held >= 0)
            same = here[(self._keys.rows[held[here]] == keys[waiting[here]]).all(axis=1)]
            numbers[waiting[same]], slots[waiting[same]] = held[same], at[same]
            on = held != _EMPTY
            on[same] = False
            waiting, at = waiting[on], (at[on] + 1) % len(self._slots)
        return numbers, slots

    def _place(self, numbers: Numbers) -> None:
        at = self._homes(self._keys.rows[numbers])
        while len(numbers):
            held = self._slots[at]
            free = held < 0
            self._slots[at[free]] = numbers[free]
            placed = self._slots[at] == numbers  # of several that wanted one slot, the last has it
            self._filled += int(np.unique(at[placed & (held == _EMPTY)]).size)
            numbers, at = numbers[~placed], (at[~placed] + 1) % len(self._slots)

    def _rehash(self) -> None:
        used = np.ones(self._used, bool)
        used[self._free] = False
        size = len(self._slots)
        while len(self) * 2 > size:
            size *= 2
        self._slots = np.full(size, _EMPTY, np.int32)
        self._filled = 0
        self._place(np.flatnonzero(used))


def _plain(name: str) -> bool:
    return len(name) == _DIGITS and _HEX.fullmatch(name) is not None

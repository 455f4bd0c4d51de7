"""What items are filtered by, column by column."""

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from edge_agent.domain.image_item import ATTRIBUTES, ImageItem
from edge_agent.images.wording import KINDS

UNSET: Final = -1
"""Code of a text attribute that is not set."""

_UNKNOWN: Final = -2
"""Code of a text that no item has."""

_FIRST_ROWS: Final = 1024

N = TypeVar("N", np.int64, np.int32, np.bool_)

Ids = npt.NDArray[np.int64]


class Columns:
    """Rows without gaps: the last one takes the place of one that goes.

    Attributes:
        size: rows in use.
        kinds: (rows, kinds) best score of each kind of thing in the picture, 0 where there is none.
    """

    def __init__(self) -> None:
        self.size = 0
        self._ids = np.zeros(_FIRST_ROWS, np.int64)
        self._category = np.zeros(_FIRST_ROWS, np.int32)
        self._product = np.zeros(_FIRST_ROWS, np.int32)
        self.kinds = np.zeros((_FIRST_ROWS, KINDS), np.float16)
        self._integers = np.zeros((ATTRIBUTES, _FIRST_ROWS), np.int64)
        self._there = np.zeros((ATTRIBUTES, _FIRST_ROWS), np.bool_)
        self._texts = np.full((ATTRIBUTES, _FIRST_ROWS), UNSET, np.int32)
        self._codes: dict[str, int] = {}

    @property
    def ids(self) -> Ids:
        """(size,) ids of the items' rows in storage."""
        return self._ids[: self.size]

    @property
    def categories(self) -> npt.NDArray[np.int32]:
        """(size,) numbers of categories."""
        return self._category[: self.size]

    @property
    def products(self) -> npt.NDArray[np.int32]:
        """(size,) the same number for the same product."""
        return self._product[: self.size]

    def integers(self, attribute: int) -> tuple[Ids, npt.NDArray[np.bool_]]:
        """(size,) values of an attribute, and (size,) whether it is set."""
        return self._integers[attribute, : self.size], self._there[attribute, : self.size]

    def texts(self, attribute: int) -> npt.NDArray[np.int32]:
        """(size,) codes of an attribute, `UNSET` where it is not set."""
        return self._texts[attribute, : self.size]

    def code(self, text: str) -> int:
        """The code of a text; one that is never among `texts` where no item has it."""
        return self._codes.get(text, _UNKNOWN)

    def append(self, item_id: int, item: ImageItem) -> int:
        """Add a row; returns its number."""
        if self.size == len(self._ids):
            self._grow()
        row = self.size
        self.size += 1
        self._ids[row] = item_id
        self.write(row, item)
        return row

    def write(self, row: int, item: ImageItem) -> None:
        """Write what is known of the item in a row."""
        self._category[row] = item.category
        self.kinds[row] = 0
        for kind, score in item.things:
            self.kinds[row, kind] = score
        self._product[row] = self._coded(item.product)
        for at, (number, text) in enumerate(zip(item.ints, item.texts, strict=True)):
            self._integers[at, row] = number or 0
            self._there[at, row] = number is not None
            self._texts[at, row] = UNSET if text is None else self._coded(text)

    def remove(self, row: int) -> int:
        """Take a row out; the last one moves into its place.

        Returns:
            The id of the item that stands there now; of the removed one where it was the last.
        """
        last = self.size - 1
        for column in (self._ids, self._category, self._product):
            column[row] = column[last]
        self.kinds[row] = self.kinds[last]
        for table in (self._integers, self._there, self._texts):
            table[:, row] = table[:, last]
        self.size = last
        return int(self._ids[row])

    def _coded(self, text: str) -> int:
        return self._codes.setdefault(text, len(self._codes))

    def _grow(self) -> None:
        rows = 2 * len(self._ids)
        self._ids = longer(self._ids, rows)
        self._category = longer(self._category, rows)
        self._product = longer(self._product, rows)
        self.kinds = np.concatenate([self.kinds, np.zeros_like(self.kinds)])
        self._integers = longer(self._integers, rows)
        self._there = longer(self._there, rows)
        self._texts = longer(self._texts, rows)


def longer(array: npt.NDArray[N], rows: int) -> npt.NDArray[N]:
    """The same with room for so many rows along its last axis, zeros behind."""
    new = np.zeros((*array.shape[:-1], rows), array.dtype)
    new[..., : array.shape[-1]] = array
    return new


def first_of_each(values: Sequence[int] | npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """Places at which each value comes first, rising."""
    _, first = np.unique(np.asarray(values), return_index=True)
    return np.sort(first)

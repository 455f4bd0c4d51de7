"""Finding a text's pieces in a library of texts, word for word or nearly.

Overlapping runs of characters (shingles), of which winnowing (Schleimer, Wilkerson, Aiken 2003)
keeps some: of every stretch of a certain length at least one. Unlike MinHash, which tells how much
of two whole texts is the same, this finds a paragraph in a book, and where it stands. Characters
rather than words, because Chinese does not separate words.
"""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

_SHINGLE: Final = 5
"""Characters of a shingle; whatever is no letter and no digit is left out beforehand."""

_WINDOW: Final = 6
"""Of so many neighbouring shingles at least one is kept."""

_GAP = 40
"""Characters between two shared shingles of one piece."""
_DRIFT = 15
"""Characters that may have come or gone between them."""
_LEAST_RUN = 3
_LEAST_BYTES = 21
_LEAST_SIMILARITY = 0.6

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """One piece of a question, found again.

    Attributes:
        key: of the text in the library.
        start: first character of the question, and `end` one past the last.
        other_start: of the library's text; likewise `other_end`.
        similarity: 0 to 1, share of characters that are the same in the same order.
    """

    key: str
    start: int
    end: int
    other_start: int
    other_end: int
    similarity: float


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text without what does not count, and where each character stood."""

    text: str
    places: Sequence[int]


def _plain(text: str) -> _Plain:
    kept: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        # full-width letters, ligatures and cases are the same letters
        for letter in unicodedata.normalize("NFKC", character).casefold():
            if letter.isalnum():
                kept.append(letter)
                places.append(place)
    return _Plain("".join(kept), places)


def _winnowed(text: str) -> Iterator[tuple[int, int]]:
    """(hash, place) of the shingles that are kept."""
    hashes = [
        int.from_bytes(
            hashlib.blake2b(text[at : at + _SHINGLE].encode(), digest_size=8).digest(), "big"
        )
        for at in range(len(text) - _SHINGLE + 1)
    ]
    latest = -1
    for first in range(max(1, len(hashes) - _WINDOW + 1) if hashes else 0):
        window = range(first, min(first + _WINDOW, len(hashes)))
        least = min(window, key=lambda at: (hashes[at], -at))
        if least != latest:
            latest = least
            yield hashes[least], least


class TextLibrary:
    """Texts that can be asked for.

    Args:
        texts: by key.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._plain = {key: _plain(text) for key, text in texts.items()}
        self._where: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for key, plain in self._plain.items():
            for shingle, place in _winnowed(plain.text):
                self._where[shingle].append((key, place))

    def find(self, question: str) -> list[TextPiece]:
        """Every piece of the question that stands in the library, by its start."""
        asked = _plain(question)
        shared: dict[str, list[_Pair]] = defaultdict(list)
        for shingle, place in _winnowed(asked.text):
            for key, other in self._where.get(shingle, ()):
                shared[key].append((place, other))
        found = [
            piece
            for key, pairs in shared.items()
            for chain in _chains(pairs)
            if (piece := _piece(key, asked, self._plain[key], chain))
        ]
        return sorted(found, key=lambda piece: (piece.start, piece.key))


def _chains(pairs: list[_Pair]) -> list[list[_Pair]]:
    """Shared shingles that follow one another in both texts, with little between them."""
    chains: list[list[_Pair]] = []
    for here, there in sorted(pairs):
        for chain in chains:
            last_here, last_there = chain[-1]
            ahead, drift = here - last_here, abs((there - here) - (last_there - last_here))
            if 0 < ahead <= _GAP and drift <= _DRIFT and there > last_there:
                chain.append((here, there))
                break
        else:
            chains.append([(here, there)])
    return chains


def _piece(key: str, asked: _Plain, other: _Plain, chain: list[_Pair]) -> TextPiece | None:
    """The equal characters around a chain; None where they are too few."""
    (here, there), (here_end, there_end) = chain[0], chain[-1]
    ahead = min(_GAP, here, there)
    here, there = here - ahead, there - ahead
    behind = _SHINGLE + _GAP
    one = asked.text[here : here_end + behind]
    two = other.text[there : there_end + behind]
    runs = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    runs = [run for run in runs if run.size >= _LEAST_RUN]
    if not runs:
        return None
    first, last = runs[0], runs[-1]
    length, other_length = last.a + last.size - first.a, last.b + last.size - first.b
    similarity = 2 * sum(run.size for run in runs) / (length + other_length)
    # a Chinese character says as much as some Latin ones, and is as many bytes
    weight = len(one[first.a : first.a + length].encode())
    if similarity < _LEAST_SIMILARITY or weight < min(_LEAST_BYTES, len(asked.text.encode())):
        return None
    return TextPiece(
        key=key,
        start=asked.places[here + first.a],
        end=asked.places[here + first.a + length - 1] + 1,
        other_start=other.places[there + first.b],
        other_end=other.places[there + first.b + other_length - 1] + 1,
        similarity=similarity,
    )

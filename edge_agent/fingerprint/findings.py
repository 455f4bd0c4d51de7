"""What was found, as a job's result keeps it: plain values, one object per file of the library.

    {"key", "similarity", "slices": [{"similarity", "start", "duration", "other_start",
     "other_duration"}]}

Times are seconds. Of texts a slice has `text` and `other_text` as well, and its places
and lengths count characters; those of a question that is an ASR array seconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean
from typing import Any

from edge_agent.fingerprint.reading import Read
from edge_agent.fingerprints import Found, TextPiece


def findings(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Pieces of videos, sounds or pictures, by file."""
    slices: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for piece in found:
        slices[piece.key].append(
            {
                "similarity": piece.similarity,
                "start": piece.start,
                "duration": piece.duration,
                "other_start": piece.other_start,
                "other_duration": piece.other_duration,
                "mirrored": piece.mirrored,
            }
        )
    return _by_file(slices)


def text_findings(
    found: Iterable[TextPiece], read: Read, texts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Pieces of texts, by file."""
    slices: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for piece in found:
        start, duration = _place(piece, read)
        slices[piece.key].append(
            {
                "similarity": piece.similarity,
                "start": start,
                "duration": duration,
                "other_start": piece.other_start,
                "other_duration": piece.other_end - piece.other_start,
                "text": read.question[piece.start : piece.end],
                "other_text": texts[piece.key][piece.other_start : piece.other_end],
            }
        )
    return _by_file(slices)


def _by_file(slices: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    every = [
        {"key": key, "similarity": fmean(one["similarity"] for one in each), "slices": each}
        for key, each in slices.items()
    ]
    return sorted(every, key=lambda one: (-float(str(one["similarity"])), str(one["key"])))


def _place(piece: TextPiece, read: Read) -> tuple[float, float]:
    if not read.times:
        return piece.start, piece.end - piece.start
    spoken = [
        (start, start + duration)
        for number, (first, start, duration) in enumerate(read.times)
        if first < piece.end
        and (number + 1 == len(read.times) or read.times[number + 1][0] > piece.start)
    ]
    start = spoken[0][0]
    return start, max(end for _, end in spoken) - start

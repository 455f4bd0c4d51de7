"""From a file to a fingerprint and a question, one reader per medium."""

import asyncio
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.domain.fingerprint import Medium
from edge_agent.fingerprint.options import FingerprintOptions
from edge_agent.fingerprints import (
    RATE,
    SIDE,
    SOUND_RATE,
    print_of,
    question_of,
    sound_items,
    still_print,
)
from edge_agent.media import decode_picture, sampled_sound, sampled_video

Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Read:
    """What was read.

    Attributes:
        print: what a library keeps.
        question: what a library of the medium is asked with.
        seconds: how long it is, 0 where it has no length.
        times: of an ASR array: (first character, seconds, duration) of each sentence.
    """

    print: bytes
    question: Any
    seconds: float = 0.0
    times: Sequence[tuple[int, float, float]] = ()


class Reading:
    """Reads files.

    Args:
        options: limits.
    """

    def __init__(self, options: FingerprintOptions) -> None:
        self._options = options

    async def read(
        self, medium: Medium, source: Path, work: Path, *, asr: bool = False, tell: Tell
    ) -> Read:
        """Read a file.

        Raises:
            DnaRefusal: it is not what the library holds.
            Unavailable: chromaprint is not installed.
        """
        match medium:
            case Medium.VIDEO:
                return await self._video(source, work, tell)
            case Medium.AUDIO:
                return await self._sound(source, work)
            case Medium.PICTURE:
                return await asyncio.to_thread(self._picture, source)
            case Medium.TEXT:
                return await asyncio.to_thread(self._text, source, asr=asr)

    async def _video(self, source: Path, work: Path, tell: Tell) -> Read:
        try:
            taken = await sampled_video(
                source, work / "taken", self._options.limits, rate=RATE, side=SIDE, tell=tell
            )
        except Unavailable as error:
            raise DnaRefusal("ResourceContentBad", source.name) from error
        kept = await asyncio.to_thread(print_of, taken.at, taken.pictures, taken.seconds)
        asked = await asyncio.to_thread(question_of, taken.at, taken.pictures, taken.seconds)
        return Read(kept.to_bytes(), asked, taken.seconds)

    async def _sound(self, source: Path, work: Path) -> Read:
        try:
            samples = await sampled_sound(
                source, work / "taken", self._options.limits, rate=SOUND_RATE
            )
        except Unavailable as error:
            name = "NoAudioStream" if "no sound" in str(error) else "ResourceContentBad"
            raise DnaRefusal(name, source.name) from error
        items = await asyncio.to_thread(sound_items, samples)
        return Read(items.tobytes(), items, len(samples) / 2 / SOUND_RATE)

    def _picture(self, source: Path) -> Read:
        try:
            picture = decode_picture(source.read_bytes(), self._options.pictures)
        except Refused as error:
            raise DnaRefusal("ResourceContentBad", source.name) from error
        return Read(still_print(np.asarray(picture)).tobytes(), picture)

    def _text(self, source: Path, *, asr: bool) -> Read:
        if source.stat().st_size > self._options.text_bytes:
            raise DnaRefusal("OutOfRange", source.name)
        try:
            text = source.read_text("utf-8")
            spoken = json.loads(text) if asr else None
        except (ValueError, RecursionError) as error:
            raise DnaRefusal("ResourceContentBad", source.name) from error
        if spoken is None:
            return Read(text.encode(), text)
        return _spoken(spoken, source.name)


def _spoken(sentences: object, name: str) -> Read:
    """An ASR array: objects with `Text` and, in seconds, `Start` and `Duration`."""
    if not isinstance(sentences, list):
        raise DnaRefusal("ResourceContentBad", name)
    text, times = "", []
    try:
        for sentence in sentences:
            fields = {key.lower(): value for key, value in sentence.items()}
            start, duration = float(fields["start"]), float(fields["duration"])
            if not math.isfinite(start + duration):
                raise DnaRefusal("ResourceContentBad", name)
            times.append((len(text), start, duration))
            text += str(fields["text"]) + "\n"
        written = text.encode()  # which half a surrogate pair cannot be
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        raise DnaRefusal("ResourceContentBad", name) from error
    seconds = max((start + duration for _, start, duration in times), default=0.0)
    return Read(written, text, seconds, tuple(times))

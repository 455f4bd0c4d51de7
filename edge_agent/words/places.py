"""What places are called: cameras, zones and lines by their names, and by what people say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from edge_agent.words.concepts import AskedPlace, Span
from edge_agent.words.small_words import PLACES

_SEPARATORS = re.compile(r"[\s._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A camera of the box, or a zone or line of one.

    Attributes:
        camera: its id.
        zone: name of the zone or line; None for the camera itself.
        names: what it is called besides its id.
        kind: of the zone: `entrance` and `till` are meant by words for these, whatever its name.
    """

    camera: str
    zone: str | None = None
    names: tuple[str, ...] = ()
    kind: str = ""

    @property
    def called(self) -> frozenset[str]:
        """Its names in lower case, as written and with spaces for `-`, `_` and `.`."""
        own = self.zone if self.zone is not None else self.camera
        names = {name.lower() for name in (own, *self.names) if name}
        return frozenset(names | {_SEPARATORS.sub(" ", name).strip() for name in names})


class Gazetteer:
    """Finds the places that are meant by a name or by a word for such places."""

    def __init__(self, known: Iterable[KnownPlace]) -> None:
        self._by_name: dict[str, list[KnownPlace]] = {}
        self._by_group: dict[str, list[KnownPlace]] = {}
        for place in known:
            for name in place.called:
                self._by_name.setdefault(name, []).append(place)
            for group in PLACES:
                if place.kind == group.key or _says(place, group.forms):
                    self._by_group.setdefault(group.key, []).append(place)

    @property
    def names(self) -> frozenset[str]:
        """Every name, in lower case."""
        return frozenset(self._by_name)

    def named(self, name: str, span: Span) -> AskedPlace:
        """The place of this very name."""
        return _asked(self._by_name.get(name, []), span)

    def group(self, key: str, span: Span) -> AskedPlace:
        """What a word such as entrance or 入口 may mean; not known where there is none."""
        return _asked(self._by_group.get(key, []), span)


def _says(place: KnownPlace, words: Iterable[str]) -> bool:
    # a Chinese word may stand anywhere in a name, an English one stands between separators
    return any(
        f" {word} " in f" {name} " if word.isascii() else word in name
        for name in place.called
        for word in words
        if len(word) > 1
    )


def _asked(places: Iterable[KnownPlace], span: Span) -> AskedPlace:
    places = list(places)
    return AskedPlace(
        span=span,
        cameras=frozenset(place.camera for place in places if place.zone is None),
        zones=frozenset((place.camera, place.zone) for place in places if place.zone is not None),
    )

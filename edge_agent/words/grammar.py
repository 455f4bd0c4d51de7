"""What the words of a text ask for together: which colour is of what, and what is denied.

There is no parser of sentences behind it. A colour belongs to the garment or thing that follows
it, with other colours and unknown adjectives in between; after "is" or "in" to the one before;
standing alone it is of the clothes. A negation denies the next thing that it can deny.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.domain.worn import LOWER, NO, UPPER, YES
from edge_agent.words.concepts import AskedPlace, Kind, Span, Wanted
from edge_agent.words.entries import Entry, Role
from edge_agent.words.places import Gazetteer
from edge_agent.words.scanner import Token

_KINDS = {Role.OBJECT: Kind.OBJECT, Role.SPORT: Kind.OBJECT, Role.ACTION: Kind.ACTION}
_BEARERS = frozenset({Role.GARMENT, Role.OBJECT, Role.SCENE})
_LOOSE = frozenset({"in", "of"})
_OPPOSITE = {YES: NO, NO: YES}


@dataclass(slots=True)
class Read:
    """What has been read so far."""

    wanted: list[Wanted] = field(default_factory=list)
    places: list[AskedPlace] = field(default_factory=list)


class Grammar:
    """Reads the tokens of one text, from left to right."""

    def __init__(self, places: Gazetteer) -> None:
        self._gazetteer = places
        self._read = Read()
        self._colours: list[Token] = []
        self._bearer: Token | None = None
        self._linked = self._loosely = False
        self._negation: Token | None = None

    def read(self, tokens: Sequence[Token]) -> Read:
        """Read them all."""
        for at, token in enumerate(tokens):
            self._take(token, tokens[at + 1 :])
        self._colours_alone()
        return self._read

    def _take(self, token: Token, rest: Sequence[Token]) -> None:
        role = Role.PLACE if token.entry is None else token.entry.role
        if role is Role.COLOUR:
            self._colour(token, rest)
        elif role is Role.NEGATION:
            self._negation = token
        elif role is Role.LINK:
            self._linked = self._bearer is not None
            self._loosely = token.form in _LOOSE
        elif role is Role.TRAIT and token.entry is not None:
            # small red dog, red small dog: what the colour is of is still to come
            self._want(Kind.ATTRIBUTE, (token,), token.entry.any_of)
            self._negation = None
        elif role is not Role.FILLER:
            self._content(token, role)
            self._linked, self._negation = False, None

    def _content(self, token: Token, role: Role) -> None:
        if role in _BEARERS:
            self._bear(token)
            return
        self._colours_alone()
        self._bearer = None
        if role is Role.PLACE:
            self._place(token)
        elif token.entry is not None and role is Role.PERSON:
            self._person(token, token.entry)
        elif token.entry is not None:
            self._want(_KINDS.get(role, Kind.ATTRIBUTE), (token,), token.entry.any_of)

    def _colour(self, token: Token, rest: Sequence[Token]) -> None:
        follows = next((t for t in rest if not _between(t)), None)
        ahead = follows is not None and follows.entry is not None and follows.entry.role in _BEARERS
        behind = self._linked or (not token.form.isascii() and not ahead)
        if self._bearer is not None and behind and not (ahead and self._loosely):
            self._of(self._bearer, [token])
        else:
            self._colours.append(token)

    def _bear(self, token: Token) -> None:
        entry = token.entry
        if entry is None:
            return
        colours, self._colours = self._colours, []
        self._bearer = token
        if entry.any_of and not self._opposed_by_colour(entry, colours):
            self._want(_KINDS.get(entry.role, Kind.ATTRIBUTE), (token,), entry.any_of)
        elif not entry.any_of and not colours:
            self._want(Kind.ATTRIBUTE, (token,), ((f"garment_{entry.key}".replace(" ", "_"), YES),))
        if colours:
            self._of(token, colours)

    def _opposed_by_colour(self, entry: Entry, colours: Sequence[Token]) -> bool:
        """Not in a red coat: that denies the colour, and does not speak of people without coats."""
        told = {UPPER, LOWER} & set(entry.colours)
        return bool(self._negation and colours and told)

    def _of(self, bearer: Token, colours: Sequence[Token]) -> None:
        if bearer.entry is None:
            return
        keys = [c.entry.key for c in colours if c.entry is not None]
        pairs = tuple((name, key) for name in bearer.entry.colours for key in keys)
        self._forget_bare_garment(bearer)
        if pairs:
            self._want(Kind.ATTRIBUTE, (*colours, bearer), pairs)

    def _forget_bare_garment(self, bearer: Token) -> None:
        """A garment of which only the colour is told is no question of its own beside one."""
        self._read.wanted = [
            one
            for one in self._read.wanted
            if one.spans != (bearer.span,) or not one.any_of[0][0].startswith("garment_")
        ]

    def _colours_alone(self) -> None:
        if self._colours:
            pairs = tuple(
                (name, c.entry.key)
                for name in (UPPER, LOWER)
                for c in self._colours
                if c.entry is not None
            )
            self._want(Kind.ATTRIBUTE, tuple(self._colours), pairs)
            self._colours = []

    def _person(self, token: Token, entry: Entry) -> None:
        if entry.any_of:
            self._want(Kind.ATTRIBUTE, (token,), entry.any_of)
        if not self._negation:
            self._want(Kind.OBJECT, (token,), (("person", "person"),))

    def _place(self, token: Token) -> None:
        entry = token.entry
        asked = (
            self._gazetteer.named(token.form, token.span)
            if entry is None
            else self._gazetteer.group(entry.key, token.span)
        )
        if self._negation:
            asked = AskedPlace(
                span=asked.span, cameras=asked.cameras, zones=asked.zones, negated=True
            )
        self._read.places.append(asked)

    def _want(
        self, kind: Kind, tokens: Sequence[Token], any_of: tuple[tuple[str, str], ...]
    ) -> None:
        denied = self._negation
        spans = [token.span for token in tokens] + ([denied.span] if denied else [])
        if denied and all(value in _OPPOSITE for _, value in any_of):
            any_of, denied = tuple((name, _OPPOSITE[value]) for name, value in any_of), None
        self._read.wanted.append(
            Wanted(
                kind=kind,
                spans=tuple(sorted(set[Span](spans))),
                any_of=any_of,
                negated=denied is not None,
            )
        )


def _between(token: Token) -> bool:
    """Whether a word may stand between a colour and what it is of."""
    if token.entry is None:
        return False
    if token.entry.role is Role.TRAIT:
        return True
    return token.form in {"and", "or", "the", "a", "的", "和", "色", "pair of"} or (
        token.entry.role is Role.COLOUR
    )

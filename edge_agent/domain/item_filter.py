r"""The language in which items are filtered by their attributes.

    expr := all (OR all)*
    all  := one (AND one)*
    one  := '(' expr ')' | int op INTEGER | text eq "STRING" | field [NOT] IN '(' value, … ')'

`int` is `int_attr`, `int_attr2` to `int_attr4` (or `intAttr…`), `text` likewise `str_attr…`; `op`
is one of > >= < <= =, `eq` one of = !=. AND, OR, NOT and IN may be written in small letters, AND
binds tighter than OR, spaces are free. Within a string, `\"` and `\\` stand for `"` and `\`. A
condition on an attribute that is not set does not hold, whichever it is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from edge_agent.domain.image_item import ImageProblem, ImageRefused

DEPTH = 32
"""Parentheses within parentheses."""

_INTEGER_BITS = 63


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        text: whether it is about a text attribute.
        attribute: 0 to 3, which of the four.
        operator: > >= < <= =, `in` or `not in`; of text = != instead of the first five.
        values: what is compared with; several with `in` and `not in`.
    """

    text: bool
    attribute: int
    operator: str
    values: tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All parts hold."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Filter", ...]


Filter = Condition | AllOf | AnyOf


def parse_filter(text: str, *, lists: bool = True) -> Filter:
    """Read a filter.

    Args:
        text: as the asker wrote it.
        lists: whether `in` and `not in` are allowed.

    Raises:
        ImageRefused: it is not of the language; the message says from where on.
    """
    parser = _Parser(text, lists=lists)
    found = parser.expression(0)
    parser.end()
    return found


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


_TOKEN: Final = re.compile(
    r'\s*(?:(?P<string>"(?:[^"\\]|\\["\\])*")|(?P<integer>-?[0-9]+)(?![A-Za-z0-9_.])'
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>>=|<=|!=|[><=(),]))"
)
_FIELD: Final = re.compile(r"(int|str)(?:_attr|Attr)([2-4])?")
_ESCAPED: Final = re.compile(r'\\(["\\])')
_OF_INTS: Final = frozenset({">", ">=", "<", "<=", "="})
_OF_TEXTS: Final = frozenset({"=", "!="})


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _refusal(text, at)
        yield _Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup))
        at = match.end()
    yield _Token("end", "", end)


class _Parser:
    """Recursive descent over the tokens, one ahead."""

    def __init__(self, text: str, *, lists: bool) -> None:
        self._text = text
        self._lists = lists
        self._tokens = _tokens(text)
        self._next = next(self._tokens)

    def expression(self, depth: int) -> Filter:
        parts = [self._every(depth)]
        while self._word("or"):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def end(self) -> None:
        if self._next.kind != "end":
            raise self._refusal()

    def _every(self, depth: int) -> Filter:
        parts = [self._one(depth)]
        while self._word("and"):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _one(self, depth: int) -> Filter:
        if not self._sign("("):
            return self._condition()
        if depth >= DEPTH:
            raise self._refusal()
        inner = self.expression(depth + 1)
        self._expect(")")
        return inner

    def _condition(self) -> Condition:
        named = _FIELD.fullmatch(self._next.text) if self._next.kind == "word" else None
        if named is None:
            raise self._refusal()
        self._advance()
        text, attribute = named[1] == "str", int(named[2] or 1) - 1
        if self._next.kind == "word":
            return Condition(text, attribute, self._membership(), self._list(text=text))
        operator = self._next.text
        if self._next.kind != "sign" or operator not in (_OF_TEXTS if text else _OF_INTS):
            raise self._refusal()
        self._advance()
        value = self._value(text=text)
        return Condition(text, attribute, operator, _same([value]))

    def _membership(self) -> str:
        inverse = self._word("not")
        if not self._lists or not self._word("in"):
            raise self._refusal()
        return "not in" if inverse else "in"

    def _list(self, *, text: bool) -> tuple[int, ...] | tuple[str, ...]:
        self._expect("(")
        values = [self._value(text=text)]
        while self._sign(","):
            values.append(self._value(text=text))
        self._expect(")")
        return _same(values)

    def _value(self, *, text: bool) -> int | str:
        token = self._next
        if token.kind != ("string" if text else "integer"):
            raise self._refusal()
        if not text and not _fits(token.text):
            raise self._refusal()
        self._advance()
        return _ESCAPED.sub(r"\1", token.text[1:-1]) if text else int(token.text)

    def _word(self, word: str) -> bool:
        return self._take("word", word)

    def _sign(self, sign: str) -> bool:
        return self._take("sign", sign)

    def _take(self, kind: str, text: str) -> bool:
        if self._next.kind != kind or self._next.text.lower() != text:
            return False
        self._advance()
        return True

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            raise self._refusal()

    def _advance(self) -> None:
        self._next = next(self._tokens)

    def _refusal(self) -> ImageRefused:
        return _refusal(self._text, self._next.at)


def _fits(digits: str) -> bool:
    return len(digits) <= _INTEGER_BITS and int(digits).bit_length() <= _INTEGER_BITS


def _same(values: list[int | str]) -> tuple[int, ...] | tuple[str, ...]:
    numbers = tuple(value for value in values if isinstance(value, int))
    return numbers or tuple(value for value in values if isinstance(value, str))


def _refusal(text: str, at: int) -> ImageRefused:
    rest = text[at : at + 20]
    where = f"at {rest!r}" if rest else "at its end"
    return ImageRefused(
        ImageProblem.FILTER, f"the filter is not understood {where}", field="filter"
    )

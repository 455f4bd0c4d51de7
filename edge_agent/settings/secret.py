"""A value that is never printed."""

from typing_extensions import override


class Secret:
    """A password, token or key; `repr`, `str` and format show stars, only `reveal` shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one who needs it to log in."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    @override
    def __hash__(self) -> int:
        return hash(self._value)

    @override
    def __repr__(self) -> str:
        return "Secret('***')" if self._value else "Secret('')"

    @override
    def __str__(self) -> str:
        return "***" if self._value else ""

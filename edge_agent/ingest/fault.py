"""Faults of a camera's picture and time: told once when they have lasted, once when over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that began (`present`) or ended.

    Attributes:
        kind: `black`, `covered`, `frozen`, `blurred`, `moved`, `slow`, `clock`, `backwards` or
            `main_stream`.
        since_ms: wall time at which it began.
        detail: for people; may be empty.
    """

    kind: str
    present: bool
    since_ms: int
    detail: str = ""


class Patience:
    """One kind of fault: it must last to be told.

    Args:
        kind: of the fault.
        begins_ms: it must have lasted so long to be told.
        ends_ms: and have been away so long to be over.
    """

    def __init__(self, kind: str, begins_ms: float, ends_ms: float = 0) -> None:
        self._kind = kind
        self._begins_ms = begins_ms
        self._ends_ms = ends_ms
        self._since: int | None = None
        self._away_since: int | None = None
        self.told = False

    @property
    def idle(self) -> bool:
        """Nothing has begun, so what is not so changes nothing."""
        return self._since is None and not self.told

    def judge(self, at_ms: int, *, is_so: bool, detail: str = "") -> list[Fault]:
        """Take what is so at a time; times that run backwards begin the wait afresh."""
        if is_so:
            return self._there(at_ms, detail)
        if not self.told:
            self._since = None
            return []
        if self._away_since is None or at_ms < self._away_since:
            self._away_since = at_ms
        if at_ms - self._away_since < self._ends_ms:
            return []
        since, self._since, self.told = self._since or 0, None, False
        return [Fault(self._kind, present=False, since_ms=since, detail=detail)]

    def _there(self, at_ms: int, detail: str) -> list[Fault]:
        self._away_since = None
        if self._since is None or (at_ms < self._since and not self.told):
            self._since = at_ms
        if self.told or at_ms - self._since < self._begins_ms:
            return []
        self.told = True
        return [Fault(self._kind, present=True, since_ms=self._since, detail=detail)]

"""When to send again to whom: pure, one small state per consumer."""

from dataclasses import dataclass

from edge_agent.sync.options import SyncOptions


@dataclass(slots=True)
class _Pace:
    next_probe: float
    probes: int = 0
    next_resend: float = 0.0


class Paces:
    """Decides from acknowledgements and silence; times are seconds of a monotonic clock."""

    def __init__(self, options: SyncOptions) -> None:
        self._options = options
        self._paces: dict[str, _Pace] = {}

    def acknowledged(self, name: str, *, advanced: bool, now: float) -> bool:
        """Note an acknowledgement; returns whether to send again what follows it."""
        pace = self._pace(name, now)
        was_silent = pace.probes > 0
        pace.probes = 0
        pace.next_probe = now + self._options.quiet
        if (advanced and not was_silent) or now < pace.next_resend:
            return False
        pace.next_resend = now + self._options.resend_pause
        return True

    def behind(self, name: str, now: float) -> bool:
        """Note that a consumer has not acknowledged all; returns whether to probe it now."""
        pace = self._pace(name, now)
        if now < pace.next_probe:
            return False
        pace.probes += 1
        wait = self._options.quiet * 2.0 ** min(pace.probes, 32)
        pace.next_probe = now + min(wait, self._options.quiet_longest)
        return True

    def up_to_date(self, name: str, now: float) -> None:
        """Note that a consumer has acknowledged all there is."""
        self._paces[name] = _Pace(
            next_probe=now + self._options.quiet, next_resend=self._pace(name, now).next_resend
        )

    def silent(self, name: str) -> bool:
        """Whether it has been probed and has not answered."""
        return name in self._paces and self._paces[name].probes > 0

    def _pace(self, name: str, now: float) -> _Pace:
        return self._paces.setdefault(name, _Pace(next_probe=now + self._options.quiet))

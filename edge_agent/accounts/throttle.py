"""How often somebody may try to sign in."""

from collections import OrderedDict
from dataclasses import dataclass

from edge_agent.domain.errors import Busy
from edge_agent.runtime.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrottleOptions:
    """Limits of signing in.

    Attributes:
        failures: wrong passwords in a row after which a name is locked.
        locked_s: seconds for which it is locked at first; doubled with every further failure.
        longest_s: seconds for which a name is locked at most.
        burst: tries that may come at once from one address.
        per_second: tries from one address that may be kept up.
        remembered: names and addresses; the ones silent longest are forgotten first.
    """

    failures: int = 5
    locked_s: float = 30.0
    longest_s: float = 900.0
    burst: int = 20
    per_second: float = 0.5
    remembered: int = 4096


class Throttle:
    """Locks names after failures and slows addresses down.

    Kept in memory: whoever can restart the box needs no password.
    """

    def __init__(self, options: ThrottleOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def check(self, name: str, address: str) -> None:
        """Let a try pass, which counts it for its address.

        Raises:
            Busy: the name is locked, or too many tries came from this address.
        """
        now = self._clock.monotonic()
        _, until = self._failed.get(name, (0, 0.0))
        if until > now:
            raise Busy(
                f"too many wrong passwords for this name; try again in {until - now:.0f} s",
                field="name",
            )
        tokens, since = self._buckets.pop(address, (float(self._options.burst), now))
        tokens = min(tokens + (now - since) * self._options.per_second, self._options.burst)
        late = tokens < 1.0
        self._buckets[address] = (tokens if late else tokens - 1.0, now)
        _bound(self._buckets, self._options.remembered)
        if late:
            raise Busy("too many tries from this address; wait a little")

    def failed(self, name: str) -> None:
        """A wrong password was given for this name."""
        count, _ = self._failed.pop(name, (0, 0.0))
        count += 1
        over = count - self._options.failures
        wait = 0.0
        if over >= 0:
            wait = min(self._options.locked_s * 2 ** min(over, 16), self._options.longest_s)
        self._failed[name] = (count, self._clock.monotonic() + wait if wait else 0.0)
        _bound(self._failed, self._options.remembered)

    def succeeded(self, name: str) -> None:
        """The right one was."""
        self._failed.pop(name, None)


def _bound(
    kept: "OrderedDict[str, tuple[int, float]] | OrderedDict[str, tuple[float, float]]", most: int
) -> None:
    while len(kept) > most:
        kept.popitem(last=False)

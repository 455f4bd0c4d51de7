"""How often one key may ask."""

from collections import OrderedDict
from dataclasses import dataclass, field

from edge_agent.domain.access_key import Rate
from edge_agent.runtime.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceOptions:
    """Limits of one access key.

    Attributes:
        rate: how often a key may ask that has no rate of its own.
        keys: keys that are watched; the one that has been silent longest is forgotten first.
    """

    rate: Rate = field(default_factory=lambda: Rate(per_second=200.0, burst=400))
    keys: int = 4096


class Pace:
    """One bucket of tokens per key, filled at a steady rate (token bucket, as in RFC 2697)."""

    def __init__(self, options: PaceOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_ms(self, key: str, own: Rate | None = None) -> int:
        """Take a token; returns 0, or after how many milliseconds there is one.

        Args:
            key: id of who asks.
            own: the rate of this key, where it has one of its own.
        """
        rate = own or self._options.rate
        now = self._clock.monotonic()
        tokens, since = self._buckets.pop(key, (float(rate.burst), now))
        tokens = min(tokens + (now - since) * rate.per_second, rate.burst)
        late = tokens < 1.0
        self._buckets[key] = (tokens if late else tokens - 1.0, now)
        if len(self._buckets) > self._options.keys:
            self._buckets.popitem(last=False)
        return max(1, round((1.0 - tokens) / rate.per_second * 1000)) if late else 0

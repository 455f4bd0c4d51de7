"""How often one key may ask."""

from collections import OrderedDict
from dataclasses import dataclass

from edge_agent.runtime.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceOptions:
    """Limits of one access key.

    Attributes:
        per_second: requests per second that a key may keep up.
        burst: requests that a key may make at once after a rest.
        keys: keys that are watched; the one that has been silent longest is forgotten first.
    """

    per_second: float = 200.0
    burst: int = 400
    keys: int = 4096


class Pace:
    """One bucket of tokens per key, filled at a steady rate (token bucket, as in RFC 2697)."""

    def __init__(self, options: PaceOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_ms(self, key: str) -> int:
        """Take a token of this key; returns 0, or after how many milliseconds there is one."""
        now = self._clock.monotonic()
        tokens, since = self._buckets.pop(key, (float(self._options.burst), now))
        tokens = min(tokens + (now - since) * self._options.per_second, self._options.burst)
        late = tokens < 1.0
        self._buckets[key] = (tokens if late else tokens - 1.0, now)
        if len(self._buckets) > self._options.keys:
            self._buckets.popitem(last=False)
        return max(1, round((1.0 - tokens) / self._options.per_second * 1000)) if late else 0

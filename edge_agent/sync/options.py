"""How patiently the box syncs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """How patiently the box syncs.

    Attributes:
        consumers: names of those who acknowledge events; the last level of `…/ack/{consumer}`.
        live_within: seconds; an event that leaves later than this is marked `historical`.
        keep_age: seconds that a silent consumer is waited for.
        keep_size: bytes of event data that are kept for silent consumers.
        quiet: seconds without an acknowledgement after which a consumer that is behind is probed.
        quiet_longest: seconds; the wait between probes doubles up to this.
        resend_pause: seconds between two times that one consumer makes the box send again.
        batch: how many events are read at once, and how many a probe sends.
        check_every: seconds between two looks at silent consumers.
        lapse_after: seconds that a consumer must have been overdue, by a clock that nobody sets,
            before it lapses; a box whose clock is put right after booting must not believe that
            everybody has been silent for years.
    """

    consumers: tuple[str, ...] = ()
    live_within: float = 60.0
    keep_age: float = 14 * 86_400.0
    keep_size: int = 512 * 1024 * 1024
    quiet: float = 30.0
    quiet_longest: float = 600.0
    resend_pause: float = 1.0
    batch: int = 64
    check_every: float = 15.0
    lapse_after: float = 600.0

"""What systemd is told: ready, stopping, still making progress (sd_notify(3))."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable

log = logging.getLogger(__name__)


def notify(message: str) -> None:
    """Send one state line to systemd; does nothing outside of it.

    A manager that does not listen, or not in time, is no reason to stop or to wait: it is logged,
    and whoever waits for the line notices on its own.
    """
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.setblocking(False)  # noqa: FBT003 - its only argument
        try:
            channel.connect(address)
            channel.sendall(message.encode())
        except OSError as error:
            log.warning("systemd cannot be told %r: %s", message, error)


def watchdog_seconds() -> float | None:
    """How often systemd expects a sign of life, or None where it expects none."""
    microseconds = os.environ.get("WATCHDOG_USEC")
    return int(microseconds) / 1e6 if microseconds else None


async def feed_watchdog(progressing: Callable[[], str | None]) -> None:
    """Feed the watchdog as long as the box makes progress.

    Args:
        progressing: returns None while all is well, else what stands still. It is asked three
            times per watchdog period; a box that hangs is then killed and restarted by systemd.
    """
    period = watchdog_seconds()
    while True:
        stuck = progressing()
        if stuck is None:
            notify("WATCHDOG=1")
        else:
            log.error("no progress: %s; the watchdog is not fed", stuck)
        await asyncio.sleep((period or 30.0) / 3)

"""What the processes that read one file have in common.

Each reads one order, a JSON object, from its standard input and tells on its standard output how
far it is, one JSON object a line; the last one holds `error` where it failed. It limits itself
before it touches the file, so that one made to hurt a decoder hurts this process alone.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Mapping
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.runtime.child import die_with_parent

_TELL_EVERY = 0.02
_NICENESS = 15
"""Cameras and questions come first."""


def carry_out(do: Callable[[Mapping[str, Any]], None]) -> int:
    """Take the order and do it; the parent's process id is the first argument of the command line.

    Args:
        do: what does it; may raise `Refused`, `OSError` or `MemoryError`.

    Returns:
        The exit status.
    """
    die_with_parent(int(sys.argv[1]))
    order = json.loads(sys.stdin.readline())
    _limit(order)
    try:
        do(order)
    except (Refused, OSError, MemoryError) as error:
        _say(error=str(error) or type(error).__name__)
        return 1
    return 0


def _limit(order: Mapping[str, Any]) -> None:
    os.nice(_NICENESS)
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, order["cpu_s"]),
        (resource.RLIMIT_DATA, order["memory"]),
        (resource.RLIMIT_FSIZE, order["output"]),
    ):
        resource.setrlimit(what, (most, most))


class Teller:
    """Tells how far it is, at every step that is worth a line."""

    def __init__(self) -> None:
        self._told = 0.0

    def __call__(self, share: float) -> None:
        """Tell that so much is done, 0 to 1."""
        if share >= self._told + _TELL_EVERY:
            self._told = share
            _say(progress=round(share, 3))


def _say(**fields: object) -> None:
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()

"""The process that renders one clip or picture: `python -m edge_agent.media.renderer <parent>`.

It reads one order, a JSON object, from its standard input and tells on its standard output how far
it is, one JSON object a line; the last one holds `error` where it failed. It limits itself before
it touches the file, so that a clip made to hurt a decoder hurts this process alone.
"""

import json
import os
import resource
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_agent.domain.errors import Refused
from edge_agent.domain.mask import Mask
from edge_agent.domain.polygon import polygons_of
from edge_agent.media.render import render_clip, still
from edge_agent.runtime.child import die_with_parent

_TELL_EVERY = 0.02
_NICENESS = 15
"""Cameras and questions come first."""


def main() -> int:
    """Do what the order says; returns the exit status."""
    die_with_parent(int(sys.argv[1]))
    order = json.loads(sys.stdin.readline())
    limit(order)
    try:
        _do(order)
    except (Refused, OSError, MemoryError) as error:
        say(error=str(error) or type(error).__name__)
        return 1
    return 0


def _do(order: Mapping[str, Any]) -> None:
    source, target = Path(order["source"]), Path(order["target"])
    mask = Mask(polygons_of(order["masks"]))
    if order["at_s"] is None:
        render_clip(source, target, mask, longest_side=order["longest_side"], tell=Teller())
    else:
        picture = still(source, order["at_s"], mask, longest_side=order["longest_side"])
        target.write_bytes(picture)


def limit(order: Mapping[str, Any]) -> None:
    """Take no more than the order allows, from now on."""
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
            say(progress=round(share, 3))


def say(**fields: object) -> None:
    """Tell the parent something."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

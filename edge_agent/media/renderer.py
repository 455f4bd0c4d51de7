"""The process that renders one clip or picture: `python -m edge_agent.media.renderer <parent>`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_agent.domain.mask import Mask
from edge_agent.domain.polygon import polygons_of
from edge_agent.media.render import render_clip, still
from edge_agent.media.worker import Teller, carry_out


def do(order: Mapping[str, Any]) -> None:
    """Make what the order wants."""
    source, target = Path(order["source"]), Path(order["target"])
    mask = Mask(polygons_of(order["masks"]))
    if order["at_s"] is None:
        render_clip(source, target, mask, longest_side=order["longest_side"], tell=Teller())
    else:
        picture = still(source, order["at_s"], mask, longest_side=order["longest_side"])
        target.write_bytes(picture)


if __name__ == "__main__":
    sys.exit(carry_out(do))

"""Kept inputs: one file per target, one input per line in base64, sorted."""

import base64
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus"


def kept(target: str) -> list[bytes]:
    """The inputs that were kept for a target."""
    path = FOLDER / f"{target}.txt"
    if not path.exists():
        return []
    return [base64.b64decode(line) for line in path.read_text().splitlines()]


def keep(target: str, inputs: Iterable[bytes]) -> int:
    """Keep exactly these inputs for a target; returns how many."""
    FOLDER.mkdir(exist_ok=True)
    lines = sorted({base64.b64encode(data).decode() for data in inputs})
    (FOLDER / f"{target}.txt").write_text("".join(f"{line}\n" for line in lines))
    return len(lines)

"""`python -m scripts.train STEP ...`; see docs/models.md."""

import importlib
import sys

STEPS = ("data", "shrink", "labels", "detector", "refiner", "faces", "bodies", "export", "evaluate")


def main() -> None:
    """Run one step."""
    if len(sys.argv) < 2 or sys.argv[1] not in STEPS:  # noqa: PLR2004
        raise SystemExit(f"usage: python -m scripts.train {{{','.join(STEPS)}}} ...")
    importlib.import_module(f"scripts.train.{sys.argv[1]}").main(sys.argv[2:])


main()

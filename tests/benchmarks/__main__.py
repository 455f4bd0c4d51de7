"""Run one bench: `scripts/bench NAME [--json FILE]`; without a name, list them.

A bench is a module `tests/benchmarks/bench_NAME.py` with a docstring and `run(options) -> Report`.
It finds its data by pattern under EDGE_AGENT_TESTDATA and its weights in EDGE_AGENT_MODEL_MIRROR.
"""

import argparse
import importlib
import os
import sys
from pathlib import Path

from rich.console import Console

from tests.benchmarks.setting import Setting

HERE = Path(__file__).parent


def main() -> int:
    """Run the bench that was named; 0 when every target is met, 1 when one is not."""
    names = sorted(path.stem.removeprefix("bench_") for path in HERE.glob("bench_*.py"))
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure.")
    parser.add_argument("name", nargs="?", choices=names)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--pack", default="auto", help="model pack, where weights are used")
    parser.add_argument("--quick", action="store_true", help="leave out what takes long")
    parser.add_argument("--minutes", type=float, default=20.0, help="how long a soak lasts")
    options = parser.parse_args()
    console = Console(highlight=False)
    if options.name is None:
        for name in names:
            module = importlib.import_module(f"tests.benchmarks.bench_{name}")
            console.print(f"{name:12} {(module.__doc__ or '').splitlines()[0]}")
        return 0
    data, mirror = os.environ.get("EDGE_AGENT_TESTDATA"), os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    setting = Setting(
        data=Path(data) if data else None,
        mirror=Path(mirror) if mirror else None,
        pack=options.pack,
        console=console,
        quick=options.quick,
        minutes=options.minutes,
    )
    report = importlib.import_module(f"tests.benchmarks.bench_{options.name}").run(setting)
    report.show(console)
    if options.json:
        report.write(options.json)
    return 0 if all(target.ok for target in report.targets) else 1


if __name__ == "__main__":
    sys.exit(main())

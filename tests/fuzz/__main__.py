"""Fuzz the doors: `scripts/fuzz [TARGET …] [--minutes N]`; the corpus grows in tests/fuzz/corpus.

Each target runs by itself for so many minutes. What reached new code is kept, smallest first;
tests/integration/fuzz replays it. An input that found a fault is written to build/fuzz.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tests.fuzz.corpus import keep, kept
from tests.fuzz.targets import NAMES, target

FOUND = Path("build/fuzz")
LONGEST_INPUT = 4096
console = Console(highlight=False, stderr=True)


def main() -> int:
    """Run the targets that were named, or all; 0 when no fault was found."""
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *NAMES], metavar="TARGET")
    parser.add_argument("--minutes", type=float, default=1.0, help="for each target")
    options = parser.parse_args()
    FOUND.mkdir(parents=True, exist_ok=True)
    failed = []
    with Progress(console=console) as progress:
        names = options.targets or NAMES
        task = progress.add_task("fuzzing", total=len(names))
        for name in names:
            progress.update(task, description=name)
            if not fuzz(name, options.minutes * 60):
                failed.append(name)
            progress.advance(task)
    for name in failed:
        console.print(f"{name}: a fault was found; see {FOUND / name}.log and the inputs beside it")
    return 1 if failed else 0


def fuzz(name: str, seconds: float) -> bool:
    """Fuzz one target and keep what reached new code; False when a fault was found."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        grown, least = Path(folder, "grown"), Path(folder, "least")
        grown.mkdir()
        least.mkdir()
        for number, data in enumerate([*kept(name), *target(name).seeds()]):
            (grown / f"kept-{number}").write_bytes(data)
        limits = [
            f"-max_total_time={max(1, round(seconds))}", f"-max_len={LONGEST_INPUT}",
            f"-artifact_prefix={FOUND}/{name}-", "-timeout=60", "-len_control=0",
            "-rss_limit_mb=4096", "-print_final_stats=1",
        ]  # fmt: skip
        sound = _child(name, [*limits, str(grown)], FOUND / f"{name}.log")
        if not _child(name, ["-merge=1", str(least), str(grown)], FOUND / f"{name}-merge.log"):
            return False
        count = keep(name, (path.read_bytes() for path in least.iterdir()))
        console.print(f"{name}: {count} inputs kept; {_executed(FOUND / f'{name}.log')}")
        return sound


def _child(name: str, arguments: list[str], log: Path) -> bool:
    with log.open("w") as out:
        command = [sys.executable, "-m", "tests.fuzz.child", name, *arguments]
        return subprocess.run(command, stdout=out, stderr=out, check=False).returncode == 0


def _executed(log: Path) -> str:
    """What libFuzzer says of its work."""
    lines = log.read_text(errors="replace").splitlines()
    return ", ".join(
        line.removeprefix("stat::").replace(":", "").strip()
        for line in lines
        if line.startswith(("stat::number_of_executed_units", "stat::peak_rss_mb"))
    )


if __name__ == "__main__":
    sys.exit(main())

"""What a bench prints and writes: facts, and targets that are met or not."""

import json
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_WAYS: dict[str, Callable[[float, float], bool]] = {
    "<=": lambda value, bound: value <= bound,
    ">=": lambda value, bound: value >= bound,
}


@dataclass(frozen=True, slots=True)
class Target:
    """One figure that an issue asks for or docs/performance.md promises.

    Attributes:
        target: `<= 1.15` or `>= 0.98`.
    """

    name: str
    value: float
    unit: str
    target: str
    ok: bool


@dataclass(slots=True)
class Report:
    """Collects the figures of one run of one bench."""

    bench: str
    facts: dict[str, Any] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)

    def fact(self, name: str, value: Any) -> None:
        """Note something measured that nobody has promised."""
        self.facts[name] = value

    def target(self, name: str, value: float, unit: str, target: str) -> None:
        """Hold a figure against its target.

        Raises:
            ValueError: the target is not `<= NUMBER` or `>= NUMBER`.
        """
        way, _, bound = target.partition(" ")
        if way not in _WAYS:
            raise ValueError(f"target must begin with <= or >=, got {target!r}")
        self.targets.append(Target(name, value, unit, target, _WAYS[way](value, float(bound))))

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        document = {
            "bench": self.bench,
            "machine": {"processor": platform.machine(), "python": platform.python_version()},
            "facts": self.facts,
            "targets": [asdict(target) for target in self.targets],
        }
        path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    def show(self, console: Console) -> None:
        """Print two tables."""
        facts = Table("fact", "value", title=self.bench, title_justify="left")
        for name, value in self.facts.items():
            facts.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
        console.print(facts)
        targets = Table("target", "value", "wanted", "met")
        for one in self.targets:
            met = "[green]yes[/]" if one.ok else "[red]no[/]"
            targets.add_row(
                one.name, f"{one.value:.4g} {one.unit}", f"{one.target} {one.unit}", met
            )
        console.print(targets)


def median_seconds(work: Callable[[], object], *, times: int, warm_up: int = 1) -> float:
    """The median duration of `work` over several calls, after a warm-up."""
    for _ in range(warm_up):
        work()
    took: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def processor_seconds(work: Callable[[], object], *, times: int = 30, warm_up: int = 3) -> float:
    """The median processor time that `work` takes of the thread that calls it."""
    for _ in range(warm_up):
        work()
    took: list[float] = []
    for _ in range(times):
        began = time.thread_time()
        work()
        took.append(time.thread_time() - began)
    return statistics.median(took)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

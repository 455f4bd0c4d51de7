"""How good an exported pack is, with intervals: what `scripts/bench accuracy` measures.

    python -m scripts.train evaluate PACK --data DATA [--models MIRROR] [--json FILE]

PACK is a folder with the networks and their manifest.json; DATA has `labelled/` and `footage/`.
Nothing is chosen here: thresholds are those of the manifest. Each part is written to
`PACK/evaluation/` as soon as it is there, so that a run which was stopped goes on with the next
one; what was made of other networks is made again. MIRROR holds the weights of the pack `open`,
whose faces the own ones are held against; without it that part is left out and the outcome says so.
"""

import argparse
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from scripts.train.progress import shown
from tests.benchmarks.accuracy_beside import faces_of_both
from tests.benchmarks.bench_accuracy import BESIDE, PARTS, say_pack
from tests.benchmarks.report import Report, Target
from tests.benchmarks.setting import Setting

_BOTH = f"beside the pack {BESIDE}"

Work = Callable[[Report], None]


def main(words: list[str]) -> None:
    """Measure what was not measured yet, then print and write everything."""
    parser = argparse.ArgumentParser(prog="evaluate", description=__doc__)
    parser.add_argument("pack", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, help="folder with the weights of the pack open")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(words)
    console = Console(highlight=False)
    setting = Setting(
        data=given.data, mirror=given.models, pack=given.pack.resolve().name, console=console,
        manifests=given.pack.resolve().parent,
    )  # fmt: skip
    report = evaluated(setting, given.pack)
    report.show(console)
    if given.json:
        report.write(given.json)


def evaluated(setting: Setting, pack: Path) -> Report:
    """The whole report, of parts that were kept and parts made now.

    Args:
        setting: says which pack, and where data and weights are.
        pack: the folder with its networks; parts are kept in `evaluation/` in it.
    """
    vision, data = setting.vision(), setting.need_data()
    kept = pack / "evaluation"
    kept.mkdir(exist_ok=True)
    stamp = stamp_of(pack)
    works: dict[str, Work] = {
        name: lambda report, part=part: part(report, vision, data)  # type: ignore[misc]
        for name, part in PARTS.items()
    }
    if setting.mirror is not None:
        works[_BOTH] = lambda report: faces_of_both(
            report, vision, setting.vision(pack=BESIDE), data
        )
    whole = Report("evaluation")
    say_pack(whole, vision)
    if setting.mirror is None:
        whole.fact(_BOTH, "not measured: no --models with its weights")
    for name in shown(list(works), "evaluate"):
        add(whole, part_of(kept / f"{name.replace(' ', '_')}.json", stamp, works[name]))
    return whole


def stamp_of(pack: Path) -> str:
    """What the parts were made of: the sha256 of all networks and the manifest."""
    digest = hashlib.sha256()
    for path in sorted([*pack.glob("*.onnx"), pack / "manifest.json"]):
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def part_of(path: Path, stamp: str, work: Work) -> Report:
    """A part as it was kept, if it was made of the same; else made now and kept."""
    if path.is_file():
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["stamp"] == stamp:
            targets = [Target(**row) for row in stored["targets"]]
            return Report(path.stem, stored["facts"], targets)
    report = Report(path.stem)
    work(report)
    rows = [asdict(one) for one in report.targets]
    document = {"stamp": stamp, "facts": report.facts, "targets": rows}
    part = path.with_suffix(".part")
    part.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(path)
    return report


def add(whole: Report, part: Report) -> None:
    """Put the figures of a part into the whole."""
    whole.facts |= part.facts
    whole.targets += part.targets

"""What docs/models.md says of packs, held against what was measured."""

from fnmatch import fnmatchcase

from edge_agent.vision.vision import Vision
from tests.benchmarks.report import Report
from tests.benchmarks.scoring import likely_range

PROMISED = {
    "open": {
        "pairs right at the fixed threshold": ">= 0.9933",
        "pairs right, threshold by ten folds": ">= 0.985",
        "portraits with a face found": ">= 0.99",
        "pairs of strangers above the threshold": "<= 0.001",
        "watch list, found": ">= 0.98",
        "watch list, strangers taken": "<= 0",
        "body search, known person first in the frame": ">= 1",
        "body search, surplus boxes": "<= 0.05",
    },
    "core": {
        "person AP50, footage *Campus": ">= 0.78",
        "person AP50, footage *": ">= 0.75",
        "person AP50, all photographs": ">= 0.45",
        "faces found of those of open, where 0.9 of them are right": ">= 0.8",
        "points of a face, distance from those of open": "<= 0.04",
        "pairs right, threshold by ten folds": ">= 0.97",
        "watch list, own person first": ">= 0.9",
        "bodies found again, * above the colours of stripes": ">= 0.1",
    },
}
"""By pack and by the name of a figure, the first pattern that fits."""


def tell(report: Report, vision: Vision, name: str, right: int, asked: int) -> None:
    """Note a share with its 95 % range, and hold it against its target if it has one."""
    low, high = likely_range(right, asked)
    report.fact(name, f"{right} of {asked}: {right / asked:.4%} (95 %: {low:.3%} to {high:.3%})")
    hold(report, vision, name, right / asked)


def hold(report: Report, vision: Vision, name: str, value: float) -> None:
    """Hold a figure against what was promised of the pack; a fact where nothing was."""
    for pattern, target in PROMISED.get(vision.info.name, {}).items():
        if fnmatchcase(name, pattern):
            report.target(name, value, "", target)
            return
    if name not in report.facts:
        report.fact(name, value)

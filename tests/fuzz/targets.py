"""Every target by its name."""

import importlib
from pathlib import Path

from tests.fuzz.target import Target

NAMES = tuple(
    sorted(path.stem.removesuffix("_target") for path in Path(__file__).parent.glob("*_target.py"))
)


def target(name: str) -> Target:
    """Import one target, and with it what it tests."""
    found: Target = importlib.import_module(f"tests.fuzz.{name}_target").TARGET
    return found

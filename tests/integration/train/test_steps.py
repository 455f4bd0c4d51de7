"""`python -m scripts.train`: what it says to whoever asks for nothing or too much."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def asked(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scripts.train", *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)


@pytest.mark.parametrize("words", [(), ("everything",)])
def test_an_unknown_step_is_refused_with_the_known_ones(words: tuple[str, ...]) -> None:
    answer = asked(*words)
    assert answer.returncode == 1
    assert "usage: python -m scripts.train {data,shrink,labels,detector," in answer.stderr


def test_a_step_says_what_it_takes() -> None:
    answer = asked("labels", "--help")
    assert answer.returncode == 0
    assert "--models" in answer.stdout

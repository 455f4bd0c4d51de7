"""The first command: how long `scripts/demo --check` takes to its answer, twice, and what it was.

The first run makes the scenes and installs the weights into a fresh folder (the environment is
there already, this bench runs in it); the second one finds them. The answer is there when the
file of `--json` is, which the demonstration renames into place once every question is answered.
"""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting

ROOT = Path(__file__).parents[2]
LONGEST_S = 600.0
"""A run that takes longer is ended."""


@dataclass(frozen=True, slots=True)
class Performed:
    """One run.

    Attributes:
        answer_s: from the start to the answer; `LONGEST_S` where there was none.
        whole_s: until everything had been cleaned up.
        status: of the process.
        told: what `--json` wrote; empty where there was no answer.
        last: the last line of the output.
    """

    answer_s: float
    whole_s: float
    status: int
    told: dict[str, Any]
    last: str


def run(setting: Setting) -> Report:
    """Perform twice in one folder."""
    report = Report("demo")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        _tell(report, setting, Path(folder), "first run")
        second = _tell(report, setting, Path(folder), "second run")
    report.target("second run, time to the answer", second.answer_s, "s", "<= 90")
    report.target("second run, exit status", second.status, "", "<= 0")
    return report


def _tell(report: Report, setting: Setting, folder: Path, name: str) -> Performed:
    with setting.console.status(f"{name} of the demonstration"):
        performed = _perform(setting, folder, name.replace(" ", "-"))
    report.fact(f"{name}, seconds to the answer", performed.answer_s)
    report.fact(f"{name}, seconds to the end", performed.whole_s)
    report.fact(f"{name}, exit status", performed.status)
    if performed.status:
        report.fact(f"{name}, last line", performed.last)
    _tell_outcomes(report, name, performed.told)
    return performed


def _tell_outcomes(report: Report, name: str, told: dict[str, Any]) -> None:
    if told:
        report.fact(f"{name}, pack", told["pack"])
    for outcome in told.get("outcomes", []):
        right = "right" if outcome["right"] else "wrong"
        judged = "" if outcome["judged"] else ", not judged"
        report.fact(f"{name}, {outcome['question']}", f"{outcome['answer']} ({right}{judged})")


def _perform(setting: Setting, folder: Path, name: str) -> Performed:
    answer, log = folder / f"{name}.json", folder / f"{name}.txt"
    command = [str(ROOT / "scripts" / "demo"), "--check", "--json", str(answer)]
    command += ["--folder", str(folder / "demo"), "--pack", setting.pack]
    began = time.perf_counter()
    answered: float | None = None
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=os.environ)
        try:
            while process.poll() is None and time.perf_counter() - began < LONGEST_S:
                if answered is None and answer.exists():
                    answered = time.perf_counter() - began
                time.sleep(0.05)
        finally:
            process.terminate()  # it cleans up by itself; does nothing once it has ended
            process.wait(60)
    whole = time.perf_counter() - began
    if answered is None and answer.exists():
        answered = whole
    lines = log.read_text(errors="replace").splitlines()
    return Performed(
        answer_s=LONGEST_S if answered is None else answered,
        whole_s=whole,
        status=process.returncode,
        told=json.loads(answer.read_text()) if answer.exists() else {},
        last=next((line for line in reversed(lines) if line.strip()), ""),
    )

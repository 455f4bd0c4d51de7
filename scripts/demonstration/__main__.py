"""Start everything, wait until people have been remembered, ask, show, and clean up."""

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from edge_agent.domain.errors import AgentError
from edge_agent.vision.packs import InstalledPack, PackOptions, choose
from scripts.demonstration.asking import Asker, BrokerAddress, NoAnswer, asking
from scripts.demonstration.cast import Cast, cast_from_packages, cast_from_test_data
from scripts.demonstration.cloud import cloud_access
from scripts.demonstration.dashboard import dashboard_of, print_dashboard
from scripts.demonstration.footage import from_source, hall, scenes_of
from scripts.demonstration.https import https_of
from scripts.demonstration.questions import Outcome, Questions, print_hits
from scripts.demonstration.scenes import portraits_seconds, slides_seconds
from scripts.demonstration.stage import (
    ROOT,
    STORE,
    TENANT,
    Stage,
    StageError,
    start_broker,
    start_cameras,
    start_daemon,
)

_PATIENCE = 150.0
"""Seconds until people must have been remembered; two loops of the longest scene are 70."""


_TRACK_ENDS = 6.0
"""Seconds after which whoever was last in view has been remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """What is performed: who, on which cameras, seen with which weights."""

    cast: Cast | None
    cameras: Mapping[str, str | Path]
    pack: InstalledPack


def main() -> int:
    """Run the demonstration; returns the process's exit status."""
    options = _options()
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # SIGINT too: whoever was started in the background of a script begins with it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup is meant
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        with Stage(options.folder / "run") as stage:
            return _perform(options, stage, console)
    except KeyboardInterrupt:
        console.print("\nstopped; nothing is left running")
        return 0 if not options.check else 130
    except (StageError, NoAnswer, AgentError, OSError) as error:
        console.print(f"[red]the demonstration failed:[/] {error}")
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="judge the answers, then end")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write how to talk to the demo")
    parser.add_argument("--source", help="footage: a file, a folder or an rtsp:// address")
    parser.add_argument("--pack", default="auto", help="model pack: auto, open or core")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "demo")
    options = parser.parse_args()
    if options.check and options.source:
        parser.error("--check judges answers about known people; it cannot be used with --source")
    options.folder = options.folder.resolve()
    return options


def _perform(options: argparse.Namespace, stage: Stage, console: Console) -> int:
    play = _cast(options, console)
    broker = start_broker(stage)
    clips = {name: place for name, place in play.cameras.items() if isinstance(place, Path)}
    addresses = {name: str(place) for name, place in play.cameras.items() if name not in clips}
    if clips:
        addresses |= start_cameras(stage, clips)
    port = start_daemon(
        stage,
        cameras=addresses,
        broker=broker,
        pack=play.pack.manifest.model_id,
        models=options.folder / "models",
    )
    http = f"127.0.0.1:{port}"
    token = (stage.folder / "state" / "secrets" / "token").read_text().strip()
    console.print(
        f"started: mosquitto on {broker.port}, {', '.join(addresses)}, http and https on {port}"
    )
    https = https_of(stage, http, token)
    with asking(broker) as asker:
        _wait_for_people(asker, play, stage, console)
        outcomes = _ask(asker, play, http, console)
        if options.json:
            facts = _facts(broker, http, token, outcomes)
            facts |= {"pack": play.pack.manifest.model_id, **asdict(https)}
            facts |= asdict(cloud_access(stage, asker, http))
            _write_json(options.json, facts)
        for outcome in outcomes:
            mark = "[green]✓[/]" if outcome.right else "[red]✗[/]"
            mark = mark if outcome.judged else "·"
            console.print(f"{mark} {outcome.question}: {outcome.answer}")
        if not options.check:
            print_dashboard(console, dashboard_of(https, token, outcomes[0].job), https)
            _run_on(stage, console)
    return _verdict(outcomes, play.pack, console) if options.check else 0


def _cast(options: argparse.Namespace, console: Console) -> Play:
    pack = _chosen_pack(options, console)
    scenes = options.folder / "scenes"
    if options.source:
        return Play(cast=None, cameras=from_source(options.source, scenes, console), pack=pack)
    data = os.environ.get("EDGE_AGENT_TESTDATA")
    test_data = Path(data) if data else None
    cast = cast_from_test_data(test_data) if test_data else None
    if cast is None:
        cast = cast_from_packages()
    console.print(f"people: {cast.origin}")
    cameras: dict[str, str | Path] = dict(scenes_of(cast, scenes, console))
    walking = hall(test_data, scenes, console)
    if walking:
        cameras["hall"] = walking
    elif len(cameras) == 1:
        cameras["hall"] = cameras["entrance"]
    return Play(cast=cast, cameras=cameras, pack=pack)


def _chosen_pack(options: argparse.Namespace, console: Console) -> InstalledPack:
    mirror = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
    wanted = PackOptions(
        folder=options.folder / "models",
        pack=options.pack,
        mirror=Path(mirror) if mirror else None,
        auto_deadline_s=90.0,
    )
    with _bar(console) as progress:
        task = progress.add_task("weights", total=None)

        def show(file: str, done: int, total: int) -> None:
            progress.update(task, description=f"weights: {file}", completed=done, total=total)

        pack = choose(wanted, show)
    told = pack.manifest
    console.print(f"weights: pack {told.model_id}, {told.display_name} ({told.licence})")
    return pack


def _wait_for_people(asker: Asker, play: Play, stage: Stage, console: Console) -> None:
    """Wait until everybody at the entrance, and somebody on every camera, has been remembered."""
    wanted = len(play.cast.portraits) if play.cast else 2
    needed = set(play.cameras) if play.cast is None else set(play.cameras) - {"hall"}
    loop = 20.0
    if play.cast:
        slides = slides_seconds(len(play.cast.slides))
        loop = max(portraits_seconds(wanted), slides) + _TRACK_ENDS
    started, deadline = time.monotonic(), time.monotonic() + _PATIENCE
    with _bar(console) as progress:
        task = progress.add_task("people remembered", total=wanted)
        while True:
            tracks = asker.ask("track.query", limit=200)["tracks"]
            ready = [t for t in tracks if t["face"] or t["body"]]
            first = [t for t in ready if t["camera"] == "entrance"] if play.cast else ready
            progress.update(task, completed=min(len(first), wanted))
            everywhere = {t["camera"] for t in ready} >= needed
            if len(first) >= wanted and everywhere and time.monotonic() - started > loop:
                return
            if ended := stage.ended():
                raise StageError(f"{ended} has ended. {stage.log(ended)}")
            if time.monotonic() > deadline:
                raise StageError(
                    f"{len(first)} of {wanted} people were remembered within {_PATIENCE:g} s. "
                    + stage.log("edge-agent")
                )
            time.sleep(0.5)


def _ask(asker: Asker, play: Play, http: str, console: Console) -> list[Outcome]:
    if play.cast:
        return Questions(asker, play.cast, http, console).all()
    tracks = asker.ask("track.query", limit=200, state="ended")["tracks"]
    best = max(tracks, key=lambda t: max(s["quality"] for s in (t["face"], t["body"]) if s))
    job = asker.search_like(best["id"])
    question = f"who looks like track {best['id']}"
    print_hits(console, question, job, http)
    answer = f"{len(job['hits'])} others"
    return [Outcome(question, job["id"], answer, right=True, judged=False)]


def _run_on(stage: Stage, console: Console) -> None:
    console.print("running on; Ctrl-C ends everything")
    while not (ended := stage.ended()):
        time.sleep(0.5)
    raise StageError(f"{ended} has ended. {stage.log(ended)}")


def _verdict(outcomes: list[Outcome], pack: InstalledPack, console: Console) -> int:
    wrong = [outcome for outcome in outcomes if outcome.judged and not outcome.right]
    verdict = "[red]the answers are wrong[/]" if wrong else "[green]the answers are right[/]"
    console.print(f"{verdict} (pack {pack.manifest.model_id})")
    return 1 if wrong else 0


def _facts(broker: BrokerAddress, http: str, token: str, outcomes: list[Outcome]) -> dict[str, Any]:
    """What a client needs to talk to the running demonstration, and what came of its questions."""
    right = all(outcome.right or not outcome.judged for outcome in outcomes)
    return {
        "http": http,
        "token": token,
        "mqtt": {**asdict(broker), "root_topic": broker.root},
        "tenant": TENANT,
        "store": STORE,
        "outcomes": [asdict(outcome) for outcome in outcomes],
        "ok": right,
        "outcome": "right" if right else "wrong",
    }


def _write_json(path: Path, facts: dict[str, Any]) -> None:
    """Write the file whole or not at all, for others wait for it."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(facts, indent=2) + "\n")
    part.rename(path)


@contextmanager
def _bar(console: Console) -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:g} of {task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # clearing up takes seconds and is done once
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

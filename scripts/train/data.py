"""Fetch the pictures of every source.

    python -m scripts.train data WORK [--repositories DIR] [--evaluation DIR] [--only SOURCE]

Writes `WORK/pictures/<source>/`. A source that is there is left alone. People who occur in an
evaluation (`pairs*.txt`, `people*.txt`, `watchlist*.txt` in LFW's form anywhere below
`--evaluation`) are left out by name, and pictures that occur in one by their content.
"""

import argparse
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.train.progress import shown
from scripts.train.sources import Source, read_sources

_PICTURES = {".jpg", ".jpeg", ".png"}


def repository(source: Source, copies: Path | None, work: Path) -> Path:
    """A git folder that holds the commit: a copy that is there, else fetched."""
    owner, name = source.repository.rstrip("/").split("/")[-2:]
    for folder in (f"{owner}+{name}/repo", f"{owner}+{name}/repo/.git", f"{owner}/{name}"):
        if copies is not None and (copies / folder).is_dir() and _holds(copies / folder, source):
            return copies / folder
    git = work / "repositories" / f"{owner}+{name}"
    if not git.is_dir():
        subprocess.run(["git", "init", "--bare", "--quiet", str(git)], check=True)
    if not _holds(git, source):
        command = ["git", "-C", str(git), "fetch", "--depth", "1", source.repository, source.commit]
        subprocess.run(command, check=True)
    return git


def _holds(git: Path, source: Source) -> bool:
    command = ["git", "-C", str(git), "cat-file", "-e", f"{source.commit}^{{commit}}"]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0


def listed(git: Path, source: Source) -> list[tuple[str, str]]:
    """(object, path) of every picture, in the order of the paths."""
    command = ["git", "-C", str(git), "ls-tree", "-r", "-z", source.commit, "--", *source.folders]
    answer = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    rows = [line.split("\t", 1) for line in answer.split("\0") if line]
    return sorted(
        ((about.split()[2], path) for about, path in rows
         if PurePosixPath(path).suffix.lower() in _PICTURES),
        key=lambda row: row[1],
    )  # fmt: skip


def contents(git: Path, objects: list[str]) -> Iterator[bytes]:
    """Content of each object; empty where the repository's copy lacks it."""
    command = ["git", "-C", str(git), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("git cat-file has no pipes")
        for one in objects:
            process.stdin.write(f"{one}\n".encode())
            process.stdin.flush()
            words = process.stdout.readline().split()
            if words[1:] == [b"missing"]:
                yield b""
                continue
            yield process.stdout.read(int(words[2]))
            process.stdout.read(1)


def people_of(evaluation: Path | None) -> frozenset[str]:
    """Names of everybody who occurs in a list of pairs or of people."""
    names = set()
    for pattern in ("pairs*.txt", "people*.txt", "watchlist*.txt"):
        for path in evaluation.rglob(pattern) if evaluation else ():
            for line in path.read_text(encoding="utf-8").splitlines():
                words = line.split("\t")
                names |= {word.split("/")[0] for word in words if not word.isdigit()}
    return frozenset(names - {"gallery", "probe", "impostor"})


def known_pictures(evaluation: Path | None) -> frozenset[str]:
    """sha256 of every picture of an evaluation, and its name where that is a content's."""
    paths = evaluation.rglob("*.jpg") if evaluation else ()
    return frozenset(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)


def fetch(source: Source, git: Path, into: Path, left_out: frozenset[str],
          known: frozenset[str]) -> str:  # fmt: skip
    """Write a source's pictures.

    Returns:
        The sha256 of all of them, left out or not.

    Raises:
        SystemExit: they are not those of the list; then none is kept where the next step looks.
    """
    rows = listed(git, source)
    whole = hashlib.sha256()
    part = into.with_name(f"{into.name}.part")
    # Of a run that was stopped, and that may have left out other people.
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for (_, path), data in zip(
        shown(rows, f"fetch {source.name}"), contents(git, [row[0] for row in rows]), strict=True
    ):
        digest = hashlib.sha256(data).hexdigest()
        whole.update(digest.encode())
        person = PurePosixPath(path).parent.name
        if not data or digest in known or (source.people_by_folder and person in left_out):
            continue
        (part / path.replace("/", "__")).write_bytes(data)
    found = whole.hexdigest()
    if source.sha256 and found != source.sha256:
        raise SystemExit(f"{source.name}: the pictures have sha256 {found}, not those listed")
    part.rename(into)
    return found


def main(words: list[str]) -> None:
    """Fetch what is not there yet."""
    parser = argparse.ArgumentParser(prog="data", description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--repositories", type=Path, help="local copies, OWNER+NAME/repo each")
    parser.add_argument("--evaluation", type=Path, help="labelled data nobody may be trained on")
    parser.add_argument("--only", action="append")
    given = parser.parse_args(words)
    left_out, known = people_of(given.evaluation), known_pictures(given.evaluation)
    print(f"{len(left_out)} people and {len(known)} pictures of evaluations are left out")
    for source in read_sources():
        into = given.work / "pictures" / source.name
        if into.is_dir() or (given.only and source.name not in given.only):
            continue
        git = repository(source, given.repositories, given.work)
        found = fetch(source, git, into, left_out, known)
        print(f"{source.name}: sha256 {found}")

"""Fingerprint libraries, files and jobs as the REST door shows them."""

from collections.abc import Mapping
from typing import Any

from edge_agent.domain.fingerprint import DnaJob, DnaState, PrintedFile
from edge_agent.domain.job import JobState
from edge_agent.fingerprint import HeldLibrary, LookedAt, read_input, was_cancelled
from edge_agent.wire import fingerprint_jobs as wire
from edge_agent.wire.answers import Error
from edge_agent.wire.links import LinkSigner

_STATES = {
    DnaState.QUEUING: JobState.INITIALISING,
    DnaState.ANALYSING: JobState.RUNNING,
    DnaState.SUCCESS: JobState.SUCCEEDED,
    DnaState.FAIL: JobState.FAILED,
}


def asked_state(state: str | None) -> tuple[DnaState | None, bool | None]:
    """The state to list, and whether cancelled ones, from the word of the door."""
    if state is None:
        return None, None
    if state == JobState.CANCELLED:
        return DnaState.FAIL, True
    found = next(each for each, shown in _STATES.items() if shown == state)
    return found, False if found is DnaState.FAIL else None


def library(held: HeldLibrary) -> wire.PrintLibrary:
    """Show a library."""
    one = held.library
    return wire.PrintLibrary(
        id=one.id,
        name=one.name,
        description=one.description,
        medium=one.medium.name.lower(),
        created_ms=one.created_ms,
        system=one.system,
        files=held.files,
    )


def files(found: list[PrintedFile], limit: int) -> wire.PrintedFiles:
    """Show a page of files; `found` has one more where there is another page."""
    page = [
        wire.PrintedFile(
            id=file.id,
            key=file.primary_key,
            seconds=file.seconds,
            stored_ms=file.stored_ms,
            fragment=file.fragment,
        )
        for file in found[:limit]
    ]
    return wire.PrintedFiles(files=page, next=page[-1].id if len(found) > limit else None)


def jobs(found: list[LookedAt], limit: int) -> wire.PrintJobs:
    """Show a page of jobs; `found` has one more where there is another page."""
    page = [job(one) for one in found[:limit]]
    return wire.PrintJobs(jobs=page, next=page[-1].id if len(found) > limit else None)


def job(looked_at: LookedAt) -> wire.PrintJob:
    """Show a job without what it found."""
    return wire.PrintJob(**_fields(looked_at))


def job_with_matches(looked_at: LookedAt, links: LinkSigner) -> wire.PrintJobWithMatches:
    """Show a job with what it found."""
    matches = [_match(one, looked_at.clips, links) for one in looked_at.job.result or ()]
    return wire.PrintJobWithMatches(**_fields(looked_at), matches=matches)


def _fields(looked_at: LookedAt) -> dict[str, Any]:
    one = looked_at.job
    config: Mapping[str, Any] = one.asked.get("config", {})
    medium = looked_at.medium
    return {
        "id": one.id,
        "kind": one.kind.value,
        "state": JobState.CANCELLED if was_cancelled(one) else _STATES[one.state],
        "progress": one.progress,
        "created_ms": one.created_ms,
        "finished_ms": one.finished_ms,
        "library": one.library,
        "medium": None if medium is None else medium.name.lower(),
        "input": _input(one),
        "save": config.get("SaveType"),
        "key": config.get("PrimaryKey") or None,
        "threshold": float(config.get("SimilarityThreshold") or 0),
        "seconds": one.seconds,
        "file": one.file,
        "user_data": one.user_data,
        "match_count": None if one.result is None else len(one.result),
        "error": _error(one),
    }


def _input(one: DnaJob) -> wire.PrintInput | None:
    if "input" not in one.asked:
        return None
    given = read_input(one.asked["input"])
    if given.address:
        return wire.PrintInput(kind="url", name=given.address)
    if given.fragment:
        return wire.PrintInput(kind="fragment", name=given.fragment)
    if given.upload:
        return wire.PrintInput(kind="upload", name=given.name)
    return wire.PrintInput(kind="object", name=f"{given.bucket}/{given.object}")


def _error(one: DnaJob) -> Error | None:
    if one.code is None or was_cancelled(one):
        return None
    return Error(code=one.code, message=one.message or "")


def _match(found: Mapping[str, Any], clips: frozenset[str], links: LinkSigner) -> wire.PrintMatch:
    fragment = found.get("fragment")
    there = fragment in clips
    return wire.PrintMatch(
        key=found["key"],
        similarity=found["similarity"],
        slices=[wire.slice_of(one) for one in found["slices"]],
        camera=found.get("camera"),
        fragment=fragment,
        clip_url=links.clip(fragment) if fragment and there else None,
        thumbnail_url=links.thumbnail(fragment) if fragment and there else None,
    )

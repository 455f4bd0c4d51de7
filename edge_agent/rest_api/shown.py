"""Answers that only this door gives, and how rows become answers."""

from edge_agent.domain.job import Job as DomainJob
from edge_agent.domain.track import FragmentState
from edge_agent.queries import FragmentRow, HitRow, TrackRow
from edge_agent.wire import answers
from edge_agent.wire.answers import Error, Hit, JobWithHits, Track
from edge_agent.wire.links import LinkSigner
from edge_agent.wire.model import Answer

_PLAYABLE = (FragmentState.CLOSED, FragmentState.CUT)


class Problem(Answer):
    """A refusal."""

    error: Error
    request_id: str | None
    """The id of the request, also in the header X-Request-Id."""


class Fragment(Answer):
    """One continuous clip of one camera."""

    id: str
    camera: str
    start_ms: int
    """The time of the clip's first picture: second N of it was seen at start_ms + 1000 N."""
    end_ms: int
    state: FragmentState
    """Only `closed` and `cut` clips can be played."""
    size: int
    """Bytes."""
    codec: str
    tracks: list[str]
    """Ids of the tracks it shows."""
    clip_url: str | None
    """Where to fetch it; expires. Null where there is nothing to play."""
    ready: bool
    """Whether it can be fetched at once. Else asking for it makes it playable first."""
    progress: float | None
    """How far that is, 0 to 1; null while nobody is at it."""
    thumbnail_url: str | None
    """Where to fetch a small picture of it; expires. Null where there is nothing to show."""


class Newest(Answer):
    """What a camera showed last, out of its newest whole clip."""

    at_ms: int | None
    """When; null where there is no clip."""
    url: str | None
    """Where to fetch the picture; expires. Null where there is no clip."""


class TrackWithClips(Track):
    """A track with every clip that shows it."""

    fragments: list[str]
    """Ids, oldest first."""


class Search(JobWithHits):
    """A picture search with a page of its hits."""

    query_url: str | None
    """Where to fetch the picture it was asked with, until the search has ended and forgets it.
    Null for a url or a track."""
    query_track: str | None
    """The track whose pictures it was asked with."""


class Hits(Answer):
    """A page of hits, best first."""

    hits: list[Hit]
    next: int | None
    """Give it as `after` for the next page; null on the last one."""


class Alive(Answer):
    """Whether the daemon makes progress."""

    alive: bool
    reasons: list[str]
    """What stands still."""


class Ready(Answer):
    """Whether questions are answered fully."""

    ready: bool
    reasons: list[str]
    """What is still to come."""


def fragment(
    row: FragmentRow,
    tracks: list[str],
    links: LinkSigner,
    *,
    ready: bool,
    progress: float | None,
) -> Fragment:
    """Show a clip."""
    there = row.state in _PLAYABLE
    return Fragment(
        id=row.id,
        camera=row.camera,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        state=row.state,
        size=row.size,
        codec=row.codec,
        tracks=tracks,
        clip_url=links.clip(row.id) if there else None,
        ready=ready,
        progress=progress,
        thumbnail_url=links.thumbnail(row.id) if there else None,
    )


def track(row: TrackRow, links: LinkSigner) -> TrackWithClips:
    """Show a track with its clips."""
    shown = answers.track(row.as_track(), links)
    return TrackWithClips(**shown.model_dump(), fragments=list(row.fragments))


def hit(row: HitRow, links: LinkSigner) -> Hit:
    """Show a hit."""
    return answers.hit(row.as_hit(), row.track.as_track(), links)


def search(job: DomainJob, page: Hits, links: LinkSigner) -> Search:
    """Show a search with a page of its hits."""
    question = job.question
    kept = question.url is None and question.track is None and not job.state.final
    return Search(
        **answers.job_with_hits(job, page.hits, page.next).model_dump(),
        query_url=links.query_picture(job.id) if kept else None,
        query_track=question.track,
    )

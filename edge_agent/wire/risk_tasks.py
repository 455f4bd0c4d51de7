"""What risk tasks are asked with, and how they are shown."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from edge_agent.domain import risk_task as domain
from edge_agent.domain.errors import Refused
from edge_agent.domain.risk_task import RiskTaskState
from edge_agent.wire.answers import Track
from edge_agent.wire.model import (
    END_OF_TIME_MS,
    Answer,
    HexId,
    Milliseconds,
    Parameters,
    PlainId,
)

_NOT_YET = ("picture", "actions", "orders")

TrackIds = Annotated[list[HexId], Field(max_length=1000)]


class Criteria(Parameters):
    """Which tracks belong to a task; a track has to meet all that is given."""

    start_ms: Milliseconds = 0
    """Only tracks seen at or after this time."""
    end_ms: Milliseconds = END_OF_TIME_MS
    """Only tracks seen before this time."""
    cameras: list[PlainId] = Field(default=[], max_length=1000)
    """Only these cameras; empty means all."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, values: object) -> object:
        if isinstance(values, Mapping):
            for name in _NOT_YET:
                if name in values:
                    raise Refused(
                        f"criteria by {name} are not supported yet; take time and cameras, or"
                        " point at tracks",
                        field=f"criteria.{name}",
                    )
        return values

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start_ms >= self.end_ms:
            raise Refused(
                f"end_ms ({self.end_ms}) must be later than start_ms ({self.start_ms})",
                field="criteria.end_ms",
            )
        return self

    def in_domain(self) -> domain.RiskCriteria:
        """The same in the domain's words."""
        return domain.RiskCriteria(
            start_ms=self.start_ms, end_ms=self.end_ms, cameras=frozenset(self.cameras)
        )


class RiskTaskCreate(Parameters):
    """Begin an investigation: by criteria, by pointing at tracks, or both."""

    id: PlainId | None = None
    """Its id; without it the box makes one."""
    tenant: PlainId | None = None
    """Whose it is; must be the box's own, which it is without it."""
    store: PlainId | None = None
    """Where it is; must be the box's own, which it is without it."""
    criteria: Criteria | None = None
    """Tracks that meet them belong to it, also those to come, until it is closed."""
    tracks: TrackIds = Field(default=[])
    """Tracks that belong to it whatever the criteria say."""


class RiskTaskGet(Parameters):
    """Read a task and a page of its tracks, newest first."""

    id: PlainId
    """Its id."""
    tenant: PlainId | None = None
    """Whose it has to be."""
    store: PlainId | None = None
    """Where it has to be."""
    after: HexId | None = None
    """Tracks older than this one; `next` of the page before."""
    limit: Annotated[int, Field(ge=0, le=200)] = 50
    """How many tracks at the most; 0 asks for the task alone."""


class RiskTaskList(Parameters):
    """Read a page of tasks, newest first."""

    state: Literal["open", "closed"] | None = None
    """Only those in this state."""
    after: Annotated[str | None, Field(max_length=128)] = None
    """Tasks older than this place; `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many at the most."""


class RiskTaskChange(Parameters):
    """Change what belongs to a task; what is not given stays as it is."""

    id: PlainId
    """Its id."""
    criteria: Criteria | None = None
    """In place of the old ones; what only the old ones found leaves."""
    state: Literal["open", "closed"] | None = None
    """Close it, or open it again; then it catches up with what it missed."""
    add: TrackIds = Field(default=[])
    """Tracks that belong to it whatever the criteria say."""
    remove: TrackIds = Field(default=[])
    """Tracks that do not belong to it whatever the criteria say."""


class RiskTaskDelete(Parameters):
    """Delete a task; its tracks stay on the box."""

    id: PlainId
    """Its id."""


class ShownCriteria(Answer):
    """Which tracks belong to a task."""

    start_ms: int
    end_ms: int
    cameras: list[str]
    """Empty means all."""


class RiskTask(Answer):
    """An investigation."""

    id: str
    tenant: str
    store: str
    criteria: ShownCriteria | None
    """Null where its tracks are only pointed at."""
    state: RiskTaskState
    created_ms: int
    changed_ms: int
    """When somebody last changed it; tracks that its criteria find do not count."""
    track_count: int
    """How many tracks belong to it now."""


class RiskTaskWithTracks(RiskTask):
    """A task and a page of its tracks, newest first."""

    tracks: list[Track]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


class RiskTasks(Answer):
    """A page of tasks, newest first."""

    tasks: list[RiskTask]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


def risk_task(task: domain.RiskTask) -> RiskTask:
    """Show a task."""
    return RiskTask.model_validate(_fields(task))


def risk_task_with_tracks(
    task: domain.RiskTask, tracks: list[Track], after: str | None
) -> RiskTaskWithTracks:
    """Show a task and a page of its tracks."""
    return RiskTaskWithTracks.model_validate({**_fields(task), "tracks": tracks, "next": after})


def _fields(task: domain.RiskTask) -> dict[str, Any]:
    criteria = task.criteria
    return {
        "id": task.id,
        "tenant": task.tenant,
        "store": task.store,
        "criteria": criteria
        and ShownCriteria(
            start_ms=criteria.start_ms, end_ms=criteria.end_ms, cameras=sorted(criteria.cameras)
        ),
        "state": task.state,
        "created_ms": task.created_ms,
        "changed_ms": task.changed_ms,
        "track_count": task.tracks,
    }

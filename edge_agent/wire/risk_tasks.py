"""What risk tasks are asked with, and how they are shown."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from edge_agent.domain import risk_task as domain
from edge_agent.domain.action import ActionType
from edge_agent.domain.errors import Refused, inside
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.period import check_period
from edge_agent.domain.risk_task import RiskTaskState, TaskSearchState
from edge_agent.domain.vector import Part
from edge_agent.wire.answers import Error, Track
from edge_agent.wire.model import Answer, HexId, Parameters, PlainId
from edge_agent.wire.picture_search import AskedPicture

_OF_A_PICTURE = ("region", "kinds", "threshold", "body_threshold")

TrackIds = Annotated[list[HexId], Field(max_length=1000)]


class WantedAction(Parameters):
    """Something that was done."""

    type: Literal["enter", "leave", "cross", "stay", "till"]
    """What."""
    place: Annotated[str | None, Field(min_length=1, max_length=128)] = None
    """The zone or line where it was done; without it, any."""

    def in_domain(self) -> domain.WantedAction:
        """The same in the domain's words."""
        return domain.WantedAction(type=ActionType(self.type), place=self.place)


class Criteria(AskedPicture):
    """Which tracks belong to a task; a track has to meet all that is given.

    At most one of `picture`, `url` and `track` is given; then only tracks of somebody who looks
    like a person in it belong to the task.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "anyOf": [
                    {"required": ["picture", "url"]},
                    {"required": ["picture", "track"]},
                    {"required": ["url", "track"]},
                ]
            }
        }
    )

    track: HexId | None = None
    """Ask with the pictures of this track; it belongs to the task where it meets the rest."""

    actions: list[WantedAction] = Field(default=[], max_length=100)
    """Only tracks that did one of these in that time; empty means whatever they did."""
    orders: list[Annotated[str, Field(min_length=1, max_length=128)]] = Field(
        default=[], max_length=1000
    )
    """Only tracks that are tied to one of these orders; empty means whether they are or not."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        check_period(self.start_ms, self.end_ms, field="criteria.end_ms")
        if not self.sources():
            for name in _OF_A_PICTURE:
                if name in self.model_fields_set:
                    raise Refused(
                        f"{name} is said of a picture, and there is none",
                        field=f"criteria.{name}",
                    )
        return self

    def in_domain(self) -> domain.RiskCriteria:
        """The same in the domain's words, but for the picture."""
        return domain.RiskCriteria(
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            cameras=frozenset(self.cameras),
            actions=frozenset(one.in_domain() for one in self.actions),
            orders=frozenset(self.orders),
        )

    def asked(self) -> PictureQuestion | None:
        """Who belongs to the task by looks, None where anybody does.

        Raises:
            Refused: with the field that is wrong.
            TooLarge: the picture has too many bytes.
        """
        if not self.sources():
            return None
        with inside("criteria"):
            return self.question()


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


class ShownPicture(Answer):
    """Who belongs to a task by looks; the picture itself is not kept."""

    track: str | None
    """Its pictures ask; null where a picture was sent."""
    region: list[float] | None
    kinds: list[Part]
    threshold: float | None
    """Null means the model pack's own."""
    body_threshold: float | None
    """Null means the model pack's own."""


class ShownAction(Answer):
    """Something that was done."""

    type: ActionType
    place: str | None
    """Null means anywhere."""


class ShownCriteria(Answer):
    """Which tracks belong to a task."""

    start_ms: int
    end_ms: int
    cameras: list[str]
    """Empty means all."""
    picture: ShownPicture | None
    """Null means anybody."""
    actions: list[ShownAction]
    """A track did one of these; empty means whatever it did."""
    orders: list[str]
    """A track is tied to one of these; empty means whether it is or not."""


class TaskSearch(Answer):
    """How the search by a task's picture stands.

    `waiting`: the picture has not been looked at; `running`: tracks stored before are being
    searched, new ones come in already; `complete`: they have been. `no_data`: it shows nobody who
    can be compared; `failed`: it could not be used; `picture_needed`: what was kept of it cannot
    be compared any more. After these three, change the criteria and give a picture.
    """

    state: TaskSearchState
    people: int | None
    """How many people the picture shows, once it has been looked at."""
    error: Error | None


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
    search: TaskSearch | None
    """Null where its criteria have no picture."""


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
    return {
        "id": task.id,
        "tenant": task.tenant,
        "store": task.store,
        "criteria": task.criteria and _criteria(task.criteria),
        "state": task.state,
        "created_ms": task.created_ms,
        "changed_ms": task.changed_ms,
        "track_count": task.tracks,
        "search": task.search and _search(task.search),
    }


def _criteria(criteria: domain.RiskCriteria) -> ShownCriteria:
    return ShownCriteria(
        start_ms=criteria.start_ms,
        end_ms=criteria.end_ms,
        cameras=sorted(criteria.cameras),
        picture=criteria.picture and _picture(criteria.picture),
        actions=[
            ShownAction(type=one.type, place=one.place)
            for one in sorted(criteria.actions, key=lambda one: (one.type, one.place or ""))
        ],
        orders=sorted(criteria.orders),
    )


def _picture(picture: domain.TaskPicture) -> ShownPicture:
    return ShownPicture(
        track=picture.track,
        region=None if picture.region is None else list(picture.region),
        kinds=sorted(picture.parts, reverse=True),
        threshold=picture.threshold,
        body_threshold=picture.body_threshold,
    )


def _search(search: domain.TaskSearch) -> TaskSearch:
    error = None
    if search.error_code is not None:
        error = Error(code=search.error_code, message=search.error_message or "")
    return TaskSearch(state=search.state, people=search.people, error=error)

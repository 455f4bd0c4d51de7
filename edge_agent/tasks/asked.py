"""What is asked of risk tasks, what comes back, and the limits."""

from dataclasses import dataclass
from typing import NamedTuple, Self

from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import RiskCriteria, RiskTask, RiskTaskState
from edge_agent.domain.track import Track
from edge_agent.wire.risk_tasks import Criteria, RiskTaskChange, RiskTaskCreate


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose investigations these are: the owner and the store of this box."""

    tenant: str
    store: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTasksOptions:
    """The limits.

    Attributes:
        most_open: open tasks at once; each new track is held against all of them.
        most_named: tracks pointed at in one request.
        batch: new tracks looked at in one transaction.
        most_waiting: pictures that have not been looked at; more are refused as busy.
        most_starts: a picture during which the box stopped this often is not looked at again: it
            might be what stops the box.
    """

    most_open: int = 200
    most_named: int = 1000
    batch: int = 500
    most_waiting: int = 16
    most_starts: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What a new task shall be.

    Attributes:
        id: None for one made here.
        tenant: None for the box's own.
        store: None for the box's own.
        criteria: None where its tracks are only pointed at; without looks.
        looks: who belongs to it by looks, with the times and cameras of the criteria.
        tracks: pointed at.
    """

    id: str | None = None
    tenant: str | None = None
    store: str | None = None
    criteria: RiskCriteria | None = None
    looks: PictureQuestion | None = None
    tracks: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wanted: RiskTaskCreate) -> Self:
        """From what was sent to a door."""
        return cls(
            id=wanted.id,
            tenant=wanted.tenant,
            store=wanted.store,
            criteria=_criteria(wanted.criteria),
            looks=_looks(wanted.criteria),
            tracks=frozenset(wanted.tracks),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What of a task shall change.

    Attributes:
        criteria: the new ones; what only the old ones found leaves. None keeps them.
        looks: who belongs to it by looks, where there are new criteria; None means anybody.
        state: None keeps it. A task that is opened again catches up with what it missed.
        add: tracks pointed at.
        remove: tracks that do not belong to it, whatever the criteria say.
    """

    criteria: RiskCriteria | None = None
    looks: PictureQuestion | None = None
    state: RiskTaskState | None = None
    add: frozenset[str] = frozenset()
    remove: frozenset[str] = frozenset()

    @classmethod
    def of(cls, wanted: RiskTaskChange) -> Self:
        """From what was sent to a door."""
        return cls(
            criteria=_criteria(wanted.criteria),
            looks=_looks(wanted.criteria),
            state=None if wanted.state is None else RiskTaskState(wanted.state),
            add=frozenset(wanted.add),
            remove=frozenset(wanted.remove),
        )


class TaskPage(NamedTuple):
    """One page of tasks, newest first; `after` is the cursor of the next, None on the last."""

    tasks: tuple[RiskTask, ...]
    after: str | None


class TrackPage(NamedTuple):
    """One page of tracks, newest first; `after` is the cursor of the next, None on the last."""

    tracks: tuple[Track, ...]
    after: str | None


def _criteria(wanted: Criteria | None) -> RiskCriteria | None:
    return None if wanted is None else wanted.in_domain()


def _looks(wanted: Criteria | None) -> PictureQuestion | None:
    return None if wanted is None else wanted.asked()

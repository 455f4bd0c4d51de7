"""The JSON Schemas of the MQTT contract, made from the models that the code itself uses.

`python -m edge_agent.wire.schemas docs/mqtt` writes them; a test sees to it that what is written
there is what the code says.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from edge_agent.wire import (
    answers,
    box_status,
    event_data,
    fingerprints,
    images,
    staff,
    text_search,
    visits,
    watchlists,
)
from edge_agent.wire import picture_search as asked
from edge_agent.wire import risk_tasks as risk
from edge_agent.wire.model import Answer, Milliseconds, PlainId

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

OPERATIONS: dict[str, tuple[type[BaseModel], type[Answer]]] = {
    "picture-search.create": (asked.PictureSearchCreate, answers.Job),
    "picture-search.get": (asked.JobGet, answers.JobWithHits),
    "picture-search.list": (asked.JobList, answers.Jobs),
    "picture-search.cancel": (asked.JobCancel, answers.Job),
    "text-search": (text_search.TextSearchCreate, text_search.TextSearch),
    "track.query": (asked.TrackQuery, answers.Tracks),
    "camera.list": (asked.Nothing, box_status.Cameras),
    "camera.enable": (asked.CameraId, box_status.Camera),
    "camera.disable": (asked.CameraId, box_status.Camera),
    "risk-task.create": (risk.RiskTaskCreate, risk.RiskTask),
    "risk-task.get": (risk.RiskTaskGet, risk.RiskTaskWithTracks),
    "risk-task.list": (risk.RiskTaskList, risk.RiskTasks),
    "risk-task.change": (risk.RiskTaskChange, risk.RiskTask),
    "risk-task.delete": (risk.RiskTaskDelete, risk.RiskTask),
    "order.put": (visits.OrderPut, visits.Order),
    "order.get": (visits.OrderGet, visits.Order),
    "session.get": (visits.SessionGet, visits.Session),
    "session.list": (visits.SessionList, visits.Sessions),
    "session.split": (visits.SessionSplit, visits.Session),
    "session.merge": (visits.SessionMerge, visits.Session),
    "fingerprint.library.create": (
        fingerprints.FingerprintLibraryCreate,
        fingerprints.FingerprintLibrary,
    ),
    "fingerprint.library.list": (
        fingerprints.FingerprintLibraryList,
        fingerprints.FingerprintLibraries,
    ),
    "fingerprint.library.delete": (
        fingerprints.FingerprintLibraryDelete,
        fingerprints.FingerprintJobId,
    ),
    "fingerprint.submit": (fingerprints.FingerprintSubmit, fingerprints.FingerprintJobId),
    "fingerprint.cancel": (fingerprints.FingerprintCancel, fingerprints.FingerprintCancelled),
    "fingerprint.get": (fingerprints.FingerprintGet, fingerprints.FingerprintJobs),
    "fingerprint.list": (fingerprints.FingerprintList, fingerprints.FingerprintJobs),
    "staff.create": (staff.StaffCreate, staff.Person),
    "staff.list": (staff.StaffList, staff.People),
    "staff.change": (staff.StaffChange, staff.Person),
    "staff.delete": (staff.StaffDelete, staff.Person),
    "watchlist.create": (watchlists.WatchListCreate, watchlists.WatchList),
    "watchlist.list": (watchlists.WatchListList, watchlists.WatchLists),
    "watchlist.get": (watchlists.WatchListId, watchlists.WatchListWithEntries),
    "watchlist.change": (watchlists.WatchListChange, watchlists.WatchList),
    "watchlist.delete": (watchlists.WatchListId, watchlists.WatchList),
    "watchlist.entry.create": (watchlists.WatchEntryCreate, watchlists.WatchEntry),
    "watchlist.entry.change": (watchlists.WatchEntryChange, watchlists.WatchEntry),
    "watchlist.entry.delete": (watchlists.WatchEntryDelete, watchlists.WatchEntry),
    "watchlist.hits": (watchlists.WatchHitList, watchlists.WatchHits),
    **{name: (wanted, told) for name, (_, wanted, told) in images.OPERATIONS.items()},
    "box.status": (asked.Nothing, box_status.BoxStatus),
}
"""Each operation with its parameters and its answer."""


class Beside(BaseModel):
    """What a request carries beside its parameters; MQTT 5 has properties for all of it."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    request_id: PlainId | None = None
    """Idempotency key; user property `request-id`."""
    reply_to: str | None = None
    """Where the answer goes; Response Topic. Without it: `reply/{request_id}`."""
    correlation: str | None = None
    """Comes back with the answer; Correlation Data."""
    expires_at: Milliseconds | None = None
    """Later than this the request is refused; Message Expiry Interval."""


class Refusal(Answer):
    """The answer of a request that was refused."""

    request_id: str
    ok: Literal[False]
    error: answers.Error
    correlation: str | None = None
    """What the request gave, where it is text."""


def schemas() -> dict[str, dict[str, Any]]:
    """Make every schema, by file name."""
    made: dict[str, dict[str, Any]] = {}
    for name, (parameters, answer) in OPERATIONS.items():
        made[f"{name}.request.json"] = _titled(_request_schema(parameters), f"{name}: request")
        done = create_model(
            "Done",
            __base__=Answer,
            request_id=(str, ...),
            ok=(Literal[True], ...),
            data=(answer, ...),
            correlation=(str | None, None),
        )
        made[f"{name}.answer.json"] = _titled(_answer_schema(done), f"{name}: answer")
    made["refusal.answer.json"] = _titled(_answer_schema(Refusal), "any operation: refusal")
    for kind, data in event_data.DATA.items():
        exactly: Any = Annotated[str, Field(json_schema_extra={"const": kind.value})]
        event = create_model(
            "Event",
            __base__=event_data.Envelope,
            kind=(exactly, ...),
            data=(data, ...),
        )
        made[f"{kind}.event.json"] = _titled(_answer_schema(event), f"event {kind}")
    made["ack.json"] = _titled(event_data.Acknowledgement.model_json_schema(), "acknowledgement")
    return made


def _request_schema(parameters: type[BaseModel]) -> dict[str, Any]:
    schema = dict(parameters.model_json_schema())
    schema["properties"] = {
        **schema.get("properties", {}),
        **Beside.model_json_schema()["properties"],
    }
    return schema


def _answer_schema(model: type[BaseModel]) -> dict[str, Any]:
    return dict(model.model_json_schema(mode="serialization"))


def _titled(schema: dict[str, Any], title: str) -> dict[str, Any]:
    return {"$schema": _DIALECT, **schema, "title": title}


def text_of(schema: dict[str, Any]) -> str:
    """Write a schema the way it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_all(folder: Path) -> None:
    """Write every schema into `folder` and remove those that are no longer made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = schemas()
    for name, schema in made.items():
        (folder / name).write_text(text_of(schema))
    for old in folder.glob("*.json"):
        if old.name not in made:
            old.unlink()


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))

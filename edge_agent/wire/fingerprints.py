"""What is asked and said about fingerprints over MQTT: members are those of the DNA API."""

from typing import Any

from pydantic import Field

from edge_agent.wire.model import Answer, HexId, Parameters


class FingerprintLibraryCreate(Parameters):
    """Make a library; CreateFpShotDB."""

    Name: str
    """For people."""
    ModelId: int = 12
    """11 text, 12 video, 13 audio, 14 picture."""
    config: str = Field(default="", alias="Config")  # a class Config means something to pydantic
    """A JSON object that is kept and shown."""
    Description: str = ""
    """For people."""


class FingerprintLibraryList(Parameters):
    """Read libraries; ListFpShotDB."""

    FpDBIds: str = ""
    """Up to ten ids with commas between them; without it all."""


class FingerprintLibraryDelete(Parameters):
    """Empty or delete a library, as a job; SubmitFpDBDeleteJob."""

    FpDBId: str
    """Which."""
    DelType: str = "Delete"
    """`Delete`, or `Purge`, which keeps the empty library."""


class FingerprintSubmit(Parameters):
    """Compare, or keep, an input, as a job; SubmitFpShotJob."""

    Input: str
    """An address, or JSON of Bucket, Location and Object, or JSON of MediaId, a clip."""
    FpShotConfig: str
    """JSON of PrimaryKey, SaveType, FpDBId, and perhaps TextType and SimilarityThreshold."""
    PipelineId: str = ""
    """A label to list jobs by."""
    UserData: str = ""
    """Comes back with the job; up to 128 bytes."""


class FingerprintCancel(Parameters):
    """End a job that has not ended; the DNA API has no such operation."""

    JobId: HexId
    """Which."""


class FingerprintGet(Parameters):
    """Read jobs by their ids; QueryFpShotJobList."""

    JobIds: str
    """Up to ten, with commas between them."""


class FingerprintList(Parameters):
    """Read jobs, the newest first; QueryFpShotJobList."""

    State: str = "All"
    """All, Queuing, Analysing, Success or Fail."""
    StartOfJobCreatedTimeRange: str = ""
    """As 2026-01-31T00:00:00Z."""
    EndOfJobCreatedTimeRange: str = ""
    """Likewise."""
    PipelineId: str = ""
    """Only of this label."""
    MaximumPageSize: int = 10
    """1 to 100."""
    NextPageToken: str = ""
    """What the page before gave."""


class FingerprintLibrary(Answer):
    """What CreateFpShotDB answers."""

    FpShotDB: dict[str, Any]
    """FpDBId, Name, Description, ModelId, Config, State."""


class FingerprintLibraries(Answer):
    """What ListFpShotDB answers."""

    FpShotDBList: dict[str, Any]
    """FpShotDB: a list."""
    NonExistIds: dict[str, Any] | None = None
    """String: a list."""


class FingerprintJobId(Answer):
    """What the operations that make a job answer."""

    JobId: str
    """Ask for it by `fingerprint.get`."""


class FingerprintCancelled(Answer):
    """What became of a job that was cancelled; one that had ended stays as it was."""

    JobId: str
    State: str
    """Fail, or Success where it had ended before."""
    Code: str | None
    """`Cancelled`, or why it had failed before."""


class FingerprintJobs(Answer):
    """What QueryFpShotJobList answers."""

    FpShotJobList: dict[str, Any]
    """FpShotJob: a list."""
    NextPageToken: str | None = None
    """Of the next page, if there is one."""
    NonExistIds: dict[str, Any] | None = None
    """String: a list."""

"""What is asked and said about fingerprints over the REST door, in the house's own words."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from edge_agent.domain.job import JobState
from edge_agent.wire.answers import Error
from edge_agent.wire.model import Answer, HexId, Parameters

RECORDINGS = "recordings"
"""Names the library of the box's own clips wherever an id is asked for."""

LibraryId = Annotated[str, Field(pattern=f"^([0-9a-f]{{32}}|{RECORDINGS})$")]
Medium = Literal["text", "video", "audio", "picture"]
Text = Annotated[str, Field(max_length=1024)]
Key = Annotated[str, Field(min_length=1, max_length=1024)]
Share = Annotated[float, Field(ge=0, le=1)]
PageSize = Annotated[int, Field(ge=1, le=100)]


class PrintLibraryCreate(Parameters):
    """Make a library of fingerprints."""

    name: Annotated[str, Field(min_length=1, max_length=128)]
    """For people."""
    medium: Medium = "video"
    """What it holds."""
    description: Text = ""
    """For people."""


class PrintLibraryDelete(Parameters):
    """Delete a library, or empty it."""

    library: HexId
    """Which."""
    keep: bool = False
    """Empty it, and keep it."""


class PrintedFileList(Parameters):
    """Look at what a library holds, in the order of its storing."""

    library: LibraryId
    """Which."""
    after: HexId | None = None
    """The `next` of the page before."""
    limit: PageSize = 20


class PrintedFileDelete(Parameters):
    """Delete one fingerprint of a library."""

    library: HexId
    """Which library."""
    file: HexId
    """Which of its files."""


class PlaceOfObject(Parameters):
    """A file in the folder of objects: `objects/<bucket>/<key>` in the state folder."""

    bucket: Annotated[str, Field(min_length=1, max_length=63)]
    key: Annotated[str, Field(min_length=1, max_length=1023)]


class PrintJobOptions(Parameters):
    """What shall be done with an input."""

    library: LibraryId = RECORDINGS
    """Where to look and to keep: an id, or `recordings`, the box's own clips."""
    save: Literal["nosave", "save", "forcesave", "onlysave"] = "nosave"
    """`nosave` compares; `save` compares and keeps what is new; `forcesave` compares and keeps;
    `onlysave` keeps."""
    key: Key | None = None
    """What to call it in the library and in later findings; without it the job's id."""
    threshold: Share = 0.0
    """Findings that are less alike are left out."""
    text_type: Literal["text", "asr"] = "text"
    """Of a text: plain, or a JSON array of {"Text", "Start", "Duration"}, in seconds."""
    user_data: Annotated[str, Field(max_length=128)] = ""
    """Comes back with the job."""


class PrintJobCreate(PrintJobOptions):
    """Look for an input, or keep it, as a job; exactly one of `url`, `object` and `fragment`."""

    url: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    """An http or https address."""
    object: PlaceOfObject | None = None
    """A file in the folder of objects."""
    fragment: HexId | None = None
    """A clip of this box."""


class PrintJobList(Parameters):
    """List jobs, newest first."""

    library: LibraryId | None = None
    """Only those of this library."""
    state: Literal["initialising", "running", "succeeded", "failed", "cancelled"] | None = None
    """Only those in this state."""
    after: HexId | None = None
    """The `next` of the page before."""
    limit: PageSize = 20


class PrintLibrary(Answer):
    """A library of fingerprints."""

    id: str
    name: str
    description: str
    medium: Medium
    created_ms: int
    system: bool
    """It holds the box's own clips: it can be asked, and not changed."""
    files: int
    """How many it holds."""


class PrintLibraries(Answer):
    """All libraries."""

    libraries: list[PrintLibrary]


class PrintedFile(Answer):
    """One fingerprint of a library."""

    id: str
    key: str
    seconds: float
    """How long it is; 0 where it has no length."""
    stored_ms: int
    fragment: str | None
    """The clip of this box that it was made of."""


class PrintedFiles(Answer):
    """A page of what a library holds."""

    files: list[PrintedFile]
    next: str | None
    """Give it as `after` for the next page."""


class PrintInput(Answer):
    """What a job looks at."""

    kind: Literal["url", "object", "fragment", "upload"]
    name: str
    """The address, the object's bucket and key, the clip's id, or the name of the sent file."""


class PrintSlice(Answer):
    """One aligned piece: this stretch of the input is that stretch of the library's file.

    Times are seconds. Of texts, places and lengths count characters; those of an ASR input seconds.
    """

    similarity: float
    """0 to 1."""
    input_start: float
    input_duration: float
    library_start: float
    library_duration: float
    at_ms: int | None = None
    """Of the box's own clips: when `library_start` was recorded."""
    mirrored: bool = False
    """The input shows it mirrored."""
    text: str | None = None
    """Of texts: the piece of the input."""
    library_text: str | None = None
    """Of texts: the piece of the library's text."""


class PrintMatch(Answer):
    """One file of the library of which pieces are in the input."""

    key: str
    similarity: float
    """0 to 1, the mean of its slices."""
    slices: list[PrintSlice]
    camera: str | None = None
    """Of the box's own clips: which camera recorded it."""
    fragment: str | None = None
    """Of the box's own clips: its id."""
    clip_url: str | None = None
    """Where to fetch that clip; null where it is gone."""
    thumbnail_url: str | None = None
    """A small picture of it; null where it is gone."""


class PrintJob(Answer):
    """A job and how far it has come."""

    id: str
    kind: Literal["shot", "import", "files.delete", "library.delete"]
    """`shot` looks for an input or keeps it; `import` keeps a text; the others delete."""
    state: JobState
    progress: float
    """0 to 1."""
    created_ms: int
    finished_ms: int | None
    library: str
    medium: Medium | None
    """Of the library; null where that is gone."""
    input: PrintInput | None
    """Null for jobs that delete."""
    save: str | None
    key: str | None
    threshold: float
    seconds: float | None
    """How long the input is."""
    file: str | None
    """What was kept of it in the library."""
    user_data: str
    match_count: int | None
    """How many files were found; null as long as it has not compared."""
    error: Error | None
    """Why it failed; `code` is that of the DNA API."""


class PrintJobWithMatches(PrintJob):
    """A job with what it found, the most alike first."""

    matches: list[PrintMatch]


class PrintJobs(Answer):
    """A page of jobs."""

    jobs: list[PrintJob]
    next: str | None
    """Give it as `after` for the next page."""


def slice_of(found: Mapping[str, Any]) -> PrintSlice:
    """Show one piece of a job's result."""
    return PrintSlice(
        similarity=found["similarity"],
        input_start=found["start"],
        input_duration=found["duration"],
        library_start=found.get("other_start", 0.0),
        library_duration=found.get("other_duration", 0.0),
        at_ms=found.get("at_ms"),
        mirrored=found.get("mirrored", False),
        text=found.get("text"),
        library_text=found.get("other_text"),
    )

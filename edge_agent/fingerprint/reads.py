"""What doors look at: libraries, what is in them, and jobs with what they found."""

from collections.abc import Mapping
from dataclasses import dataclass

from edge_agent.domain.errors import NotFound
from edge_agent.domain.fingerprint import CANCELLED, DnaJob, DnaState, Library, Medium, PrintedFile
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import dna_job, dna_jobs
from edge_agent.storage.fingerprints import (
    existing_fragments,
    file_counts,
    libraries,
    library_files,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLibrary:
    """A library and how many files it holds."""

    library: Library
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedAt:
    """A job as it is shown.

    Attributes:
        medium: of its library; None where that is gone.
        clips: those clips among its findings that are still there.
    """

    job: DnaJob
    medium: Medium | None
    clips: frozenset[str] = frozenset()


class FingerprintReads:
    """Looks things up.

    Args:
        store: the truth.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def libraries(self) -> list[HeldLibrary]:
        """All libraries, by their creation."""
        held = await file_counts(self._store)
        return [
            HeldLibrary(library=each, files=held.get(each.id, 0))
            for each in await libraries(self._store)
        ]

    async def library(self, library_id: str) -> HeldLibrary:
        """One library.

        Raises:
            NotFound: there is none of this id.
        """
        for each in await self.libraries():
            if each.library.id == library_id:
                return each
        raise NotFound("there is no fingerprint library of this id", field="library")

    async def recordings(self) -> Library:
        """The library of the box's own clips.

        Raises:
            NotFound: no clip has been printed yet.
        """
        for each in await libraries(self._store):
            if each.system:
                return each
        raise NotFound("the box has no fingerprints of its own clips yet", field="library")

    async def files(self, library_id: str, *, after: str, limit: int) -> list[PrintedFile]:
        """Files of a library without their prints, by their storing, from `after` on.

        Raises:
            NotFound: there is no such library.
        """
        await self.library(library_id)
        return await library_files(self._store, library_id, after=after, limit=limit)

    async def jobs(
        self,
        *,
        before: str,
        limit: int,
        library: str = "",
        state: DnaState | None = None,
        cancelled: bool | None = None,
    ) -> list[LookedAt]:
        """Jobs of every kind, the newest first, from the one before `before` on.

        Args:
            before: id of a job; "~" begins with the newest.
            limit: at most so many.
            library: only of this one.
            state: only in this state.
            cancelled: only those that were, or were not, cancelled.
        """
        found = await dna_jobs(
            self._store,
            None,
            before=before,
            limit=limit,
            library=library,
            state=state,
            cancelled=cancelled,
        )
        media = await self._media()
        return [LookedAt(job=job, medium=media.get(job.library)) for job in found]

    async def job(self, job_id: str) -> LookedAt:
        """One job.

        Raises:
            NotFound: there is none of this id.
        """
        job = await dna_job(self._store, job_id)
        if job is None:
            raise NotFound("there is no fingerprint job of this id", field="job")
        named = {one["fragment"] for one in job.result or () if "fragment" in one}
        clips = frozenset(await existing_fragments(self._store, named))
        return LookedAt(job=job, medium=(await self._media()).get(job.library), clips=clips)

    async def _media(self) -> Mapping[str, Medium]:
        return {each.id: each.medium for each in await libraries(self._store)}


def was_cancelled(job: DnaJob) -> bool:
    """Whether somebody ended it before it had."""
    return job.code == CANCELLED

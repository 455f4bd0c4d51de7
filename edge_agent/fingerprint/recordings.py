"""The box's own clips, printed as they close into a library of the system."""

import logging
from pathlib import Path

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.fingerprint import Library, Medium, PrintedFile
from edge_agent.domain.ids import new_id
from edge_agent.fingerprint.inputs import Input, Inputs
from edge_agent.fingerprint.reading import Reading
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.fingerprints import (
    fragments_without_print,
    insert_file,
    insert_library,
    system_library,
)

log = logging.getLogger(__name__)

NAME = "recordings"
_AT_ONCE = 20


class Recordings:
    """Prints clips; a clip that is deleted takes its print with it (a trigger of the database)."""

    def __init__(self, store: Store, reading: Reading, inputs: Inputs, clock: Clock) -> None:
        self._store = store
        self._reading = reading
        self._inputs = inputs
        self._clock = clock
        self._unreadable: set[str] = set()

    async def run(self) -> None:
        """Print whatever closes, for ever.

        Raises:
            Unavailable: storage does not answer; run again later, nothing is lost.
        """
        library = await self.library()
        while True:
            version = self._store.version("fragment")
            if not await self._print_some(library.id):
                await self._store.changed("fragment", version)

    async def library(self) -> Library:
        """The library, which is made at the first start."""
        async with self._store.transaction() as tx:
            found = await system_library(tx)
            if found is not None:
                return found
            now_ms = self._clock.now_ms()
            made = Library(
                id=new_id(now_ms),
                name=NAME,
                description="what the cameras of this box recorded",
                medium=Medium.VIDEO,
                config="",
                created_ms=now_ms,
                system=True,
            )
            await insert_library(tx, made)
            return made

    async def _print_some(self, library: str) -> bool:
        rows = await fragments_without_print(self._store, library, _AT_ONCE + len(self._unreadable))
        waiting = [row for row in rows if row["id"] not in self._unreadable][:_AT_ONCE]
        for row in waiting:
            await self._print(library, row["id"], row["camera"])
        return bool(waiting)

    async def _print(self, library: str, fragment: str, camera: str) -> None:
        try:
            async with self._inputs.local(Input(text="", fragment=fragment)) as (source, work):
                read = await self._reading.read(
                    Medium.VIDEO, Path(source), work, tell=lambda _: None
                )
        except DnaRefusal as error:  # deleted meanwhile, or cut before its first picture
            log.warning("the clip %s has no fingerprint: %s", fragment, error)
            self._unreadable.add(fragment)
            return
        file = PrintedFile(
            id=new_id(self._clock.now_ms()),
            library=library,
            primary_key=f"{camera}/{fragment}",
            input=f'{{"MediaId":"{fragment}"}}',
            seconds=read.seconds,
            stored_ms=self._clock.now_ms(),
            print=read.print,
            fragment=fragment,
        )
        async with self._store.transaction() as tx:
            if await tx.rows("SELECT 1 FROM fragment WHERE id = ?", (fragment,)):
                await insert_file(tx, file)

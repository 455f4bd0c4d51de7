"""Operations on fingerprints: those of the DNA API, under names of the MQTT door, and cancel."""

from typing import Any

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.domain.errors import Refused
from edge_agent.fingerprint import Dna, Fingerprints
from edge_agent.wire import fingerprints as wire
from edge_agent.wire.cloud import mts
from edge_agent.wire.cloud.errors import GatewayRefusal
from edge_agent.wire.model import Answer, Parameters, parsed


class FingerprintOperations:
    """The operations, and the table of them."""

    def __init__(self, dna: Dna, fingerprints: Fingerprints) -> None:
        self._dna = dna
        self._fingerprints = fingerprints
        self.table: dict[str, Operation] = {
            "fingerprint.library.create": Operation(self._create, remembered=True),
            "fingerprint.library.list": Operation(self._libraries),
            "fingerprint.library.delete": Operation(self._delete, remembered=True),
            "fingerprint.submit": Operation(self._submit, remembered=True),
            "fingerprint.cancel": Operation(self._cancel),
            "fingerprint.get": Operation(self._get),
            "fingerprint.list": Operation(self._list),
        }

    async def _create(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintLibraryCreate, call.parameters)
        return wire.FingerprintLibrary(**await self._asked("CreateFpShotDB", wanted))

    async def _libraries(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintLibraryList, call.parameters)
        return wire.FingerprintLibraries(**await self._asked("ListFpShotDB", wanted))

    async def _delete(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintLibraryDelete, call.parameters)
        return wire.FingerprintJobId(**await self._asked("SubmitFpDBDeleteJob", wanted))

    async def _submit(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintSubmit, call.parameters)
        return wire.FingerprintJobId(**await self._asked("SubmitFpShotJob", wanted))

    async def _cancel(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintCancel, call.parameters)
        job = await self._fingerprints.cancel(wanted.JobId, asker=ASKER)
        return wire.FingerprintCancelled(JobId=job.id, State=job.state.value, Code=job.code)

    async def _get(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintGet, call.parameters)
        return wire.FingerprintJobs(**await self._asked("QueryFpShotJobList", wanted))

    async def _list(self, call: Call) -> Answer:
        wanted = parsed(wire.FingerprintList, call.parameters)
        return wire.FingerprintJobs(**await self._asked("QueryFpShotJobList", wanted))

    async def _asked(self, operation: str, wanted: Parameters) -> dict[str, Any]:
        parameters = {name: str(value) for name, value in wanted.model_dump(by_alias=True).items()}
        try:
            asked = mts.read_operation(operation, parameters)
        except GatewayRefusal as error:  # in this door's own words
            name = error.code.removeprefix("Missing").removeprefix("Invalid")
            raise Refused(str(error), field=name) from error
        answer = await self._dna.answer(asked, ASKER)
        return {name: _present(each) for name, each in answer.items() if each is not None}


def _present(value: Any) -> Any:
    """Without members that are None, at any depth."""
    if isinstance(value, dict):
        return {name: _present(each) for name, each in value.items() if each is not None}
    return [_present(each) for each in value] if isinstance(value, list) else value

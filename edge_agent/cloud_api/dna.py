"""Media DNA, as MTS shows it."""

from edge_agent.cloud_api.caller import Caller
from edge_agent.domain.access_key import AccessKey, KeyRole
from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import NotAuthorised
from edge_agent.fingerprint import CHANGES, Dna
from edge_agent.wire.cloud import mts
from edge_agent.wire.cloud.answers import CloudAnswer, success
from edge_agent.wire.cloud.errors import GatewayRefusal
from edge_agent.wire.cloud.request import CloudRequest


class CloudDna:
    """The operations on fingerprints.

    Args:
        dna: answers them.
    """

    def __init__(self, dna: Dna) -> None:
        self._dna = dna

    async def answer(
        self, request: CloudRequest, key: AccessKey, caller: Caller, request_id: str
    ) -> CloudAnswer:
        """Answer a request of version `mts.VERSION`.

        Raises:
            AgentError: it is refused, or the box is at fault.
        """
        try:
            asked = mts.read_operation(request.action, request.parameters)
            if isinstance(asked, CHANGES) and key.role is not KeyRole.FULL:
                raise NotAuthorised("this key may only look")
            fields = await self._dna.answer(asked, caller.asker)
        except DnaRefusal as error:
            raise GatewayRefusal(error.dna, 400, str(error)) from error
        return success(request.manner, request_id, fields)

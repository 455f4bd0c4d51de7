"""Image Search, as the cloud's clients ask it."""

import hashlib
from typing import Any, Final

from edge_agent.cloud_api.caller import Caller
from edge_agent.domain import image_asked as asked
from edge_agent.domain.access_key import AccessKey, KeyRole
from edge_agent.domain.errors import AgentError
from edge_agent.images import Asker, ImageAnswers, ImageSearch
from edge_agent.images.uploads import Grant
from edge_agent.wire.cloud import image_search as reading
from edge_agent.wire.cloud import upload
from edge_agent.wire.cloud.answers import CloudAnswer, success
from edge_agent.wire.cloud.errors import gateway
from edge_agent.wire.cloud.image_errors import image_refusal, product
from edge_agent.wire.cloud.received import ROOT, Dialect, Received
from edge_agent.wire.cloud.request import CloudRequest

VERSIONS: Final = frozenset({reading.VERSION, reading.ROA_VERSION, upload.VERSION})
"""Of the API, that are answered here."""

_CHANGES: Final = (asked.AddItem, asked.ChangeItems, asked.DeleteItems)
_ORDERS: Final = (asked.DumpItems, asked.ImportItems)
Fields = dict[str, Any]


class CloudImages:
    """The operations of Image Search.

    Args:
        service: answers.
        box: what Detail calls the region.
    """

    def __init__(self, service: ImageSearch, box: str) -> None:
        self._uploads = service.uploads
        self._answers = ImageAnswers(service, box)

    async def answer(
        self, request: CloudRequest, key: AccessKey, caller: Caller, request_id: str
    ) -> CloudAnswer:
        """Answer a request that was admitted.

        Raises:
            CloudRefusal: in the words of Image Search and its gateway.
        """
        try:
            if request.version == upload.VERSION:
                fields = self._granted(request)
            else:
                fields = await self._done(request, key, caller)
        except AgentError as error:
            raise image_refusal(error) from error
        return success(request.manner, request_id, fields)

    def take_upload(self, received: Received, request_id: str) -> CloudAnswer:
        """Take a picture that is sent ahead; every refusal becomes an answer."""
        try:
            form = upload.read_upload(received)
            sent = form.fields
            grant = Grant(
                sent.get("key", ""),
                sent.get("OSSAccessKeyId", ""),
                sent.get("policy", ""),
                sent.get("Signature", ""),
            )
            self._uploads.take(grant, form.file)
        except AgentError as error:
            return upload.upload_refused(received, request_id, error)
        etag = hashlib.md5(form.file).hexdigest().upper()  # noqa: S324 - object storage's
        return upload.uploaded(received, grant.key, etag)

    def _granted(self, request: CloudRequest) -> Fields:
        if request.action != upload.AUTHORIZE or request.dialect is Dialect.ROA:
            raise gateway("InvalidAction.NotFound")
        grant = self._uploads.grant()
        return upload.granted(
            request.manner.host,
            key=grant.key,
            key_id=grant.key_id,
            policy=grant.policy,
            signature=grant.signature,
        )

    async def _done(self, request: CloudRequest, key: AccessKey, caller: Caller) -> Fields:
        if request.version == reading.ROA_VERSION:
            if request.dialect is not Dialect.ROA:
                raise gateway("InvalidAction.NotFound")
            wanted = reading.read_image_path(request.action, request.parameters)
        else:
            if request.dialect is Dialect.ROA:
                raise gateway("InvalidAction.NotFound")
            wanted = reading.read_image_operation(request.action, request.parameters)
        if key.role is not KeyRole.FULL:
            if isinstance(wanted, _CHANGES):
                raise product("NoPermission")
            if isinstance(wanted, _ORDERS):
                raise product("Console.NoPermission")
        return await self._answers.answer(wanted, Asker(caller.asker, caller.links, pictures=False))


def at_root(request: CloudRequest, received: Received) -> bool:
    """Whether a request came to the path of its dialect."""
    return request.dialect is Dialect.ROA or received.path == ROOT

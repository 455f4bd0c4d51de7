"""The door itself: who asks, may they, what is asked, and the answer in their dialect."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from edge_agent.cloud_api.apps import Apps
from edge_agent.cloud_api.caller import Caller, base_of
from edge_agent.cloud_api.dna import CloudDna
from edge_agent.cloud_api.images import VERSIONS as IMAGE_VERSIONS
from edge_agent.cloud_api.images import CloudImages, at_root
from edge_agent.cloud_api.investigations import Investigations, RiskTasks
from edge_agent.cloud_api.pace import Pace, PaceOptions
from edge_agent.cloud_api.ports import Keys, Nonces, Place, Searches
from edge_agent.cloud_api.searches import CloudSearches, SearchesOptions
from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole
from edge_agent.domain.errors import AgentError, NotAuthorised, Refused
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.wire.cloud import linkvisual, mts, top
from edge_agent.wire.cloud import picture_search as asking
from edge_agent.wire.cloud.answers import (
    CloudAnswer,
    linkvisual_success,
    new_request_id,
    refusal,
    top_success,
)
from edge_agent.wire.cloud.errors import (
    TopRefusal,
    gateway,
    linkvisual_refusal,
    throttled,
    top_refusal,
    unknown_app_key,
)
from edge_agent.wire.cloud.moment import check_moment
from edge_agent.wire.cloud.received import Dialect, Received, dialect_of, manner_of
from edge_agent.wire.cloud.request import CloudRequest, read_request, verify
from edge_agent.wire.cloud.upload import is_upload
from edge_agent.wire.links import LinkSigner

log = logging.getLogger(__name__)

_CHANGES = (
    asking.CreateApp,
    asking.UpdateApp,
    asking.BindDevices,
    asking.UnbindDevices,
    asking.CreateJob,
    asking.SearchPicture,
)

_METHODS = frozenset({"GET", "POST"})

Handler = Callable[[Any, Caller], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudParts:
    """Everything the door works with; made by the composition root.

    Attributes:
        keys: knows who may ask.
        nonces: tells which requests have been here before.
        searches: answers picture searches.
        tasks: reads investigations.
        images: answers Image Search.
        dna: answers media DNA.
        store: holds apps, jobs and hits.
        place: the box and its cameras.
        links: makes a signer of links that begin with the given address.
        clock: tells the time.
        counters: count answers.
    """

    keys: Keys
    nonces: Nonces
    searches: Searches
    tasks: RiskTasks
    images: CloudImages
    dna: CloudDna
    store: Store
    place: Place
    links: Callable[[str], LinkSigner]
    clock: Clock
    counters: Counters


class CloudDoor:
    """Answers requests of cloud clients.

    Args:
        parts: of the house.
        pace: how often one key may ask.
        searches: how searches are asked.
    """

    def __init__(
        self,
        parts: CloudParts,
        pace: PaceOptions | None = None,
        searches: SearchesOptions | None = None,
    ) -> None:
        self._parts = parts
        self._pace = Pace(pace or PaceOptions(), parts.clock)
        self._answers = parts.counters.counter(
            "edge_agent_cloud_answers_total", "Answers of the cloud door by dialect and outcome."
        )
        # Signers remember what they signed; clients name the box by few addresses, if not by one.
        self._links = lru_cache(maxsize=4)(parts.links)
        apps = Apps(parts.store, parts.place, parts.clock)
        asked = CloudSearches(
            parts.searches, parts.store, apps, parts.place, searches or SearchesOptions()
        )
        self._investigations = Investigations(parts.tasks)
        self._handlers: Mapping[type, Handler] = {
            asking.CreateApp: apps.create,
            asking.UpdateApp: apps.update,
            asking.QueryApps: apps.list,
            asking.BindDevices: apps.bind,
            asking.UnbindDevices: apps.unbind,
            asking.QueryDevices: apps.devices,
            asking.QueryAiboxes: apps.boxes,
            asking.CreateJob: asked.create,
            asking.GetJobStatus: asked.status,
            asking.QueryJobs: asked.jobs,
            asking.QueryJobResult: asked.results,
            asking.SearchPicture: asked.search,
        }

    async def answer(self, received: Received, scheme: str) -> CloudAnswer:
        """Answer one request; every refusal of ours becomes an answer.

        Args:
            received: the request.
            scheme: `http` or `https`, for the links in the answer.
        """
        dialect = dialect_of(received) or Dialect.RPC
        request_id = new_request_id()
        if is_upload(received):
            return self._parts.images.take_upload(received, request_id)
        try:
            answer = await self._answer(received, dialect, scheme, request_id)
        except AgentError as error:
            return self._refusal(received, dialect, request_id, error)
        self._answers.add(dialect=dialect.value, outcome="done")
        return answer

    def refusal(self, received: Received, error: AgentError) -> CloudAnswer:
        """Answer a request that the server refuses, or fails at, before or behind the door.

        Args:
            received: the request, perhaps without its body.
            error: what is wrong; a plain `AgentError` is a fault of the box.
        """
        dialect = dialect_of(received) or Dialect.RPC
        return self._refusal(received, dialect, new_request_id(), error)

    def _refusal(
        self, received: Received, dialect: Dialect, request_id: str, error: AgentError
    ) -> CloudAnswer:
        manner = manner_of(received, dialect)
        level = logging.INFO if isinstance(error, Refused) else logging.WARNING
        log.log(level, "%s %s %s refused: %s", dialect, manner.action, request_id, error.code)
        told = top_refusal(error) if dialect is Dialect.TOP else linkvisual_refusal(error)
        self._answers.add(dialect=dialect.value, outcome="refused")
        return refusal(manner, request_id, told)

    async def _answer(
        self, received: Received, dialect: Dialect, scheme: str, request_id: str
    ) -> CloudAnswer:
        if dialect is Dialect.TOP and received.method not in _METHODS:
            raise TopRefusal(9)
        request = read_request(received, dialect)
        key = await self._admitted(request)
        caller = Caller(
            f"{key.kind.value}:{key.id}",
            self._links(base_of(scheme, received.headers.get("host", ""))),
        )
        if dialect is Dialect.TOP:
            return await self._top(request, caller, request_id)
        if received.method not in _METHODS or not at_root(request, received):
            raise gateway("InvalidAction.NotFound")
        if request.version in IMAGE_VERSIONS:
            return await self._parts.images.answer(request, key, caller, request_id)
        return await self._linkvisual(request, key, caller, request_id)

    async def _admitted(self, request: CloudRequest) -> AccessKey:
        """Let a request pass whose key is known, and that is signed, new and in time."""
        is_top = request.dialect is Dialect.TOP
        key = await self._parts.keys.find(request.key_id)
        if key is None or (key.kind is KeyKind.TOP) is not is_top:
            raise unknown_app_key() if is_top else gateway("InvalidAccessKeyId.NotFound")
        verify(request, key.secret)
        check_moment(request, self._parts.clock.now_ms())
        nonces, nonce = self._parts.nonces, request.nonce
        if nonce and nonces.known(key.id, nonce):
            raise gateway("SignatureNonceUsed")  # a copy does not count against the key's pace
        wait_ms = self._pace.wait_ms(key.id, key.rate)
        if wait_ms:
            raise throttled(wait_ms)
        if nonce:
            nonces.use(key.id, nonce, key.rate)
        return key

    async def _linkvisual(
        self, request: CloudRequest, key: AccessKey, caller: Caller, request_id: str
    ) -> CloudAnswer:
        if not request.product:
            raise gateway("InvalidVersion")
        if request.version == mts.VERSION and request.dialect is not Dialect.ROA:
            return await self._parts.dna.answer(request, key, caller, request_id)
        if request.version != linkvisual.VERSION or request.dialect is Dialect.ROA:
            raise gateway("InvalidAction.NotFound")
        asked = linkvisual.read_operation(request.action, request.parameters)
        if isinstance(asked, _CHANGES) and key.role is not KeyRole.FULL:
            raise NotAuthorised("this key may only look")
        data = await self._handlers[type(asked)](asked, caller)
        return linkvisual_success(request.manner, request_id, data)

    async def _top(self, request: CloudRequest, caller: Caller, request_id: str) -> CloudAnswer:
        if request.action != top.GET_BY_TASK:
            raise TopRefusal(22)
        asked = top.read_track_query(request.parameters)
        tracks = await self._investigations.fragments(asked, caller)
        return top_success(request.manner, top.tracks_answer(tracks, asked, request_id))

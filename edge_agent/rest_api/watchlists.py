"""Watch lists: who is looked out for, and who of them came."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.rest_api.access import Access, asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.files import send_file
from edge_agent.rest_api.parts import RestParts
from edge_agent.tasks import ListChange, ToldEntry
from edge_agent.wire import watchlists as wire
from edge_agent.wire.model import HexId, PlainId, parsed

InPath = Annotated[PlainId, Path()]
InMediaPath = Annotated[HexId, Path()]


def watchlist_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/watchlists.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/watchlists", tags=["watch lists"])
    lists = parts.watchlists

    @router.post(
        "", status_code=HTTPStatus.CREATED, openapi_extra=described_body(wire.WatchListCreate)
    )
    async def create(request: Request, response: Response) -> wire.WatchList:
        """Make a list without people."""
        wanted = parsed(wire.WatchListCreate, await read_json(request))
        made = await lists.create(wanted, asker=asker(request))
        response.headers["Location"] = f"/v1/watchlists/{made.id}"
        return wire.watchlist(made)

    @router.get("")
    async def everything() -> wire.WatchLists:
        """Show all lists."""
        return wire.WatchLists(watchlists=[wire.watchlist(one) for one in await lists.lists()])

    @router.get("/{list_id}")
    async def one(list_id: InPath) -> wire.WatchListWithEntries:
        """Show a list and everybody on it."""
        found, entries = await lists.entries(list_id)
        return wire.with_entries(found, entries, lists.models, parts.links)

    @router.patch("/{list_id}", openapi_extra=described_body(wire.WatchListChange, "list"))
    async def change(request: Request, list_id: InPath) -> wire.WatchList:
        """Give a list another name, owner, reason or end."""
        values = await _named(request, list=list_id)
        wanted = parsed(wire.WatchListChange, values)
        return wire.watchlist(
            await lists.change(list_id, ListChange.of(wanted), asker=asker(request))
        )

    @router.delete("/{list_id}")
    async def delete(request: Request, list_id: InPath) -> wire.WatchList:
        """Delete a list with all that is kept of the people on it."""
        return wire.watchlist(await lists.delete(list_id, asker=asker(request)))

    @router.get("/{list_id}/hits")
    async def hits(
        list_id: InPath,
        after: HexId | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> wire.WatchHits:
        """Show which visits a list noticed, latest first."""
        found = await lists.hits(list_id, after=after, limit=limit + 1)
        return wire.hits(found, limit, parts.links)

    _entry_routes(router, parts)
    return router


def watchlist_pictures(parts: RestParts, access: Access) -> APIRouter:
    """Make the routes to pictures of people on watch lists.

    Args:
        parts: of the house.
        access: lets signed links and the token pass.
    """
    router = APIRouter(prefix="/media", tags=["media"])
    lists = parts.watchlists
    KeepSeconds = Annotated[int, Depends(access.media)]  # noqa: N806 - a type

    @router.get("/watched/{picture_id}", response_class=Response)
    async def watched(picture_id: InMediaPath, keep_s: KeepSeconds) -> Response:
        """Fetch the picture that is kept of somebody on a watch list."""
        content = await lists.picture(picture_id)
        if content is None:
            raise NotFound("this person is on no list (any more)", field="id")
        cache = f"private, max-age={keep_s}, immutable"
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": cache})

    @router.get("/recognised/{hit_id}", response_class=Response)
    async def recognised(request: Request, hit_id: InMediaPath, keep_s: KeepSeconds) -> Response:
        """Fetch the face that raised a hit of a watch list, at its best so far."""
        picture_id = await lists.recognised(hit_id)
        if picture_id is None:
            raise NotFound("there is no such hit (any more), or no picture of it", field="id")
        path = parts.pictures.path(picture_id)
        keep_s = min(keep_s, 10)  # a better picture may come while the person is in view
        return await send_file(request, path, "image/jpeg", keep_s, called="picture")

    return router


def _entry_routes(router: APIRouter, parts: RestParts) -> None:
    lists = parts.watchlists

    @router.post(
        "/{list_id}/entries",
        status_code=HTTPStatus.CREATED,
        openapi_extra=described_body(wire.WatchEntryCreate, "list"),
    )
    async def add(request: Request, response: Response, list_id: InPath) -> wire.WatchEntry:
        """Take somebody onto a list."""
        wanted = parsed(wire.WatchEntryCreate, await _named(request, list=list_id))
        told = ToldEntry.of(wanted)
        made = await lists.add(list_id, told, entry_id=wanted.id, asker=asker(request))
        response.headers["Location"] = f"/v1/watchlists/{list_id}/entries/{made.id}"
        return wire.entry(made, lists.models, parts.links)

    @router.patch(
        "/{list_id}/entries/{entry_id}",
        openapi_extra=described_body(wire.WatchEntryChange, "list", "entry"),
    )
    async def tell(request: Request, list_id: InPath, entry_id: InPath) -> wire.WatchEntry:
        """Say more about somebody on a list."""
        values = await _named(request, list=list_id, entry=entry_id)
        told = ToldEntry.of(parsed(wire.WatchEntryChange, values))
        changed = await lists.tell(list_id, entry_id, told, asker=asker(request))
        return wire.entry(changed, lists.models, parts.links)

    @router.delete("/{list_id}/entries/{entry_id}")
    async def remove(request: Request, list_id: InPath, entry_id: InPath) -> wire.WatchEntry:
        """Take somebody off a list and delete all that was kept."""
        gone = await lists.remove(list_id, entry_id, asker=asker(request))
        return wire.entry(gone, lists.models, parts.links)


async def _named(request: Request, **ids: str) -> dict[str, Any]:
    """What was sent, with what the address names."""
    values = await read_json(request)
    for field in ids:
        if field in values:
            raise Refused(f"{field} stands in the address, and does not change", field=field)
    return {**values, **ids}

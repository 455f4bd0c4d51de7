"""Every refusal that a caller can cause, as each official SDK shows it to its user."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from edge_agent.images import ImageSearch, ImagesOptions, ImagesParts, Uploads
from edge_agent.media import Decoder
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from tests.integration.cloud_api.image_search import rows
from tests.integration.cloud_api.image_search.conftest import Served
from tests.integration.cloud_api.image_search.rows import MESSAGES, REQUIRED, Row, whole
from tests.support.cloud_box import KEY, READER, CloudBox, cloud_box
from tests.support.image_sdks import ALL, NODE, OLD, Ask, Outcome, ask, has, outcomes, sdks
from tests.support.remembering import opened_box
from tests.support.things import GOODS, ClassicEyes, image_search

CHANGES = ("AddImage", "UpdateImage", "DeleteImage")
SERVER = 500
ORDERS = ("DumpMeta", "IncreaseInstance")
TABLES = {
    "missing": rows.MISSING,
    "instances": rows.INSTANCES,
    "paging": rows.PAGING,
    "pictures": rows.PICTURES,
    "attributes": rows.ATTRIBUTES,
    "matter": rows.MATTER,
}


def raised(sdk: str, code: str, status: int) -> tuple[str, str, int | None]:
    """Class, code and status that an SDK's user sees."""
    if sdk == "pop":
        return f"{code}Error", code, None
    if sdk == "old":
        return "TeaException", code, status
    if sdk in {"core", "core-2019"}:
        return "ServerException", code, status
    family = "Server" if status >= SERVER else "Client"
    return f"{family}{'Error' if sdk in NODE else 'Exception'}", code, status


def shown(outcome: Outcome) -> tuple[str, str, int | None]:
    return outcome.error, outcome.code, outcome.status


async def refused(cloud: CloudBox, sdk: str, wanted: Sequence[Row]) -> list[Outcome]:
    """Hold what an SDK shows against rows, of those operations that it has."""
    mine = [row for row in wanted if has(sdk, row.asked)]
    found = await outcomes(cloud, sdk, [row.asked for row in mine])
    for outcome, row in zip(found, mine, strict=True):
        told = row.asked.operation, outcome
        assert shown(outcome) == raised(sdk, row.code, row.status), told
        assert MESSAGES.get(row.code, "") in outcome.message, told
    return found


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_parameters(served: Served, sdk: str, table: str) -> None:
    assert await refused(served.cloud, sdk, TABLES[table])


@pytest.mark.parametrize("sdk", sdks(["core-2019"]))
async def test_parameters_of_2019(served: Served, sdk: str) -> None:
    assert await refused(served.cloud, sdk, rows.OF_2019)


@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_a_host_that_does_not_answer(served: Served, sdk: str) -> None:
    late = whole("SearchImageByPic", PicContent=f"{served.silent}/x.jpg")
    await refused(served.cloud, sdk, [Row("TimeoutForTransferImage", late)])


@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_what_a_reader_may_not(served: Served, sdk: str) -> None:
    await refused(served.cloud, sdk, [
        *(Row("NoPermission", whole(one).by(READER), 403) for one in CHANGES),
        *(Row("Console.NoPermission", whole(one).by(READER), 403) for one in ORDERS),
    ])  # fmt: skip
    may = [one for one in REQUIRED if one not in {*CHANGES, *ORDERS, "SearchImageByName"}]
    looked = [whole(one).by(READER) for one in may if has(sdk, whole(one))]
    for outcome in await outcomes(served.cloud, sdk, looked):
        assert not outcome.error, outcome


@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_limits_of_instances(served: Served, sdk: str) -> None:
    small = [served.add(number, InstanceName="small") for number in range(3)]
    *taken, full = await outcomes(served.cloud, sdk, small)
    assert [one.error for one in taken] == ["", ""]
    assert shown(full) == raised(sdk, "InstanceOverQuota", 400)
    slow = [whole("SearchImageByPic", InstanceName="slow")] * 6
    often = [one for one in await outcomes(served.cloud, sdk, slow) if one.error]
    assert {shown(one) for one in often} == {raised(sdk, "DeniedRequest", 403)}


@pytest.mark.parametrize("sdk", sdks([*ALL, "core-2019"]))
async def test_keys(served: Served, sdk: str) -> None:
    plain = whole("DeleteImage")
    unknown = Ask(plain.operation, plain.parameters, {"key": "LTAInobody"})
    wrong = Ask(plain.operation, plain.parameters, {"secret": "another-secret-than-that"})
    found = await outcomes(served.cloud, sdk, [unknown, wrong, plain.by(KEY)])
    assert [shown(one) for one in found[:2]] == [
        raised(sdk, "InvalidAccessKeyId.NotFound", 404), raised(sdk, "SignatureDoesNotMatch", 400),
    ]  # fmt: skip
    assert not found[2].error


@pytest.mark.parametrize("sdk", sdks(["core", "pop"]))
async def test_what_is_not_offered(served: Served, sdk: str) -> None:
    await refused(served.cloud, sdk, [Row("InvalidAction.NotFound", ask("DeleteInstance"), 404)])


@pytest.fixture
async def loading(tmp_path: Path) -> AsyncIterator[CloudBox]:
    """A door before an instance that has not been loaded yet."""
    clock = SystemClock()
    async with opened_box(tmp_path / "state") as box:
        parts = ImagesParts(
            store=box.store, thread=OneThread("images"), eyes=ClassicEyes(), decoder=Decoder(),
            uploads=Uploads(clock), clock=clock, counters=Counters(),
        )  # fmt: skip
        service = ImageSearch(parts, ImagesOptions(instances=(GOODS,)))
        async with cloud_box(box, images=service) as cloud:
            yield cloud
        await asyncio.to_thread(parts.thread.close)


@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_an_instance_that_is_still_being_loaded(loading: CloudBox, sdk: str) -> None:
    wanted = [one for one in REQUIRED if one in OLD or one.startswith(("Search", "Check", "Comp"))]
    assert await refused(
        loading, sdk, [Row("InstanceStatusError", whole(one), 409) for one in wanted]
    )


@pytest.mark.parametrize("sdk", sdks(one for one in ALL if one != "old"))
async def test_imports_where_no_folder_is_configured(tmp_path: Path, sdk: str) -> None:
    async with (
        opened_box(tmp_path / "state") as box,
        image_search(box.store) as images,
        cloud_box(box, images=images) as cloud,
    ):
        wanted = [Row("UnsupportedOperationType", whole("IncreaseInstance"), 500)]
        await refused(cloud, sdk, wanted)

"""The upload leg of the `*Advance` calls, over http and https, by every SDK that has it."""

import pytest

from tests.integration.cloud_api.image_search.conftest import Served
from tests.integration.cloud_api.image_search.test_refusals import raised, shown
from tests.support.image_sdks import UPLOADING, ask, base64_of, bodies, has, outcomes, sdks
from tests.support.things import picture

GOODS = {"InstanceName": "goods"}
CONTENT = base64_of(picture(1))
CALLS = (
    ask("AddImageAdvance", **GOODS, ProductId="p", PicName="n", PicContentObject=CONTENT),
    ask("SearchImageByPicAdvance", **GOODS, PicContentObject=CONTENT),
    ask("CompareSimilarByImageAdvance", **GOODS, PrimaryPicContentObject=CONTENT,
        SecondaryPicContentObject=CONTENT),
)  # fmt: skip


@pytest.mark.parametrize("protocol", ["http", "https"])
@pytest.mark.parametrize("sdk", sdks(UPLOADING))
async def test_pictures_are_sent_ahead(served: Served, sdk: str, protocol: str) -> None:
    """Versions 4 upload over https whatever the protocol is, version 3 over the client's own."""
    calls = [one for one in CALLS if has(sdk, one)]
    added, found, *compared = await bodies(served.cloud, sdk, *calls, protocol=protocol)
    assert added["Success"] is True
    assert found["Auctions"][0]["ProductId"] == "p"
    assert [one["Score"] for one in compared] == [pytest.approx(1.0)] * (len(calls) - 2)


@pytest.mark.parametrize("sdk", sdks(UPLOADING))
async def test_a_picture_that_is_too_long(served: Served, sdk: str) -> None:
    long = base64_of(bytes(4 * 1024 * 1024 + 1))
    (outcome,) = await outcomes(
        served.cloud, sdk, [ask("SearchImageByPicAdvance", **GOODS, PicContentObject=long)]
    )
    assert outcome.code == "EntityTooLarge"  # in the words of object storage


@pytest.mark.parametrize("sdk", sdks(UPLOADING))
async def test_uploads_need_an_address_with_a_dot(served: Served, sdk: str) -> None:
    """SDKs send the form to two names that are joined by one."""
    port = served.cloud.endpoint.rpartition(":")[2]
    served.cloud.endpoint = f"localhost:{port}"
    (outcome,) = await outcomes(served.cloud, sdk, CALLS[1:2])
    assert shown(outcome)[:2] == raised(sdk, "BadRequest", 400)[:2]

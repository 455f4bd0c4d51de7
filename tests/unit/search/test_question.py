from dataclasses import replace

import pytest

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.job import PictureQuestion
from edge_agent.media import PictureLimits
from edge_agent.outbound import FetchLimits
from edge_agent.search import QueryPictures, SearchOptions
from edge_agent.search.question import check_question, check_region, for_audit
from tests.support.painted import paint

PICTURE = paint({}, width=200, height=100)
PICTURES = QueryPictures(PictureLimits(max_pixels=1_000_000), FetchLimits())
GOOD = PictureQuestion(picture=PICTURE)
TRACK = PictureQuestion(track="t1")


def check(question: PictureQuestion) -> None:
    check_question(question, SearchOptions(picture_bytes=20_000), ["door", "till"], PICTURES)


@pytest.mark.parametrize(
    "question",
    [
        GOOD,
        TRACK,
        PictureQuestion(url="https://pictures.example/a.jpg?size=2"),
        replace(GOOD, region=(0, 0, 200, 100), cameras=frozenset({"till"}), threshold=0.0),
        replace(GOOD, region=(0, 0, 100, 200)),  # the picture may be turned once it is decoded
        replace(GOOD, more_pictures=(PICTURE,) * 7, not_tracks=frozenset({"t1"})),
        replace(GOOD, limit=200, body_threshold=1.0, start_ms=5, end_ms=6),
    ],
)
def test_taken(question: PictureQuestion) -> None:
    check(question)


@pytest.mark.parametrize(
    ("question", "error", "field"),
    [
        (PictureQuestion(), Refused, "picture"),
        (replace(GOOD, url="http://pictures.example/"), Refused, "url"),
        (replace(TRACK, region=(0, 0, 1, 1)), Refused, "region"),
        (replace(GOOD, picture=b"\xff\xd8" + bytes(20_000)), TooLarge, "picture"),
        (replace(GOOD, picture=b"no picture at all"), Refused, "picture"),
        (replace(GOOD, picture=paint({}, 2000, 2000)), TooLarge, "picture"),
        (replace(GOOD, parts=frozenset()), Refused, "kinds"),
        (replace(GOOD, start_ms=6, end_ms=6), Refused, "end_ms"),
        (replace(GOOD, cameras=frozenset({"cellar"})), NotFound, "cameras"),
        (replace(GOOD, threshold=1.1), Refused, "threshold"),
        (replace(GOOD, body_threshold=float("nan")), Refused, "body_threshold"),
        (replace(GOOD, more_pictures=(PICTURE,) * 8), Refused, "pictures"),
        (replace(GOOD, more_pictures=(PICTURE, b"none")), Refused, "picture"),
        (replace(GOOD, more_pictures=(PICTURE + bytes(20_000),)), TooLarge, "pictures"),
        (replace(GOOD, more_pictures=(PICTURE,), region=(0, 0, 9, 9)), Refused, "region"),
        (replace(TRACK, more_pictures=(PICTURE,)), Refused, "pictures"),
        (replace(TRACK, not_tracks=frozenset({"t1"})), Refused, "not_tracks"),
        (replace(GOOD, limit=0), Refused, "limit"),
        (replace(GOOD, limit=201), Refused, "limit"),
        (replace(GOOD, region=(0, 0, 201, 100)), Refused, "region"),
        (replace(GOOD, region=(10, 10, 10, 50)), Refused, "region"),
        (replace(GOOD, region=(0, 0, float("nan"), 50)), Refused, "region"),
        (PictureQuestion(url="ftp://pictures.example/a.jpg"), Refused, "url"),
        (PictureQuestion(url="http:///a.jpg"), Refused, "url"),
        (PictureQuestion(url="http://me:secret@pictures.example/a.jpg"), Refused, "url"),
        (PictureQuestion(url="http://127.0.0.1/a.jpg"), Refused, "url"),
        (PictureQuestion(url="http://[::1]/a.jpg"), Refused, "url"),
        (PictureQuestion(url="http://169.254.169.254/latest"), Refused, "url"),
        (PictureQuestion(url="http://localhost:8080/a.jpg"), Refused, "url"),
        (PictureQuestion(url="http://pictures.example:x/a.jpg"), Refused, "url"),
    ],
)
def test_refused(question: PictureQuestion, error: type[Refused], field: str) -> None:
    with pytest.raises(error) as refused:
        check(question)
    assert type(refused.value) is error
    assert refused.value.field == field


def test_a_turned_region_is_judged_by_the_upright_picture() -> None:
    question = replace(GOOD, region=(0, 0, 100, 200))
    check_region(question, 100, 200)
    with pytest.raises(Refused, match="inside the"):
        check_region(question, 200, 100)


def test_an_allowed_network_may_be_asked() -> None:
    pictures = QueryPictures(PictureLimits(), FetchLimits(allowed_networks=("10.1.0.0/16",)))
    pictures.check_address("http://10.1.2.3/a.jpg")
    with pytest.raises(Refused):
        pictures.check_address("http://10.2.2.3/a.jpg")


def test_the_audit_log_keeps_neither_picture_nor_path() -> None:
    kept = for_audit(replace(GOOD, region=(0, 0, 5, 5), app="shop"))
    assert set(kept) == {
        "parts", "start_ms", "end_ms", "cameras", "limit", "region", "app", "picture_sha256",
    }  # fmt: skip
    kept = for_audit(PictureQuestion(url="https://pictures.example/jane-doe.jpg?key=1"))
    assert kept["url_host"] == "pictures.example"
    assert "jane" not in str(kept)

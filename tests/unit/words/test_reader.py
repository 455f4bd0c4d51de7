"""Questions in words: what is understood, from which characters, and what is not."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.objects import OBJECT_BY_KEY
from edge_agent.domain.worn import LOWER, UPPER, WORDS
from edge_agent.words import Kind, KnownPlace, Question, Reader
from edge_agent.words.scanner import LEXICON

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 25, 16, 30, tzinfo=ZONE)  # a Wednesday
PLACES = (
    KnownPlace(camera="entrance", names=("Front door",)),
    KnownPlace(camera="cam-2", names=("Hall",)),
    KnownPlace(camera="cam-2", zone="checkout-1", kind="till"),
    KnownPlace(camera="cam-3", names=("二楼东侧",)),
)


def read(text: str) -> Question:
    return Reader(PLACES, "Asia/Shanghai").read(text, round(NOW.timestamp() * 1e3))


def wanted(text: str, kind: Kind = Kind.ATTRIBUTE) -> set[str]:
    found = read(text).wanted
    return {
        ("not " if one.negated else "")
        + " or ".join(f"{k}:{v}" if k != v else k for k, v in one.any_of)
        for one in found
        if one.kind is kind
    }


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("穿红色上衣背双肩包的人", {"upper:red", "backpack:yes"}),
        ("someone with a hat and blue trousers", {"hat:yes", "long_trousers:yes", "lower:blue"}),
        ("a woman without a hat in a black and white shirt",
         {"presents:woman", "hat:no", "upper:black or upper:white"}),
        ("不戴帽子的男人", {"hat:no", "presents:man"}),
        ("穿黑裤子白上衣的人", {"long_trousers:yes", "lower:black", "upper:white"}),
        ("上衣是红色,裤子是蓝色", {"upper:red", "long_trousers:yes", "lower:blue"}),
        ("the shirt is red", {"upper:red"}),
        ("a man wearing red", {"presents:man", "upper:red or lower:red"}),
        ("a jacket in blue with jeans", {"coat:yes", "upper:blue", "long_trousers:yes"}),
        ("not in a red coat", {"not upper:red"}),
        ("没穿外套", {"coat:no"}),
        ("短袖 蓝色短裤", {"long_sleeves:no", "long_trousers:no", "lower:blue"}),
        ("long-haired girl in a YELLOW dress",
         {"long_hair:yes", "age:child", "long_trousers:no", "upper:yellow or lower:yellow"}),
        ("戴眼镜的人", {"glasses:yes"}),
        ("a red hat", {"hat:yes", "hat_colour:red"}),
        ("Ｔ恤", {"long_sleeves:no"}),
        ("someone in a shirt", {"garment_top:yes"}),
    ],
)  # fmt: skip
def test_clothes_and_their_colours(text: str, attributes: set[str]) -> None:
    assert wanted(text) == attributes


def test_objects_of_the_detector() -> None:
    assert wanted("two dogs and a bicycle near a zebra", Kind.OBJECT) == {"dog", "bicycle", "zebra"}
    assert wanted("骑自行车的人和一只狗", Kind.OBJECT) == {"bicycle", "person", "dog"}
    assert wanted("people without an umbrella", Kind.OBJECT) == {"person", "not umbrella"}
    assert wanted("没有雨伞的人", Kind.OBJECT) == {"person", "not umbrella"}


def test_deeds() -> None:
    assert wanted("who left the store", Kind.ACTION) == {"leave"}
    assert wanted("结账的人", Kind.ACTION) == {"till"}
    assert wanted("entered and stayed", Kind.ACTION) == {"enter", "stay"}
    assert not wanted("a bag in the left hand", Kind.ACTION)


@pytest.mark.parametrize(
    ("text", "cameras", "zones"),
    [
        ("at the entrance", {"entrance"}, set()),
        ("在入口", {"entrance"}, set()),
        ("front door", {"entrance"}, set()),
        ("in the hall", {"cam-2"}, set()),
        ("大厅里", {"cam-2"}, set()),
        ("near the till", set(), {("cam-2", "checkout-1")}),
        ("收银台", set(), {("cam-2", "checkout-1")}),
        ("checkout 1", set(), {("cam-2", "checkout-1")}),
        ("CAM-3", {"cam-3"}, set()),
        ("在二楼东侧", {"cam-3"}, set()),
    ],
)
def test_places_by_name_and_by_what_people_say(
    text: str, cameras: set[str], zones: set[tuple[str, str]]
) -> None:
    (place,) = read(text).places
    assert set(place.cameras) == cameras
    assert set(place.zones) == zones


def test_a_place_that_the_box_has_not() -> None:
    (place,) = read("在仓库的人").places
    assert not place.known
    assert read("在仓库的人").words(place.span) == "仓库"
    assert read("not in the hall").places[0].negated


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("yesterday afternoon", "24 12:00", "24 18:00"),
        ("昨天下午", "24 12:00", "24 18:00"),
        ("this morning", "25 05:00", "25 12:00"),
        ("last Friday between 3 and 5", "20 15:00", "20 17:00"),
        ("上周五下午3点到5点", "20 15:00", "20 17:00"),
        ("最近两小时", "25 14:30", "25 16:30"),
        ("in the last two hours", "25 14:30", "25 16:30"),
        ("9:00-10:30 today", "25 09:00", "25 10:30"),
        ("between 9 and 5", "25 09:00", "25 17:00"),
        ("from 3 to 5 pm yesterday", "24 15:00", "24 17:00"),
        ("at 3 pm", "25 14:30", "25 15:30"),
        ("下午三点半左右", "25 15:20", "25 15:40"),
        ("15点以后", "25 15:00", "26 00:00"),
        ("after 9 am yesterday", "24 09:00", "25 00:00"),
        ("at 8 pm", "24 19:30", "24 20:30"),
        ("昨晚", "24 18:00", "25 06:00"),
        ("last night", "24 18:00", "25 06:00"),
        ("3天前", "22 00:00", "23 00:00"),
        ("two days ago", "23 00:00", "24 00:00"),
        ("since Monday", "23 00:00", "25 16:30"),
        ("从昨天起", "24 00:00", "25 16:30"),
        ("between yesterday and today", "24 00:00", "26 00:00"),
        ("11月20日上午", "20 06:00", "20 12:00"),
        ("on Nov 20", "20 00:00", "21 00:00"),
        ("20 November", "20 00:00", "21 00:00"),
        ("2026-11-20 14:00 to 16:00", "20 14:00", "20 16:00"),
        ("20号凌晨两点到三点", "20 02:00", "20 03:00"),
        ("上周", "16 00:00", "23 00:00"),
        ("last weekend", "14 00:00", "16 00:00"),
        ("周末", "21 00:00", "23 00:00"),
        ("half an hour ago", "25 15:52", "25 16:07"),
        ("刚才", "25 16:00", "25 16:30"),
        ("today noon", "25 11:00", "25 14:00"),
    ],
)
def test_times_in_the_stores_timezone(text: str, start: str, end: str) -> None:
    question = read(text)
    assert question.time is not None
    told = [
        datetime.fromtimestamp(ms / 1e3, ZONE).strftime("%d %H:%M")
        for ms in (question.time.start_ms, question.time.end_ms)
    ]
    assert told == [start, end]
    assert not question.unknown


@pytest.mark.parametrize(
    "text", ["a man sat in the sun", "three people", "in may", "a 31 of 2", "Feb 30", "25点"]
)
def test_what_is_no_time(text: str) -> None:
    assert read(text).time is None


def test_a_day_of_the_change_to_summer_time() -> None:
    reader = Reader(timezone="Europe/Berlin")
    now = datetime(2026, 3, 29, 12, tzinfo=ZoneInfo("Europe/Berlin"))
    time = reader.read("today", round(now.timestamp() * 1e3)).time
    assert time is not None
    assert time.end_ms - time.start_ms == 23 * 3_600_000


def test_unknown_words_are_named() -> None:
    question = read("a quick red gizmo near the 长城, yesterday")
    assert [question.words(span) for span in question.unknown] == ["quick", "gizmo", "长城"]
    assert read("").unknown == ()
    assert [read("变魔术的人").words(s) for s in read("变魔术的人").unknown] == ["魔术"]


@pytest.mark.parametrize(
    ("english", "chinese", "objects"),
    [
        ("a person with a balloon on the zebra crossing", "斑马线上拿气球的人", {"person"}),
        ("bread and milk in the station", "车站里的面包和牛奶", set()),
        ("a cowboy on a horse", "骑马的牛仔", {"person", "horse"}),
        ("a telephone and a knapsack", "电话和背囊", {"cell_phone"}),
        ("somebody skateboarding", "有人在玩滑板", {"person", "skateboard"}),
        ("grandfather and child with an umbrella", "爷爷和孩子打着伞", {"person", "umbrella"}),
        ("a marathon and a parachute", "马拉松和降落伞", set()),
        ("a trophy and a windmill", "奖杯和风车", set()),
        ("a planet and chess", "星球和象棋", set()),
        ("boating", "划船", {"boat"}),
        ("an ambulance", "救护车", {"car", "truck"}),
        ("a peacock and a tractor", "孔雀和拖拉机", {"bird", "truck"}),
        ("three white vehicles", "三辆白色的车", {"car", "truck", "bus", "motorcycle", "bicycle"}),
    ],
)
def test_signs_in_longer_words_are_not_taken_for_things(
    english: str, chinese: str, objects: set[str]
) -> None:
    found = [
        {key for one in read(text).wanted if one.kind is Kind.OBJECT for key, _ in one.any_of}
        for text in (english, chinese)
    ]
    assert found == [objects, objects]
    assert all(not read(text).unknown for text in (english, chinese))


@pytest.mark.parametrize(
    "text", ["a man on green grass", "绿色草地上的男人", "a man before a red wall", "红墙前的男人"]
)
def test_the_colour_of_what_stands_around_dresses_nobody(text: str) -> None:
    told = {key for one in read(text).wanted for key, _ in one.any_of}
    assert not told & {UPPER, LOWER}


def test_every_concept_has_words_in_both_languages() -> None:
    assert all(entry.en and entry.zh for entry in LEXICON)


def test_sizes_stand_between_a_colour_and_what_it_is_of() -> None:
    for text in ("a red small bag", "一个红色的小手提包"):
        assert {("bag", "yes"), ("bag_colour", "red")} <= {
            pair for one in read(text).wanted for pair in one.any_of
        }


def test_attributes_and_objects_are_those_of_the_catalogue() -> None:
    for entry in LEXICON:
        for key, value in entry.any_of:
            if key in WORDS:
                assert value in WORDS[key]
    every = {k for entry in LEXICON for k, _ in entry.any_of} | {
        colour for entry in LEXICON for colour in entry.colours
    }
    assert every >= set(WORDS)
    assert every >= set(OBJECT_BY_KEY) - {"person", "handbag", "mouse", "orange"}


_SCRAPS = (
    "red",
    "hat",
    "not",
    "昨天",
    "3点",
    "到",
    "和",
    "上衣",
    "黑",
    "is",
    "at",
    "5",
    "pm",
    "狗",
)


@given(st.text(max_size=80) | st.lists(st.sampled_from([*_SCRAPS, " "])).map("".join))
def test_any_text_is_read_and_every_span_lies_in_it(text: str) -> None:
    question = read(text)
    spans = [
        *question.unknown,
        *(span for one in question.wanted for span in one.spans),
        *(place.span for place in question.places),
        *(question.time.spans if question.time else ()),
    ]
    assert all(0 <= span.start < span.end <= len(text) for span in spans)

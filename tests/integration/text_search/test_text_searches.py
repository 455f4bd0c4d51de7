"""Questions in words over real SQLite: who is found, why, and what is said about the rest."""

import random
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.errors import Busy, NotFound, Refused
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.worn import WORDS, Worn
from edge_agent.queries import Queries, TrackFilter
from edge_agent.storage import Store
from edge_agent.storage.actions import add_action
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.staff import insert_staff
from edge_agent.storage.tracks import save_track
from edge_agent.storage.worn import save_worn
from edge_agent.text_search import Found, Once, TextQuestion, TextSearches, TextSearchOptions, told
from edge_agent.text_search.statements import UNSAID
from edge_agent.wire import answers
from edge_agent.wire.text_search import TextSearch
from tests.integration.storage.builders import NOON_MS, SetClock
from tests.support.mqtt_box import PlainLinks
from tests.support.visits import text_searches

HOUR_MS = 3_600_000
TOLD = frozenset(WORDS) - {"hat", "presents"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SetClock()) as opened:
        yield opened


async def remember(
    store: Store,
    worn: Mapping[str, tuple[str, float]] = {},
    *,
    at_ms: int = NOON_MS - HOUR_MS,
    camera: str = "hall",
    lasts_ms: int = 60_000,
) -> str:
    track = Track(
        id=new_id(at_ms), camera=camera, start_ms=at_ms, end_ms=at_ms + lasts_ms,
        state=TrackState.ENDED, face=None, body=None, fragment=None,
    )  # fmt: skip
    async with store.transaction() as tx:
        await save_track(tx, track)
        await save_worn(tx, track.id, [Worn(key, *said) for key, said in worn.items()])
    return track.id


def searches(store: Store, options: TextSearchOptions | None = None) -> TextSearches:
    return text_searches(store, SetClock(), TOLD, options)


async def ask(store: Store, text: str, *, once: Once | None = None, **asked: Any) -> TextSearch:
    async def shown(found: Found) -> TextSearch:
        wanted = TrackFilter(ids=frozenset(hit.track for hit in found.hits), include_staff=True)
        page = await Queries(store).tracks(wanted, limit=200)
        links = PlainLinks()
        return told(found, {row.id: answers.track(row.as_track(), links) for row in page.rows})

    question = TextQuestion(text=text, **asked)
    return await searches(store).ask(question, asker="mqtt", shown=shown, once=once)


def tracks(answer: TextSearch) -> list[str]:
    return [hit.track.id for hit in answer.hits]


async def test_both_languages_find_the_same_and_say_why(store: Store) -> None:
    red = await remember(store, {"upper": ("red", 0.8), "backpack": ("yes", 0.9)})
    half = await remember(store, {"upper": ("red", 0.9), "backpack": ("no", 0.7)})
    await remember(store, {"upper": ("blue", 0.9)})
    for text in ("穿红色上衣背双肩包的人", "someone in a red shirt with a backpack"):
        answer = await ask(store, text)
        assert tracks(answer)[:2] == [red, half]
        first, second = answer.hits[:2]
        assert first.score == pytest.approx(0.72)
        assert second.score == pytest.approx(0.9 * 0.3)
        assert [reason.matched for reason in second.matched] == [True, False]
        meant = [answer.understood[reason.part].means[0].key for reason in first.matched]
        assert sorted(meant) == ["backpack", "upper"]
        assert not answer.unknown


async def test_what_is_understood_and_not_told_is_named(store: Store) -> None:
    red = await remember(store, {"upper": ("red", 0.8), "hat": ("no", 0.8)})
    answer = await ask(
        store, "a man with a hat, glasses and a dog in a red shirt at the lift, quux"
    )
    assert tracks(answer) == [red]
    use = {part.means[0].key: part.use for part in answer.understood if part.means}
    untold = ("presents", "hat", "glasses", "dog")
    assert use == {**dict.fromkeys(untold, "not_told"), "person": "used", "upper": "used"}
    assert [words.text for words in answer.unknown] == ["quux"]
    (lift,) = [part for part in answer.understood if part.kind == "place"]
    assert (lift.use, lift.words[0].text) == ("not_here", "lift")


async def test_nothing_to_look_for_finds_nobody(store: Store) -> None:
    await remember(store, {"upper": ("red", 0.8)})
    for text in ("quux", "with glasses", "戴眼镜的"):
        answer = await ask(store, text)
        assert (answer.answered, answer.hits) == (False, [])
    assert (await ask(store, "anybody")).answered


async def test_filters_come_before_ranking(store: Store) -> None:
    """The best of all are elsewhere and at other times: who is left must still be found."""
    for number in range(60):
        await remember(store, {"upper": ("red", 0.99)}, camera="door", at_ms=NOON_MS - number)
    yesterday = NOON_MS - 24 * HOUR_MS
    here = await remember(store, {"upper": ("red", 0.5)}, at_ms=yesterday)
    assert tracks(await ask(store, "昨天穿红色上衣的人")) == [here]
    assert tracks(await ask(store, "red shirt in the hall")) == [here]
    assert tracks(await ask(store, "red shirt", cameras=frozenset({"hall"}))) == [here]
    assert tracks(await ask(store, "red shirt", end_ms=yesterday + 60_000, limit=1)) == [here]
    assert not tracks(await ask(store, "red shirt today", end_ms=yesterday))


async def test_a_long_track_that_began_before_the_time_is_found(store: Store) -> None:
    long = await remember(
        store, {"upper": ("red", 0.8)}, at_ms=NOON_MS - 5 * HOUR_MS, lasts_ms=4 * HOUR_MS + 600_000
    )
    assert tracks(await ask(store, "red top in the last hour")) == [long]
    assert not tracks(await ask(store, "red top in the last 30 minutes"))


async def test_deeds_and_zones(store: Store) -> None:
    paid = await remember(store)
    passed = await remember(store)
    async with store.transaction() as tx:
        for track, kind in ((paid, ActionType.TILL), (passed, ActionType.ENTER)):
            await add_action(
                tx,
                Action(id=new_id(1), track=track, type=kind, place="counter", at_ms=NOON_MS),
            )
    other = await remember(store)
    assert tracks(await ask(store, "结账的人")) == [paid]
    assert set(tracks(await ask(store, "at the checkout"))) == {paid, passed}
    assert tracks(await ask(store, "people not at the checkout")) == [other]


async def test_negations(store: Store) -> None:
    red = await remember(store, {"upper": ("red", 0.8), "coat": ("yes", 0.6)})
    blue = await remember(store, {"upper": ("blue", 0.7), "coat": ("no", 0.9)})
    assert tracks(await ask(store, "not in a red coat")) == [blue]
    assert tracks(await ask(store, "没穿外套的人")) == [blue]
    assert tracks(await ask(store, "with a coat")) == [red]


async def test_staff_and_the_forgotten_are_no_hits(store: Store) -> None:
    kept = await remember(store, {"upper": ("red", 0.8)})
    works = await remember(store, {"upper": ("red", 0.9)})
    gone = await remember(store, {"upper": ("red", 0.9)})
    async with store.transaction() as tx:
        await insert_staff(tx, "s", "S", 1)
        await tx.execute(
            "INSERT INTO staff_track (track, staff, how, at_ms) VALUES (?, 's', 'told', 1)",
            (works,),
        )
        await forget_tracks(tx, [gone])
    assert tracks(await ask(store, "red shirt")) == [kept]
    assert tracks(await ask(store, "red shirt", include_staff=True)) == [works, kept]


async def test_every_question_is_audited_and_a_repeat_gets_the_first_answer(store: Store) -> None:
    first = await remember(store, {"upper": ("red", 0.8)})
    once = Once(id="rest:1", digest="d")
    answer = await ask(store, "red shirt", once=once)
    await remember(store, {"upper": ("red", 0.9)})
    assert tracks(await ask(store, "red shirt", once=once)) == tracks(answer) == [first]
    with pytest.raises(Refused, match="another request"):
        await ask(store, "blue shirt", once=Once(id="rest:1", digest="e"))
    rows = await store.rows("SELECT who, action, detail FROM audit")
    assert [(row["who"], row["action"]) for row in rows] == [("mqtt", "text-search")]
    assert '"text": "red shirt"' in rows[0]["detail"]
    assert await verify_audit(store) is None


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"text": "red", "start_ms": 5, "end_ms": 5}, "end_ms"),
        ({"text": "red", "limit": 0}, "limit"),
        ({"text": "red", "limit": 201}, "limit"),
    ],
)
async def test_refusals(store: Store, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as error:
        await ask(store, **asked)
    assert error.value.field == field


async def test_an_unknown_camera_and_a_crowd_of_questions(store: Store) -> None:
    with pytest.raises(NotFound, match="garage"):
        await ask(store, "red", cameras=frozenset({"garage"}))

    async def never(found: Found) -> TextSearch:
        raise AssertionError(found)

    busy = searches(store, TextSearchOptions(most_at_once=0))
    with pytest.raises(Busy):
        await busy.ask(TextQuestion(text="red"), asker="mqtt", shown=never)


async def test_answers_equal_those_of_brute_force(store: Store) -> None:
    """Random people, random questions: the same tracks in the same order as by trying each."""
    chance = random.Random(5)  # noqa: S311 - for tests
    colours, people = ("red", "blue", "black"), dict[str, dict[str, tuple[str, float]]]()
    for _ in range(150):
        worn = {
            key: (chance.choice(values), round(chance.uniform(0.5, 1), 3))
            for key, values in {
                "upper": colours, "lower": colours, "backpack": ("yes", "no"),
                "long_hair": ("yes", "no"),
            }.items()
            if chance.random() < 0.8
        }  # fmt: skip
        at_ms = NOON_MS - chance.randrange(48 * HOUR_MS)
        people[await remember(store, worn, at_ms=at_ms)] = worn
    for _ in range(40):
        upper, lower = chance.choice(colours), chance.choice(colours)
        asked = chance.sample(
            [("upper", upper, f"{upper} shirt"), ("backpack", "yes", "backpack"),
             ("backpack", "no", "without a backpack"), ("long_hair", "yes", "long hair"),
             ("lower", lower, f"{lower} bottoms")], chance.randint(1, 3))  # fmt: skip
        asked = [one for one in asked if one[0] != "lower"] or [("upper", upper, f"{upper} shirt")]
        if len({key for key, _, _ in asked}) < len(asked):
            continue
        answer = await ask(store, ", ".join(words for _, _, words in asked), limit=200)
        ranked = [hit for t in people if (hit := by_hand(t, people[t], asked)) is not None]
        ranked.sort(reverse=True)
        assert tracks(answer) == [track for _, _, track in ranked]
        assert [hit.score for hit in answer.hits] == pytest.approx([s for _, s, _ in ranked])


def by_hand(
    track: str, worn: Mapping[str, tuple[str, float]], asked: list[tuple[str, str, str]]
) -> tuple[int, float, str] | None:
    matched, score = 0, 1.0
    for key, value, _ in asked:
        said = worn.get(key)
        if said is None:
            score *= UNSAID
        elif said[0] == value:
            matched, score = matched + 1, score * said[1]
        else:
            score *= (1 - said[1]) / (10 if key in ("upper", "lower") else 1)
    return (matched, round(score, 12), track) if matched else None
